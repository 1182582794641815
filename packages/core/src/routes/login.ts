import { randomToken } from '../crypto/random.js'
import { isScalegateError, LoginError } from '../errors/scalegate-error.js'
import type { ErrorPages } from '../guards/error-page.js'
import type { Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { html, htmlPage } from '../http/html-page.js'
import { withoutPostedForm } from '../http/posted-form.js'
import { seeOther } from '../http/redirect.js'
import { sanitizeReturnTo } from '../http/return-to.js'
import type { Emit } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { ResolvedOptions } from '../options/scalegate-options.js'
import { createAuthorizationUrl, selectorsFromQuery } from '../protocol/authorization-request.js'
import { createPkce } from '../protocol/pkce.js'
import type { Provider } from '../protocol/provider.js'
import type { Authenticator } from '../session/authentication.js'
import type { TransactionCookies } from '../transaction/transaction-cookies.js'
import type { Route, RouteRequest } from './route.js'

/**
 * `GET login`: starts an authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1) with PKCE S256, `state` and
 * `nonce`, and leaves one sealed transaction cookie. Only a document navigation starts one: a page that fetches
 * this route would leave orphaned cookies behind (findings.md G7).
 */
export function loginRoute(input: {
  readonly options: Pick<ResolvedOptions, 'clientId' | 'scopes' | 'login' | 'paths'>
  readonly base: BaseUrl
  readonly excluded: readonly string[]
  readonly provider: Provider
  readonly transactions: TransactionCookies
  readonly authenticator: Authenticator
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
  readonly clock: Clock
  readonly emit: Emit
}): Route {
  const { options, base, excluded, provider, transactions, authenticator, refusals, errorPages, clock, emit } = input
  const fallback = base.path + options.login.returnTo
  const retry = { href: urlUnder(base, options.paths.login), label: 'Log in' }

  return { get: (route) => start(route).catch(refused) }

  async function start({ request, query, kind, jar }: RouteRequest): Promise<Response> {
    if (kind !== 'navigation') return refusals.refuse(request, { why: 'anonymous' })
    const unmarked = withoutPostedForm(query)
    if (unmarked !== undefined) return movingOn(unmarked)
    const { selectors, extra } = selectorsFromQuery(query, options.login.forward)
    const returnTo = wanted(query)
    const asksForMore = Object.keys(selectors).length > 0 || Object.keys(extra).length > 0
    if (!asksForMore && (await isSignedIn(jar))) return seeOther(base.origin + returnTo)

    const { verifier, challenge } = await createPkce()
    const transaction = {
      v: 1 as const,
      state: randomToken(),
      nonce: randomToken(),
      verifier,
      returnTo,
      ...(selectors.organizationId === undefined ? {} : { organizationId: selectors.organizationId }),
      startedAt: clock(),
    }
    const url = createAuthorizationUrl(await provider.endpoints(), {
      clientId: options.clientId,
      redirectUri: urlUnder(base, options.paths.callback),
      scopes: options.scopes,
      state: transaction.state,
      nonce: transaction.nonce,
      codeChallenge: challenge,
      selectors,
      extra,
    })
    await transactions.start(jar, transaction)
    emit('login_started', { organization: selectors.organizationId === undefined ? 'any' : 'asked' })
    return seeOther(url.href)
  }

  /** A posted form ends here; the login is a navigation of its own. */
  function movingOn(query: URLSearchParams): Response {
    const url = new URL(retry.href)
    url.search = query.toString()
    return htmlPage({
      status: 200,
      title: 'Logging in',
      heading: 'Logging in',
      body: html`<p><a href="${url.href}">Continue</a></p>`,
      continueTo: url.href,
    })
  }

  function wanted(query: URLSearchParams): string {
    const targets = query.getAll('return_to')
    if (targets.length === 0) return fallback
    const returnTo = targets.length === 1 ? sanitizeReturnTo(targets[0], { base, excluded }) : undefined
    if (returnTo !== undefined) return returnTo
    emit('return_to_refused', { route: 'login' })
    return fallback
  }

  /** A session that cannot be decided now is no reason not to log in. */
  async function isSignedIn(jar: RouteRequest['jar']): Promise<boolean> {
    try {
      const caller = await authenticator.authenticate(jar, { kind: 'navigation', method: 'GET' })
      return caller.status === 'authenticated' && !caller.stale
    } catch (error) {
      if (isScalegateError(error)) return false
      throw error
    }
  }

  function refused(error: unknown): Response {
    if (isScalegateError(error, 'discovery_failed'))
      return errorPages({ code: 'provider_unavailable', retry, headers: { 'Retry-After': '5' } })
    if (!(error instanceof LoginError)) throw error
    emit('login_refused', { code: error.code, ...(error.reason === undefined ? {} : { reason: error.reason }) })
    return errorPages({ code: error.code, retry })
  }
}
