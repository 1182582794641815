/**
 * What `@scalegate/testing` stands on. Use that package: this entry has no promise of stability.
 *
 * @packageDocumentation
 */
export { type ForgedSession, forgeSessionCookies } from './auth/forge-session.js'
