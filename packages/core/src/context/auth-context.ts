import type { CookieJar } from '../cookies/cookie-jar.js'
import { SessionError } from '../errors/scalegate-error.js'
import type { BearerAuthorization, BearerGuard } from '../guards/bearer.js'
import type { BearerRequirement } from '../guards/bearer-requirement.js'
import { holdsScalekitPermission } from '../guards/permission.js'
import type { Answers, Refusal, Refusals } from '../guards/refusal.js'
import { type Requirement, unmet } from '../guards/requirement.js'
import type { IncomingRequest } from '../http/incoming-request.js'
import { requestKind } from '../http/navigation.js'
import type { Emit } from '../model/events.js'
import type { Session } from '../model/session.js'
import type { Clock } from '../options/clock.js'
import type { Authentication, Authenticator } from '../session/authentication.js'
import type { LogoutCall, SessionEnder } from '../session/end-session.js'
import { accessTokenLives, confirmedLately } from '../session/lifetime.js'
import { type OpenedSession, sessionOf } from '../session/session-record.js'

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
   * May this call, by the access token it brings (RFC 6750)? Where the requirement says `orSession` and there is no
   * `Authorization`, the session counts. Never a redirect, and never both of them together (attack row 119).
   */
  authorizeBearer(requirement: BearerRequirement): Promise<BearerAuthorization>
  /**
   * The access token, for calls to APIs in the name of the person.
   *
   * @throws SessionError unauthenticated, refresh_required; RefreshError refresh_unavailable.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>
  /**
   * The session as the provider sees it now: asks it in any case, so that a permission or role that was taken away is
   * gone. Guards that run after it decide from the answer. With modular SSO there is nobody to ask, and nothing changes.
   *
   * @throws SessionError unauthenticated, refresh_required where no cookie can be stored; RefreshError
   * refresh_unavailable.
   */
  fresh(): Promise<Session>
  /** Ends the session here and gives the address to which the browser must go to end it at Scalekit. */
  logout(options?: LogoutCall): Promise<URL>
  /** True once the session was looked at: from then on the response belongs to one person and must not be cached. */
  readonly isPersonal: boolean
}

export function createAuthContext(
  input: {
    readonly authenticator: Authenticator
    readonly refusals: Refusals
    readonly bearer: BearerGuard
    readonly ender: SessionEnder
    readonly clock: Clock
    readonly emit: Emit
  },
  request: IncomingRequest,
  jar: CookieJar,
  { answers = 'any' }: ContextOptions = {},
): AuthContext {
  const { authenticator, refusals, bearer, ender, clock, emit } = input
  let asked: Promise<Authentication> | undefined
  let personal = false

  const authenticate = (refresh?: 'always' | 'now'): Promise<Authentication> => {
    personal = true
    if (asked === undefined || refresh !== undefined) {
      const how = refresh === undefined ? {} : { refresh }
      asked = authenticator.authenticate(jar, { kind: requestKind(request), method: request.method, ...how })
    }
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
        return await decide(await authenticate(), requirement)
      } catch (error) {
        return { why: 'unavailable', refusal: refusals.unavailable(request, error, answers) }
      }
    },
    async authorizeBearer(requirement) {
      const byToken = requirement.orSession !== true || request.headers.get('authorization') !== null
      if (byToken) return bearer.authorize(request, requirement)
      try {
        const caller = await authenticate()
        if (caller.status === 'anonymous' || caller.stale) return await bearer.authorize(request, requirement)
        return bearer.authorizeSession(sessionOf(caller.opened), requirement)
      } catch (error) {
        return { refusal: refusals.unavailable(asProgram(request), error) }
      }
    },
    async accessToken({ minimumLifetime = 30 } = {}) {
      const caller = await authenticate()
      if (caller.status === 'anonymous') throw new SessionError('unauthenticated')
      const { record } = caller.opened
      if (accessTokenLives(record, clock(), minimumLifetime)) return record.accessToken
      // Tokens that are born short do not live longer for being asked for again.
      if (accessTokenLives(record, clock()) && confirmedLately(record, clock())) return record.accessToken
      const { record: renewed } = known(await authenticate('always'))
      if (!accessTokenLives(renewed, clock())) throw new SessionError('access_token_expired')
      return renewed.accessToken
    },
    async fresh() {
      return sessionOf(known(await authenticate('now')))
    },
    async logout(options) {
      personal = true
      const url = await ender.end(jar, options)
      asked = Promise.resolve({ status: 'anonymous', reason: 'revoked' })
      return url
    },
  }

  async function decide(caller: Authentication, wanted: Requirement | (() => Requirement)): Promise<Authorization> {
    if (caller.status === 'anonymous') return refused({ why: 'anonymous' })
    if (caller.stale) return refused({ why: 'stale' })
    // Not before: whatever a stranger sends must not reach the code of the app.
    const requirement = typeof wanted === 'function' ? wanted() : wanted
    if (requirement.fresh !== true) return measured(sessionOf(caller.opened), requirement)
    const { fresh: _done, ...rest } = requirement
    return decide(await authenticate('now'), rest)
  }

  function measured(session: Session, requirement: Requirement): Authorization | Promise<Authorization> {
    const missing = unmet(session, requirement, clock())
    if (missing === undefined) return requirement.checks === undefined ? { session } : checked(session, requirement)
    if (missing === 'recentLogin')
      return refused({
        why: 'login_too_old',
        seconds: requirement.recentLogin ?? 0,
        organizationId: session.organizationId,
      })
    hintAtMissingSource(session, requirement)
    return refused({ why: 'forbidden', requirement, unmet: missing })
  }

  async function checked(session: Session, requirement: Requirement): Promise<Authorization> {
    for (const check of requirement.checks ?? []) {
      // Nothing but `true`: a check that answers with an object by mistake must not open a door.
      const allowed = (await check.allows(session)) === true
      if (!allowed) return refused({ why: 'forbidden', requirement, unmet: 'checks', check: check.name })
    }
    return { session }
  }

  function refused(refusal: Refusal): Authorization {
    emit('access_refused', { why: refusal.why })
    return { why: refusal.why, refusal: refusals.refuse(request, refusal, answers) }
  }

  function known(caller: Authentication): OpenedSession {
    if (caller.status === 'anonymous') throw new SessionError('unauthenticated')
    if (caller.stale) throw new SessionError('refresh_required')
    return caller.opened
  }

  /** Scalekit does not document that `sk_*` are in the token: somebody with none of them may be a matter of the source. */
  function hintAtMissingSource(session: Session, { permissions = [], anyPermission = [] }: Requirement): void {
    const permission = [...permissions, ...anyPermission].find((name) => name.startsWith('sk_'))
    if (permission !== undefined && !holdsScalekitPermission(session.permissions))
      emit('permissions_without_sk', { permission })
  }
}

/** An API answers by a status, whoever asks. */
function asProgram({ method, url, headers }: IncomingRequest): IncomingRequest {
  return { method, url, headers: { get: (name) => (name === 'sec-fetch-mode' ? 'cors' : headers.get(name)) } }
}
