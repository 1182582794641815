import type { CookieJar } from '../cookies/cookie-jar.js'
import { isScalegateError, RefreshError } from '../errors/scalegate-error.js'
import type { AnonymousReason, Emit } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import { accessTokenLives, endOf, refreshIsDue, refreshIsPossible, type SessionLimits, touchIsDue } from './lifetime.js'
import type { PermissionReader } from './permission-source.js'
import type { Refresher } from './refresh.js'
import type { SessionCookie } from './session-cookie.js'
import { type OpenedSession, opened as openTokens, revocable } from './session-record.js'

/** Who is calling: a value, never an exception for a stranger. */
export type Authentication =
  | { readonly status: 'authenticated'; readonly opened: OpenedSession; readonly stale: boolean }
  | { readonly status: 'anonymous'; readonly reason: AnonymousReason }

/** What one request allows. */
export interface AuthenticationRequest {
  /** `navigation` also takes unusable cookies away; `fetch` leaves them to a page load. */
  readonly kind: 'navigation' | 'fetch' | 'prefetch'
  readonly method: string
  /**
   * `always` refreshes even if nothing is due, unless that happened a moment ago, e.g. on the refresh route. `now` asks the
   * provider in any case, and takes no older answer.
   */
  readonly refresh?: 'when_due' | 'always' | 'now'
}

export interface Authenticator {
  /** @throws RefreshError refresh_unavailable, SessionError permissions_unavailable: known, but not to be decided now. */
  readonly authenticate: (jar: CookieJar, request: AuthenticationRequest) => Promise<Authentication>
}

/** Refreshes of others that lie between an old cookie and an answer of now; beyond it something is wrong. */
const mostHops = 10

export function createAuthenticator(input: {
  readonly cookie: SessionCookie
  readonly marks: RevocationMarks
  readonly refresher: Refresher
  readonly permissions: PermissionReader
  readonly limits: SessionLimits
  readonly clock: Clock
  readonly emit: Emit
}): Authenticator {
  const { cookie, marks, refresher, permissions, limits, clock, emit } = input

  return {
    async authenticate(jar, request) {
      const read = await cookie.read(jar)
      if (read.status === 'none') return stranger(jar, request, read.reason)
      const { opened } = read
      const end = endOf(opened.record, clock(), limits)
      if (end !== undefined) return stranger(jar, request, end)
      await marks.consult(revocable(opened))
      if (marks.isRevoked(revocable(opened))) return stranger(jar, request, 'revoked')

      // Prefetch and HEAD may be answered from a cache or thrown away, and the rotated token with them.
      const storable = cookie.canWrite(jar) && request.kind !== 'prefetch' && request.method !== 'HEAD'
      const unconfirmed = mustBeConfirmed(opened, request)
      const asked = request.refresh === 'always' && refreshIsPossible(opened.record, clock())
      const due = unconfirmed || asked || refreshIsDue(opened.record, clock(), limits)
      if (due && !storable) {
        const undecided = unconfirmed || !accessTokenLives(opened.record, clock()) || permissions.isPending(opened)
        return { status: 'authenticated', opened, stale: undecided }
      }

      const current = due ? await refreshed(opened, request, unconfirmed) : opened
      if (current === 'refresh_rejected') return { status: 'anonymous', reason: current }
      const complete = await permissions.complete(current).catch(async (error: unknown) => {
        // The rotated refresh token must reach the browser even if this request cannot be decided.
        if (storable && current !== opened) await cookie.write(jar, current)
        throw error
      })
      // A logout that arrived while the provider was asked wins (attack rows 195, 206).
      if (current !== opened) {
        await marks.consult(revocable(complete))?.catch(async (error: unknown) => {
          // As above; a mark that cannot be read now is read at the next request.
          if (storable && cookie.isInBrowser) await cookie.write(jar, complete)
          throw error
        })
      }
      if (marks.isRevoked(revocable(complete))) return stranger(jar, request, 'revoked')
      const changed = complete !== opened || !read.current || touchIsDue(complete.record, clock(), limits)
      if (!changed || !storable) return { status: 'authenticated', opened: complete, stale: false }
      const touched = openTokens({ ...complete.record, seenAt: clock() }) ?? complete
      const written = await cookie.write(jar, touched).catch((error: unknown) => {
        // Only the time of the last activity is lost; the cookie that is there goes on.
        if (complete !== opened || !isScalegateError(error)) throw error
      })
      // Ended while this request was under way, perhaps by another process (attack row 165).
      if (written === 'gone') return stranger(jar, request, 'revoked')
      return { status: 'authenticated', opened: touched, stale: false }
    },
  }

  /** True where what the session says may be out of date, or the request wants to know for sure. */
  function mustBeConfirmed(opened: OpenedSession, { refresh }: AuthenticationRequest): boolean {
    // Nobody could confirm it: modular SSO ends no sessions, and how long one lives is the app's decision.
    if (limits.outlivesTokens && opened.record.refreshToken === undefined) return false
    // Made by a test, which has nobody to ask.
    const asks = refresh === 'now' && opened.record.forged !== true
    return asks || isOutOfDate(opened)
  }

  /** True where the provider has said something since, or may have without being heard. */
  function isOutOfDate(opened: OpenedSession): boolean {
    const session = revocable(opened)
    return session.confirmedAt <= marks.listeningSince() || marks.isOutdated(session)
  }

  /** The session after a refresh; the old one where the provider fails and the old one still holds. */
  async function refreshed(
    opened: OpenedSession,
    { refresh }: AuthenticationRequest,
    unconfirmed: boolean,
  ): Promise<OpenedSession | 'refresh_rejected'> {
    try {
      const since = refresh === 'now' ? await marks.confirmationTime(revocable(opened)) : 0
      let session = await (refresh === 'now' ? refresher.renew(opened) : refresher.refresh(opened))
      // The answer of an earlier call, of one that was under way, or of each other process that was asked before this one
      // may be older than what is asked for.
      for (let hop = 0; hop < mostHops; hop++) {
        if (session.record.confirmedAt >= since && !isOutOfDate(session)) return session
        session = await refresher.renew(session)
      }
      throw new RefreshError('refresh_unavailable', 'out_of_date')
    } catch (error) {
      // The cookie stays: another process may have won the race for this token, and its answer must not be
      // overwritten by a deletion (attack row 179). Dead, it opens nothing.
      if (isScalegateError(error, 'refresh_rejected')) return 'refresh_rejected'
      // Asked anew: a webhook may have come while the provider did not answer.
      if (!unconfirmed && !isOutOfDate(opened) && accessTokenLives(opened.record, clock())) return opened
      throw error
    }
  }

  function stranger(jar: CookieJar, request: AuthenticationRequest, reason: AnonymousReason): Authentication {
    if (reason !== 'no_cookie') {
      emit('session_refused', { reason })
      // Only what never opens goes. A session that is over opens nothing either, and this answer may come after one
      // that signed the person in anew: its deletion would take the new cookie away.
      const neverOpens = reason === 'cookie_unusable' || reason === 'cookie_duplicated'
      if (neverOpens && request.kind === 'navigation' && request.method === 'GET' && jar.writable) cookie.clear(jar)
    }
    return { status: 'anonymous', reason }
  }
}
