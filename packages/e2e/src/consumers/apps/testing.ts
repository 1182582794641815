/** What tests of apps use, in TypeScript; compiled and run both as CommonJS and as ESM. */
export const testing = `
import { createControl, type Emulator, startEmulator } from '@scalegate/emulator'
import { createClock, createTestIssuer, forgeWebhook, type SignedIn, signedIn } from '@scalegate/testing'
import * as audits from '@scalegate/testing/audits'

const issuer = 'https://acme.scalekit.invalid'

async function main(): Promise<void> {
  const clock = createClock()
  const ada: SignedIn = await signedIn(
    { user: { id: 'usr_ada' }, permissions: ['sk_org_users_read'] },
    { issuer, clientId: 'skc_1', clientSecret: 's', cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j', baseUrl: 'http://localhost:3000' },
  )
  const token: string = await createTestIssuer({ issuer, clientId: 'skc_1' }).logoutToken({ sid: 'ses_1' })
  const webhook = await forgeWebhook({ secret: 'whsec_' + btoa('k'.repeat(32)), type: 'user.logout', data: {} })
  const emulator: Emulator = await startEmulator({ port: 0 })
  const { clients } = await createControl(emulator.url).state()
  await emulator.stop()
  console.log(JSON.stringify({
    clock: typeof clock,
    cookie: ada.cookie.split('=')[0],
    token: token.split('.').length,
    webhook: Object.keys(webhook.headers),
    audits: typeof audits,
    client: clients[0]?.id === emulator.clientId,
  }))
}

void main()
`
