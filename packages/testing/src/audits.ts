/**
 * What must be true of every adapter, as data: audits that judge a running app from outside, over HTTP, with the
 * provider's request log as witness. They import nothing of the kit and need no test runner. AUDITED-APP.md describes
 * the app that has to be written for a framework.
 *
 * ```ts
 * import { audits, Bench } from '@scalegate/testing/audits'
 *
 * const bench = await Bench.start(harness, provider)
 * for (const audit of audits) await audit.run(bench)
 * await bench.stop()
 * ```
 *
 * @packageDocumentation
 */
export type { Audit, AuditName } from './audits/audit.js'
export { audits, auditsByTheme } from './audits/audits.js'
export { Bench } from './audits/bench/bench.js'
export type { Arrival, LoginOptions, Place, RouteName, ShownSession, Site } from './audits/bench/site.js'
export { AuditFailure } from './audits/check.js'
export {
  type AppSettings,
  type Harness,
  NotApplicable,
  type RunningApp,
  type Variant,
  variants,
} from './audits/harness.js'
export { Browser, type Page, type Visit } from './audits/http/browser.js'
export { type Answer, exchange } from './audits/http/exchange.js'
export { type RawRequest, raw } from './audits/http/raw.js'
export { isDeletion } from './audits/http/set-cookie.js'
export { type AuditId, auditIds } from './audits/ids.js'
export {
  type AuditProvider,
  type EventRequest,
  type IdpInitiatedLoginRequest,
  type LogoutTokenRequest,
  type Person,
  type PersonName,
  type Product,
  type ProviderRequest,
  personNames,
  type Registration,
  type RunningProvider,
  type TokenFault,
} from './audits/provider.js'
