import type { VisitCounter } from '../cookies/visit-counter.js'
import { RequestError } from '../errors/scalegate-error.js'
import type { ErrorPages } from '../guards/error-page.js'
import type { Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { html, htmlPage } from '../http/html-page.js'
import { seeOther } from '../http/redirect.js'
import { isSameOrigin } from '../http/same-origin.js'
import type { SessionEnder } from '../session/end-session.js'
import type { TransactionCookies } from '../transaction/transaction-cookies.js'
import type { Route, RouteRequest } from './route.js'

/**
 * `POST logout`, and `GET` for links on the app's own pages: ends the session here, then at Scalekit by a browser
 * navigation. Other sites cannot log anybody out: they get 403 and the session stays (attack row 198).
 */
export function logoutRoute(input: {
  readonly base: BaseUrl
  readonly ender: SessionEnder
  readonly transactions: TransactionCookies
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
  readonly visits: { readonly refresh: VisitCounter; readonly login: VisitCounter }
}): Route {
  const { base, ender, transactions, refusals, errorPages, visits } = input
  // Whom the store could not be told of is still signed in, and hears so.
  const answer = (route: RouteRequest, method: 'get' | 'post') =>
    leave(route, method).catch((error: unknown) => refusals.unavailable(route.request, error))
  return { get: (route) => answer(route, 'get'), post: (route) => answer(route, 'post') }

  async function leave({ request, kind, jar }: RouteRequest, method: 'get' | 'post'): Promise<Response> {
    const initiator = method === 'get' ? 'app_or_user' : 'app'
    if (!isSameOrigin(request, base, initiator) || (method === 'get' && kind !== 'navigation')) return foreign(kind)
    const url = await ender.end(jar)
    transactions.clearAll(jar)
    for (const counter of Object.values(visits)) counter.clear(jar)
    if (kind !== 'navigation') {
      // A script cannot end the provider's session: its cookie is on another site. It gets the address to go to.
      return Response.json({ end_session_url: url.href }, { headers: cleared })
    }
    return method === 'get' ? seeOther(url.href, cleared) : movingOn(url)
  }

  function foreign(kind: RouteRequest['kind']): Response {
    if (kind !== 'navigation') throw new RequestError('origin_not_allowed')
    return errorPages({
      code: 'origin_not_allowed',
      retry: { href: urlUnder(base, '/'), label: 'Go to the start page' },
    })
  }
}

/** Pages of the session must not come back from the cache (attack row 207). */
const cleared = { 'Clear-Site-Data': '"cache"' }

/**
 * A page, not a redirect: `form-action 'self'`, which helmet sends by default, makes browsers block a form post that
 * is answered by a redirect to another site, and the person would stay signed in at Scalekit (findings.md G6).
 */
function movingOn(url: URL): Response {
  return htmlPage({
    status: 200,
    title: 'Logging out',
    heading: 'Logging out',
    body: html`<p><a href="${url.href}">Continue</a></p>`,
    continueTo: url.href,
    headers: cleared,
  })
}
