import type { SessionRecord } from './session-record.js'

/** Limits of a session, in seconds. */
export interface SessionLimits {
  readonly idle: number
  readonly refreshBefore: number
  /** Modular SSO: nothing can be refreshed, and a session is the app's own matter once it has begun. */
  readonly outlivesTokens: boolean
}

/** A refresh that has just happened is not repeated sooner, whatever the provider's clock says (attack rows 192, 193). */
export const refreshInterval = 10

/** Why the session is over by its own clock, or undefined while it lives. */
export function endOf(record: SessionRecord, now: number, limits: SessionLimits): 'expired' | 'idle' | undefined {
  if (now >= record.expiresAt) return 'expired'
  if (now >= record.seenAt + limits.idle) return 'idle'
  // Nothing can confirm a session without a refresh token, so it lives as long as its access token.
  if (record.refreshToken === undefined && !limits.outlivesTokens && now >= record.accessTokenExpiresAt)
    return 'expired'
  return undefined
}

/** True while the access token can be used. */
export function accessTokenLives(record: SessionRecord, now: number, leeway = 0): boolean {
  return now < record.accessTokenExpiresAt - leeway
}

/**
 * True within the refresh interval after the last confirmation, in whole seconds of our clock. One that lies further ahead
 * was written by a clock that is wrong, and is not lately for as long as that takes.
 */
export function confirmedLately(record: SessionRecord, now: number): boolean {
  const at = Math.floor(record.confirmedAt)
  return now < at + refreshInterval && at <= now + refreshInterval
}

/** True when the tokens can be refreshed at all, and were not a moment ago. */
export function refreshIsPossible(record: SessionRecord, now: number): boolean {
  return record.refreshToken !== undefined && !confirmedLately(record, now)
}

/** True when a request should refresh the tokens before it goes on. */
export function refreshIsDue(record: SessionRecord, now: number, limits: SessionLimits): boolean {
  return refreshIsPossible(record, now) && !accessTokenLives(record, now, limits.refreshBefore)
}

/**
 * When an access token ends by our clock: the sooner of its `exp` and its `expires_in`, so that a provider whose
 * clock is off is asked too early rather than too late; never within the refresh interval.
 */
export function accessTokenEnd(exp: number, expiresIn: number | undefined, now: number): number {
  const relative = expiresIn === undefined ? exp : now + expiresIn
  return Math.max(Math.min(exp, relative), now + refreshInterval)
}

/** True when activity should be written into the cookie: at most ten times per idle period, which it may shorten by a tenth. */
export function touchIsDue(record: SessionRecord, now: number, limits: SessionLimits): boolean {
  return now >= record.seenAt + Math.max(1, Math.floor(limits.idle / 10))
}
