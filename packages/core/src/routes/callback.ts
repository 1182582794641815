import type { VisitCounter } from '../cookies/visit-counter.js'
import { LoginError } from '../errors/scalegate-error.js'
import type { LoginRefusals } from '../guards/login-refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { seeOther } from '../http/redirect.js'
import type { ReturnTarget } from '../http/return-target.js'
import type { Emit } from '../model/events.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { type AuthorizationResponse, readAuthorizationResponse, readState } from '../protocol/authorization-response.js'
import type { Provider } from '../protocol/provider.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { SessionEnder } from '../session/end-session.js'
import type { LoginVerifier } from '../session/login-session.js'
import type { SessionCookie } from '../session/session-cookie.js'
import { type OpenedSession, revocable, sessionOf } from '../session/session-record.js'
import { type CompletedLogins, mayCompleteLater } from '../transaction/completed-logins.js'
import type { Transaction } from '../transaction/transaction.js'
import type { TransactionCookies } from '../transaction/transaction-cookies.js'
import type { Route, RouteRequest } from './route.js'

/** What a login came to. */
export interface LoginOutcome {
  readonly opened: OpenedSession
  /** Sanitised path of the app. */
  readonly returnTo: string
  /** The app keeps the session itself. */
  readonly handedOver: boolean
}

/**
 * `GET callback`: the redirect URI. Finishes the login that this browser started, and only that one: `state` is
 * looked up among the transaction cookies before anything else is believed, and the session is written last.
 */
export function callbackRoute(input: {
  readonly options: Pick<ResolvedOptions, 'paths' | 'product' | 'onLogin' | 'onSessionsEnded'>
  readonly base: BaseUrl
  readonly returnTarget: ReturnTarget
  readonly provider: Provider
  readonly transactions: TransactionCookies
  readonly completed: CompletedLogins<LoginOutcome>
  readonly verifier: LoginVerifier
  readonly cookie: SessionCookie
  readonly ender: SessionEnder
  readonly marks: RevocationMarks
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly loginRefused: LoginRefusals
  readonly visits: { readonly login: VisitCounter }
  readonly emit: Emit
}): Route {
  const {
    options,
    base,
    returnTarget,
    provider,
    transactions,
    completed,
    verifier,
    cookie,
    ender,
    marks,
    sessionName,
    loginRefused,
    visits,
    emit,
  } = input
  const retry = { href: urlUnder(base, options.paths.login), label: 'Log in again' }

  return { get: (route) => answer(route).catch((error: unknown) => loginRefused(error, retry, 'exchange_unavailable')) }

  async function answer({ query, jar, at }: RouteRequest): Promise<Response> {
    // Older documents send IdP-initiated logins to the redirect URI; whatever code came along is not ours.
    if (query.has('idp_initiated_login') && !query.has('state')) return toLogin(query)
    const state = readState(query)
    const found = await transactions.find(jar, state)
    if (found.status === 'missing') return repeated(jar, state)
    if (found.status === 'expired') {
      await transactions.finish(jar, state)
      throw new LoginError('state_expired')
    }
    return finish({ query, jar, at }, found.transaction).catch((error: unknown) =>
      loginRefused(error, retryOf(found.transaction), 'exchange_unavailable'),
    )
  }

  function toLogin(query: URLSearchParams): Response {
    const url = new URL(retry.href)
    for (const token of query.getAll('idp_initiated_login')) url.searchParams.append('idp_initiated_login', token)
    return seeOther(url.href)
  }

  async function finish(
    { query, jar, at }: Pick<RouteRequest, 'query' | 'jar' | 'at'>,
    transaction: Transaction,
  ): Promise<Response> {
    const { state } = transaction
    const { issParameterSupported } = await provider.endpoints()
    const response = readAuthorizationResponse(query, { issuer: provider.issuer, issRequired: issParameterSupported })
    try {
      const outcome = await exchanged(response, transaction, at)
      if (outcome === undefined) throw new LoginError('state_replayed')
      visits.login.clear(jar)
      // Each of two simultaneous callbacks writes the session: nobody knows whose answer the browser takes.
      await replace(jar, outcome)
      await transactions.finish(jar, state)
      return seeOther(base.origin + outcome.returnTo)
    } catch (error) {
      // The store was away, and the same address works again as soon as it is not.
      if (!mayCompleteLater(error)) await transactions.finish(jar, state)
      throw error
    }
  }

  async function exchanged(
    response: AuthorizationResponse,
    transaction: Transaction,
    at: unknown,
  ): Promise<LoginOutcome | undefined> {
    const code = codeOf(response, options.product)
    return completed.once(transaction.state, () => complete(code, transaction, at))
  }

  /** The same callback once more, after its answer: the back button or a reload. */
  async function repeated(jar: RouteRequest['jar'], state: string): Promise<Response> {
    const login = await completed.find(state)
    if (login.status === 'unknown') throw new LoginError('state_invalid')
    // The app's own session is not ours to see; whoever has none is led to its login from there.
    if (login.status === 'completed' && login.outcome.handedOver) return seeOther(base.origin + login.outcome.returnTo)
    const read = login.status === 'completed' ? await cookie.read(jar) : undefined
    if (login.status === 'spent' || read?.status !== 'open') throw new LoginError('state_replayed')
    const { opened, returnTo } = login.outcome
    if (read.opened.record.id !== opened.record.id) throw new LoginError('state_replayed')
    return seeOther(base.origin + returnTo)
  }

  async function complete(code: string, transaction: Transaction, at: unknown): Promise<LoginOutcome> {
    const opened = await verifier.login(code, transaction, urlUnder(base, options.paths.callback))
    // A logout that arrived while the code was exchanged wins (attack row 237), and so does one during the app's hook.
    if (await isRevoked(opened)) throw new LoginError('exchange_rejected', 'revoked')
    const outcome = await decided(opened, transaction, at)
    if (await isRevoked(opened)) {
      if (outcome.handedOver) await tellEnded(opened)
      throw new LoginError('exchange_rejected', 'revoked')
    }
    const session = await sessionName(opened)
    emit('login_completed', { session })
    if (outcome.handedOver) emit('login_handed_over', { session })
    return outcome
  }

  async function isRevoked(opened: OpenedSession): Promise<boolean> {
    await marks.consult(revocable(opened))
    return marks.isRevoked(revocable(opened))
  }

  /** The session that the app has just made was over before it began. */
  async function tellEnded(opened: OpenedSession): Promise<void> {
    const { sid, sub, loggedInAt } = revocable(opened)
    const whose =
      sid === undefined ? ({ scope: 'sub', userId: sub } as const) : ({ scope: 'sid', sid, userId: sub } as const)
    await options.onSessionsEnded?.({ ...whose, at: loggedInAt })
  }

  /** What the app makes of the login; where it leads stays within the same rules as everybody else's target. */
  async function decided(opened: OpenedSession, transaction: Transaction, at: unknown): Promise<LoginOutcome> {
    const stored = returnTarget([transaction.returnTo], 'callback')
    const { idToken, accessToken, refreshToken } = opened.record
    const tokens = { idToken, accessToken, ...(refreshToken === undefined ? {} : { refreshToken }) }
    const login = { session: sessionOf(opened), issuer: provider.issuer, returnTo: stored, tokens }
    const decision = decisionOf(await options.onLogin?.(login, at))
    if (decision.deny === true) throw new LoginError('login_denied')
    const { returnTo: chosen, handOver = false } = decision
    return {
      opened,
      returnTo: chosen === undefined ? stored : returnTarget([chosen], 'callback', stored),
      handedOver: handOver,
    }
  }

  /** The new session in place of any other one of this browser, whose cookie must not work as a copy either. */
  async function replace(jar: RouteRequest['jar'], { opened, handedOver }: LoginOutcome): Promise<void> {
    const before = await cookie.read(jar)
    // The same one, perhaps refreshed since.
    if (before.status === 'open' && before.opened.record.id === opened.record.id) return
    // First: where the store cannot be told, this answer is an error, and must sign nobody in.
    if (before.status === 'open') await ender.replace(before.opened, opened)
    if (handedOver) cookie.clear(jar)
    else await cookie.write(jar, opened)
  }

  /** The same login once more: to the same page and into the same organization. */
  function retryOf({ returnTo, organizationId }: Transaction): typeof retry {
    const url = new URL(retry.href)
    url.searchParams.set('return_to', returnTo)
    if (organizationId !== undefined) url.searchParams.set('organization_id', organizationId)
    return { ...retry, href: url.href }
  }
}

function codeOf(response: AuthorizationResponse, product: ResolvedOptions['product']): string {
  if (!('error' in response)) return response.code
  const { error, providerError } = response
  // Full-stack auth would have shown its login page: only modular SSO asks for a selector (protocol.md §1.3).
  const brokered = product === 'full_stack_auth' && providerError === 'invalid_connection_selector'
  throw new LoginError(brokered ? 'product_mismatch' : error, providerError)
}

const decisions: ReadonlyMap<string, string> = new Map([
  ['returnTo', 'string'],
  ['deny', 'boolean'],
  ['handOver', 'boolean'],
])

const what = 'answer nothing, or { returnTo }, { deny: true } or { handOver: true }'

/** What the hook decided. A slip of it must not come to mean "let them in". */
function decisionOf(answer: unknown): { returnTo?: string; deny?: boolean; handOver?: boolean } {
  if (answer === undefined) return {}
  // `false` and `null` may well have been meant as a refusal.
  if (typeof answer !== 'object' || answer === null)
    throw new TypeError(`onLogin must ${what}; it answered with something else.`)
  const members = Object.entries(answer)
  const odd = members.find(([name, value]) => value !== undefined && typeof value !== decisions.get(name))
  if (odd !== undefined) throw new TypeError(`onLogin must ${what}; it answered with "${odd[0]}".`)
  return Object.fromEntries(members)
}
