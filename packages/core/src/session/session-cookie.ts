import type { CookieJar } from '../cookies/cookie-jar.js'
import type { ValueCookie } from '../cookies/value-cookie.js'
import { SessionError } from '../errors/scalegate-error.js'
import type { AnonymousReason, Emit } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { OpenedCache } from '../seal/opened-cache.js'
import type { Sealer } from '../seal/sealer.js'
import { type OpenedSession, openRecord, type SessionRecord } from './session-record.js'

/** What a request's cookies hold. */
export type ReadCookie =
  | {
      readonly status: 'open'
      readonly opened: OpenedSession
      /** False: sealed with an older secret. */
      readonly current: boolean
    }
  | {
      readonly status: 'none'
      readonly reason: Extract<
        AnonymousReason,
        'no_cookie' | 'cookie_unusable' | 'cookie_duplicated' | 'session_gone' | 'other_version'
      >
    }

/** Remembers what sealed values opened to; revocation and lifetime are still checked on every request. */
export type OpenedSessions = OpenedCache<OpenedSession>

/** The session of a browser: where it lies is `session.storage`. */
export interface SessionCookie {
  /** @throws StoreError store_unavailable where sessions lie in the store. */
  readonly read: (jar: CookieJar) => Promise<ReadCookie>
  /**
   * Writes a new session, or a later state of the one that was read. `gone`: it has been ended meanwhile, and was not
   * written again.
   *
   * @throws SessionError session_too_large, StoreError store_unavailable, before anything is written.
   */
  readonly write: (jar: CookieJar, opened: OpenedSession) => Promise<'written' | 'gone'>
  /** All of it is in the browser: it can be written where the store cannot be asked. */
  readonly isInBrowser: boolean
  /** True where a later state of the session can be kept; false where no cookie can leave to carry it. */
  readonly canWrite: (jar: CookieJar) => boolean
  /** Takes the cookie away. @throws SessionError where no cookie can leave. */
  readonly clear: (jar: CookieJar) => void
  /** Ends a session wherever it is kept beside the browser. @throws StoreError store_unavailable */
  readonly forget: (opened: OpenedSession) => Promise<void>
}

export function createSessionCookie(input: {
  readonly cookie: ValueCookie
  readonly sealer: Sealer
  readonly cache: OpenedSessions
  readonly clock: Clock
  readonly budget: number
  readonly emit: Emit
}): SessionCookie {
  const { cookie, sealer, cache, clock, budget, emit } = input
  return {
    async read(jar) {
      if (cookie.isDuplicated(jar)) return { status: 'none', reason: 'cookie_duplicated' }
      const sealed = cookie.read(jar)
      if (sealed === undefined) return { status: 'none', reason: 'no_cookie' }
      const known = cache.get(sealed)
      if (known !== undefined) return { status: 'open', opened: known, current: true }
      const unsealed = await sealer.unseal(sealed)
      if (unsealed === undefined) return { status: 'none', reason: 'cookie_unusable' }
      const opened = openRecord(unsealed.data)
      if (opened === undefined) return { status: 'none', reason: 'other_version' }
      // Only what the current secret sealed is remembered, so that an old seal keeps asking to be renewed.
      if (unsealed.current) cache.set(sealed, opened, opened.record.expiresAt)
      return { status: 'open', opened, current: unsealed.current }
    },
    async write(jar, opened) {
      const { record } = opened
      const lifetime = record.expiresAt - clock()
      if (lifetime <= 0) return 'gone'
      const sealed = await sealer.seal(record satisfies SessionRecord, lifetime)
      const bytes = cookie.headerBytes(jar, sealed)
      if (bytes > budget) emit('cookie_budget_exceeded', { bytes, budget })
      // Other cookies are another's doing, and any host of the site can plant them: they cost nobody the session.
      if (sealed.length > budget) {
        throw new SessionError(
          'session_too_large',
          `It takes ${sealed.length} bytes of cookies; ${budget} are allowed.`,
        )
      }
      cache.set(sealed, opened, record.expiresAt)
      cookie.write(jar, sealed, lifetime)
      return 'written'
    },
    isInBrowser: true,
    canWrite: (jar) => jar.writable,
    clear: (jar) => cookie.clear(jar),
    // The browser has the only copy, and copies of it are a matter of revocation.
    forget: async () => undefined,
  }
}
