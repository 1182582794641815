import type { LoginErrorCode } from '../errors/error-codes.js'
import { isOutage, isScalegateError, LoginError } from '../errors/scalegate-error.js'
import type { ErrorPages } from '../guards/error-page.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { seeOther } from '../http/redirect.js'
import { sanitizeReturnTo } from '../http/return-to.js'
import type { Emit } from '../model/events.js'
import type { ResolvedOptions } from '../options/scalegate-options.js'
import { type AuthorizationResponse, readAuthorizationResponse, readState } from '../protocol/authorization-response.js'
import type { Provider } from '../protocol/provider.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { SessionEnder } from '../session/end-session.js'
import type { LoginVerifier } from '../session/login-session.js'
import type { SessionCookie } from '../session/session-cookie.js'
import { type OpenedSession, revocable, sessionOf } from '../session/session-record.js'
import type { CompletedLogins } from '../transaction/completed-logins.js'
import type { Transaction } from '../transaction/transaction.js'
import type { TransactionCookies } from '../transaction/transaction-cookies.js'
import type { Route, RouteRequest } from './route.js'

/** What a login came to. */
export interface LoginOutcome {
  readonly opened: OpenedSession
  /** Sanitised path of the app. */
  readonly returnTo: string
}

/**
 * `GET callback`: the redirect URI. Finishes the login that this browser started, and only that one: `state` is
 * looked up among the transaction cookies before anything else is believed, and the session is written last.
 */
export function callbackRoute(input: {
  readonly options: Pick<ResolvedOptions, 'paths' | 'login' | 'onLogin'>
  readonly base: BaseUrl
  readonly excluded: readonly string[]
  readonly provider: Provider
  readonly transactions: TransactionCookies
  readonly completed: CompletedLogins<LoginOutcome>
  readonly verifier: LoginVerifier
  readonly cookie: SessionCookie
  readonly ender: SessionEnder
  readonly marks: RevocationMarks
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly errorPages: ErrorPages
  readonly emit: Emit
}): Route {
  const {
    options,
    base,
    excluded,
    provider,
    transactions,
    completed,
    verifier,
    cookie,
    ender,
    marks,
    sessionName,
    errorPages,
    emit,
  } = input
  const retry = { href: urlUnder(base, options.paths.login), label: 'Log in again' }

  return { get: (route) => answer(route).catch((error: unknown) => refused(error, retry)) }

  async function answer({ query, jar }: RouteRequest): Promise<Response> {
    const state = readState(query)
    const found = await transactions.find(jar, state)
    if (found.status === 'missing') return repeated(jar, state)
    if (found.status === 'expired') {
      await transactions.finish(jar, state)
      throw new LoginError('state_expired')
    }
    return finish({ query, jar }, found.transaction).catch((error: unknown) =>
      refused(error, retryOf(found.transaction)),
    )
  }

  async function finish(
    { query, jar }: Pick<RouteRequest, 'query' | 'jar'>,
    transaction: Transaction,
  ): Promise<Response> {
    const { state } = transaction
    const { issParameterSupported } = await provider.endpoints()
    const response = readAuthorizationResponse(query, { issuer: provider.issuer, issRequired: issParameterSupported })
    await transactions.finish(jar, state)
    const code = codeOf(response)
    const outcome = await completed.once(state, () => complete(code, transaction))
    if (outcome === undefined) throw new LoginError('state_replayed')
    // Each of two simultaneous callbacks writes the session: nobody knows whose answer the browser takes.
    await replace(jar, outcome.opened)
    return seeOther(base.origin + outcome.returnTo)
  }

  /** The same callback once more, after its answer: the back button or a reload. */
  async function repeated(jar: RouteRequest['jar'], state: string): Promise<Response> {
    const login = completed.find(state)
    if (login.status === 'unknown') throw new LoginError('state_invalid')
    const read = login.status === 'completed' ? await cookie.read(jar) : undefined
    if (login.status === 'spent' || read?.status !== 'open') throw new LoginError('state_replayed')
    const { opened, returnTo } = login.outcome
    if (read.opened.record.id !== opened.record.id) throw new LoginError('state_replayed')
    return seeOther(base.origin + returnTo)
  }

  async function complete(code: string, transaction: Transaction): Promise<LoginOutcome> {
    const opened = await verifier.login(code, transaction, urlUnder(base, options.paths.callback))
    const returnTo = await destination(opened, transaction)
    // A logout that arrived while the code was exchanged wins (attack row 237).
    if (marks.isRevoked(revocable(opened))) throw new LoginError('exchange_rejected', 'revoked')
    emit('login_completed', { session: await sessionName(opened) })
    return { opened, returnTo }
  }

  /** Where to go: the app's hook may say so, within the same rules as everybody else. */
  async function destination(opened: OpenedSession, transaction: Transaction): Promise<string> {
    const fallback = base.path + options.login.returnTo
    const stored = sanitizeReturnTo(transaction.returnTo, { base, excluded }) ?? fallback
    const chosen = (await options.onLogin?.({ session: sessionOf(opened), returnTo: stored }))?.returnTo
    if (chosen === undefined) return stored
    const allowed = sanitizeReturnTo(chosen, { base, excluded })
    if (allowed === undefined) emit('return_to_refused', { route: 'callback' })
    return allowed ?? stored
  }

  /** The new session in place of any other one of this browser, whose cookie must not work as a copy either. */
  async function replace(jar: RouteRequest['jar'], opened: OpenedSession): Promise<void> {
    const before = await cookie.read(jar)
    // The same one, perhaps refreshed since.
    if (before.status === 'open' && before.opened.record.id === opened.record.id) return
    await cookie.write(jar, opened)
    if (before.status === 'open') await ender.replace(before.opened, opened)
  }

  /** The same login once more: to the same page and into the same organization. */
  function retryOf({ returnTo, organizationId }: Transaction): typeof retry {
    const url = new URL(retry.href)
    url.searchParams.set('return_to', returnTo)
    if (organizationId !== undefined) url.searchParams.set('organization_id', organizationId)
    return { ...retry, href: url.href }
  }

  function refused(error: unknown, again: typeof retry): Response {
    // Nothing the person can mend, and not theirs to be shown as a stack trace; the event names the sizes.
    if (isScalegateError(error, 'session_too_large')) return errorPages({ code: error.code })
    const refusal = asLoginError(error)
    if (refusal === undefined) throw error
    const { code, reason } = refusal
    emit('login_refused', { code, ...(reason === undefined ? {} : { reason }) })
    if (code === 'misconfigured') emit('client_rejected', { route: 'callback' })
    const unavailable = code === 'exchange_unavailable' || code === 'provider_unavailable'
    return errorPages({ code, retry: again, ...(unavailable ? { headers: { 'Retry-After': '5' } } : {}) })
  }
}

function codeOf(response: AuthorizationResponse): string {
  if ('error' in response) throw new LoginError(response.error, response.providerError)
  return response.code
}

/** What the login came to, in the words of a login. */
function asLoginError(error: unknown): { code: LoginErrorCode; reason: string | undefined } | undefined {
  if (error instanceof LoginError) return error
  if (isScalegateError(error, 'token_invalid'))
    return { code: 'id_token_invalid', reason: (error as { reason?: string }).reason }
  if (isScalegateError(error, 'keys_unavailable') || isScalegateError(error, 'discovery_failed'))
    return { code: 'exchange_unavailable', reason: error.code }
  if (isOutage(error)) return { code: 'exchange_unavailable', reason: error.code }
  return undefined
}
