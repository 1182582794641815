/**
 * For the tests of apps that use Scalegate: signed-in people without a login, a clock, and what Scalekit sends.
 * Runs wherever WebCrypto does, under any test runner. Audits for adapters are in `@scalegate/testing/audits`.
 *
 * ```ts
 * import { signedIn } from '@scalegate/testing'
 *
 * const ada = await signedIn({ permissions: ['sk_org_users_read'] })
 * await request(app).get('/members').set('Cookie', ada.cookie).expect(200)
 * ```
 *
 * @packageDocumentation
 */
export type { ForgedSession } from '@scalegate/core/testing'
export { createClock, type VirtualClock } from './clock.js'
export { type ForgedWebhook, forgeWebhook, type WebhookInput } from './forge-webhook.js'
export { type BrowserCookie, type SignedIn, signedIn } from './signed-in.js'
export { createTestIssuer, type LogoutTokenInput, type TestIssuer, type TestIssuerOptions } from './test-issuer.js'
