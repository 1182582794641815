/**
 * The caller's own sessions at Scalekit: which devices they are signed in on, and ending the others.
 *
 * @packageDocumentation
 */
export type { OwnSession } from './sessions/own-session.js'
export { type SessionsApi, type SessionsOptions, sessions } from './sessions/sessions.js'
