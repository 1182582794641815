import type { VisitCounter } from '../cookies/visit-counter.js'
import { LoginError } from '../errors/scalegate-error.js'
import type { LoginRefusals } from '../guards/login-refusal.js'
import type { Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { html, htmlPage } from '../http/html-page.js'
import { withoutPostedForm } from '../http/posted-form.js'
import { seeOther } from '../http/redirect.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { Authenticator } from '../session/authentication.js'
import { knownSession } from '../session/known-session.js'
import type { LoginStarter, WantedLogin } from '../transaction/login-starter.js'
import type { Route, RouteRequest } from './route.js'
import type { WantedLoginReader } from './wanted-login.js'

/** Whoever is sent here from outside more often within a minute is in a loop (attack row 256). */
const maxArrivals = 2

/**
 * `GET login`: starts a login. Only a document navigation starts one: a page that fetches this route would leave orphaned
 * cookies behind (findings.md G7).
 */
export function loginRoute(input: {
  readonly options: Pick<ResolvedOptions, 'login' | 'paths' | 'product'>
  readonly base: BaseUrl
  readonly authenticator: Authenticator
  readonly readWantedLogin: WantedLoginReader
  readonly startLogin: LoginStarter
  readonly refusals: Refusals
  readonly loginRefused: LoginRefusals
  readonly visits: { readonly login: VisitCounter }
}): Route {
  const { options, base, authenticator, readWantedLogin, startLogin, refusals, loginRefused, visits } = input
  const retry = { href: urlUnder(base, options.paths.login), label: 'Log in' }

  return { get: (route) => start(route).catch((error: unknown) => loginRefused(error, retry)) }

  async function start({ request, query, kind, jar }: RouteRequest): Promise<Response> {
    if (kind !== 'navigation') return refusals.refuse(request, { why: 'anonymous' })
    const unmarked = withoutPostedForm(query)
    if (unmarked !== undefined) return movingOn(unmarked)
    const wanted = await readWantedLogin(query)
    const asksForMore = Object.keys(wanted.selectors).length > 0 || Object.keys(wanted.extra).length > 0
    if (!asksForMore && (await knownSession(authenticator, jar)) !== undefined)
      return seeOther(base.origin + wanted.returnTo)
    if (comesFromOutside(request, wanted) && visits.login.count(jar) > maxArrivals) throw new LoginError('login_loop')
    if (options.product === 'modular_sso' && !selects(wanted)) return askingWho(wanted)
    return seeOther((await startLogin(jar, wanted)).href)
  }

  /** Scalekit would only answer with an error: modular SSO has no login page of its own. */
  function askingWho({ returnTo, selectors: { prompt } }: WantedLogin): Response {
    if (options.login.page === undefined) throw new LoginError('connection_selector_missing')
    const page = new URL(urlUnder(base, options.login.page))
    page.searchParams.set('return_to', returnTo)
    // For the page to pass on: a step-up must still ask.
    if (prompt !== undefined) page.searchParams.set('prompt', prompt)
    return seeOther(page.href)
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
}

/** Not counted where a person of this app clicked: a redirect that came round has another site in its chain. */
function comesFromOutside(request: Request, { by }: WantedLogin): boolean {
  return by === 'idp' || by === 'third_party' || request.headers.get('sec-fetch-site') === 'cross-site'
}

function selects({ selectors: { prompt: _prompt, ...rest } }: WantedLogin): boolean {
  return Object.keys(rest).length > 0
}
