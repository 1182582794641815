import type { CookieJar } from '../cookies/cookie-jar.js'
import { SessionError } from '../errors/scalegate-error.js'
import { holdsScalekitPermission } from '../guards/permission.js'
import type { Answers, Refusal, Refusals } from '../guards/refusal.js'
import { type Requirement, unmet } from '../guards/requirement.js'
import type { IncomingRequest } from '../http/incoming-request.js'
import { requestKind } from '../http/navigation.js'
import type { Emit } from '../model/events.js'
import type { Session } from '../model/session.js'
import type { Clock } from '../options/clock.js'
import type { Authentication, Authenticator } from '../session/authentication.js'
import type { SessionEnder } from '../session/end-session.js'
import { accessTokenLives, refreshInterval } from '../session/lifetime.js'
import { sessionOf } from '../session/session-record.js'

/** What an access token must still be good for. */
export interface AccessTokenOptions {
  /** Seconds the token must still live; refreshed if it lives less. @defaultValue 30 */
  readonly minimumLifetime?: number
}

/** A guard's answer: the session to go on with, or the response to send instead. */
export type Authorization =
  | { readonly session: Session; readonly why?: undefined; readonly refusal?: undefined }
  | { readonly session?: undefined; readonly why: Refusal['why'] | 'unavailable'; readonly refusal: Response }

/** What the place of the request allows. */
export interface ContextOptions {
  /**
   * `redirects` where no status can be chosen, as in a React Server Component or a server action: every refusal is then
   * a 303. Known and not to be decided now is thrown where the request posted something. @defaultValue `any`
   */
  readonly answers?: Answers
}

/** One request's view of the caller. Lazy: nothing is read, unsealed or refreshed until asked, and each thing at most once. */
export interface AuthContext {
  /**
   * Who is calling, or null for a stranger.
   *
   * @throws RefreshError refresh_unavailable, SessionError permissions_unavailable: known, but not to be decided now (503).
   */
  session(): Promise<Session | null>
  /** May they? A requirement that is computed from the request is computed for people who are signed in. Never throws for a stranger or an outage: `refusal` is the answer to send. */
  authorize(requirement: Requirement | (() => Requirement)): Promise<Authorization>
  /**
   * The access token, for calls to APIs in the name of the person.
   *
   * @throws SessionError unauthenticated, refresh_required; RefreshError refresh_unavailable.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>
  /** Ends the session here and gives the address to which the browser must go to end it at Scalekit. */
  logout(): Promise<URL>
  /** True once the session was looked at: from then on the response belongs to one person and must not be cached. */
  readonly isPersonal: boolean
}

export function createAuthContext(
  input: {
    readonly authenticator: Authenticator
    readonly refusals: Refusals
    readonly ender: SessionEnder
    readonly clock: Clock
    readonly emit: Emit
  },
  request: IncomingRequest,
  jar: CookieJar,
  { answers = 'any' }: ContextOptions = {},
): AuthContext {
  const { authenticator, refusals, ender, clock, emit } = input
  let asked: Promise<Authentication> | undefined
  let personal = false

  const authenticate = (): Promise<Authentication> => {
    personal = true
    asked ??= authenticator.authenticate(jar, { kind: requestKind(request), method: request.method })
    return asked
  }
  return {
    get isPersonal() {
      return personal
    },
    async session() {
      const caller = await authenticate()
      return caller.status === 'authenticated' ? sessionOf(caller.opened, caller.stale) : null
    },
    async authorize(requirement) {
      try {
        return decide(await authenticate(), requirement)
      } catch (error) {
        return { why: 'unavailable', refusal: refusals.unavailable(request, error, answers) }
      }
    },
    async accessToken({ minimumLifetime = 30 } = {}) {
      const caller = await authenticate()
      if (caller.status === 'anonymous') throw new SessionError('unauthenticated')
      const { record } = caller.opened
      if (accessTokenLives(record, clock(), minimumLifetime)) return record.accessToken
      // Tokens that are born short do not live longer for being asked for again.
      if (accessTokenLives(record, clock()) && clock() < record.confirmedAt + refreshInterval) return record.accessToken
      asked = authenticator.authenticate(jar, { kind: requestKind(request), method: request.method, refresh: 'always' })
      const renewed = await asked
      if (renewed.status === 'anonymous') throw new SessionError('unauthenticated')
      if (renewed.stale) throw new SessionError('refresh_required')
      return renewed.opened.record.accessToken
    },
    async logout() {
      personal = true
      const url = await ender.end(jar)
      asked = Promise.resolve({ status: 'anonymous', reason: 'revoked' })
      return url
    },
  }

  function decide(caller: Authentication, asked: Requirement | (() => Requirement)): Authorization {
    if (caller.status === 'anonymous') return refused({ why: 'anonymous' })
    if (caller.stale) return refused({ why: 'stale' })
    const session = sessionOf(caller.opened)
    // Not before: whatever a stranger sends must not reach the code of the app.
    const requirement = typeof asked === 'function' ? asked() : asked
    if (unmet(session, requirement) === undefined) return { session }
    hintAtMissingSource(session, requirement)
    return refused({ why: 'forbidden', requirement })
  }

  function refused(refusal: Refusal): Authorization {
    return { why: refusal.why, refusal: refusals.refuse(request, refusal, answers) }
  }

  /** Scalekit does not document that `sk_*` are in the token: somebody with none of them may be a matter of the source. */
  function hintAtMissingSource(session: Session, { permissions = [], anyPermission = [] }: Requirement): void {
    const permission = [...permissions, ...anyPermission].find((name) => name.startsWith('sk_'))
    if (permission !== undefined && !holdsScalekitPermission(session.permissions))
      emit('permissions_without_sk', { permission })
  }
}
