import { mustBe, mustBeOneOf, mustHold, mustMatch } from './check.js'
import type { Page } from './http/browser.js'
import type { Answer } from './http/exchange.js'
import { isDeletion } from './http/set-cookie.js'

const sessionCookie = /^(?:__Host-|__Secure-)?scalegate(?:\.\d)?=/
const transactionCookie = /^(?:__Host-|__Secure-)?scalegate-login\./

/** The route whose handler ran: the `x-reached` header, or the line of that name in a page. Undefined: a guard answered. */
export function reached({ headers, text }: Answer): string | undefined {
  return headers.get('x-reached') ?? /x-reached: (\S+?)[\s<]/.exec(text)?.[1]
}

/** The handler of this route ran. */
export function mustReach(answer: Answer, route: string): void {
  mustBe('status and handler', [answer.status, reached(answer)], [200, route])
}

export function mustNotReach(answer: Answer): void {
  mustBe('handler that ran', reached(answer), undefined)
}

/** A program is told 401 with a challenge: no redirect, no cookie, no login started (RFC 9110 §15.5.2). */
export function mustBe401(answer: Answer, code = 'unauthenticated'): void {
  mustBe('status and code', [answer.status, problemCode(answer)], [401, code])
  mustMatch('WWW-Authenticate', answer.headers.get('www-authenticate'), /^Bearer/)
  mustBeRefusal(answer)
}

/** Known and not allowed: never the login, which would only lead back here. */
export function mustBe403(answer: Answer, code = 'forbidden'): void {
  const shown = isHtml(answer) ? codeOf(answer) : problemCode(answer)
  mustBe('status and code', [answer.status, shown], [403, code])
  mustBeRefusal(answer)
}

/** Known and not to be decided now: come back later, and nothing is lost. */
export function mustBe503(answer: Answer): void {
  mustBe('status', answer.status, 503)
  mustMatch('Retry-After', answer.headers.get('retry-after'), /^\d+$/)
  mustBeRefusal(answer)
}

/** A page load of a stranger is taken to the login and back to `returnTo`, with nothing stored yet. */
export function mustLeadToLogin(page: Page, login: string, returnTo: string): void {
  mustBeOneOf('status of a redirect', page.status, [302, 303, 307])
  mustBeLoginOf(page.headers.get('location'), login, returnTo)
  mustBe('cookies', page.headers.getSetCookie(), [])
  mustNotReach(page)
  mustBePrivate(page)
}

/** Absolute, of the app's own base, and with the page to come back to as one value. */
export function mustBeLoginOf(location: string | null | undefined, login: string, returnTo: string): void {
  mustHold('the address of the login is absolute', URL.canParse(location ?? ''), location)
  const url = new URL(location ?? '')
  mustBe('login address', url.origin + url.pathname, login)
  mustBe('names of its query', [...url.searchParams.keys()], ['return_to'])
  mustBe('where it comes back to', read(url.searchParams.get('return_to') ?? '', url), read(returnTo, url))
}

/** An address as it is read: a router may have escaped more of the query than was sent. */
function read(path: string, base: URL): unknown {
  const { pathname, searchParams } = new URL(path, base)
  return [path.startsWith('/'), pathname, [...searchParams]]
}

/** Never from a cache, whatever kind of cache (RFC 9111 §5.2.2.5). */
export function mustBePrivate({ headers }: Answer): void {
  const control = (headers.get('cache-control') ?? '').toLowerCase().split(/\s*,\s*/)
  mustHold('Cache-Control holds no-store', control.includes('no-store'), headers.get('cache-control'))
  mustBe(
    'permissions to store in Cache-Control',
    control.filter((directive) => /^(?:public|immutable|s-maxage|max-age=[1-9])/.test(directive)),
    [],
  )
  const others = [...headers.keys()].filter((name) =>
    /^(?:etag|last-modified|expires|surrogate-control|edge-control|x-accel-expires)$|cdn-cache-control$/.test(name),
  )
  mustBe('other orders to caches', others, [])
}

/** A login that is not started, or not finished: a page that says so, nothing stored, nobody asked. */
export function mustRefuseLogin(answer: Answer, code: string, status = 400): void {
  mustBe('status and code', [answer.status, codeOf(answer)], [status, code])
  mustBe('Location', answer.headers.get('location'), null)
  mustBe('sessions and transactions', [...sessionLines(answer), ...transactionLines(answer)], [])
  mustBeKitPage(answer)
}

/** A page of the kit: readable by people only, and nothing to leak or to run. */
export function mustBeKitPage(answer: Answer): void {
  const { headers, text } = answer
  mustMatch('Content-Type', headers.get('content-type'), /^text\/html; *charset=utf-8$/i)
  mustBe('X-Content-Type-Options', headers.get('x-content-type-options'), 'nosniff')
  mustBe('Referrer-Policy', headers.get('referrer-policy'), 'no-referrer')
  mustMatch(
    'Content-Security-Policy',
    headers.get('content-security-policy'),
    /default-src 'none'.*frame-ancestors 'none'/,
  )
  mustHold('the page has no script, image or frame', !/<script|<img|<iframe|\son\w+=/i.test(text))
  mustBePrivate(answer)
}

/** Lines that set the session; deletions are not among them. */
export function sessionLines({ headers }: Answer): readonly string[] {
  return headers.getSetCookie().filter((line) => sessionCookie.test(line) && !isDeletion(line))
}

/** Lines that take the session away. */
export function sessionDeletions({ headers }: Answer): readonly string[] {
  return headers.getSetCookie().filter((line) => sessionCookie.test(line) && isDeletion(line))
}

export function transactionLines({ headers }: Answer): readonly string[] {
  return headers.getSetCookie().filter((line) => transactionCookie.test(line) && !isDeletion(line))
}

/** The stable code that a page of the kit shows. */
export function codeOf({ text }: Answer): string | undefined {
  return /<small>([a-z_]+)<\/small>/.exec(text)?.[1]
}

/** The `code` of a problem+json answer (RFC 9457). */
export function problemCode({ headers, text }: Answer): string | undefined {
  if (!/^application\/problem\+json/.test(headers.get('content-type') ?? '')) return undefined
  // HEAD has the headers and no body.
  return text === '' ? undefined : (JSON.parse(text) as { readonly code?: string }).code
}

function isHtml({ headers }: Answer): boolean {
  return (headers.get('content-type') ?? '').startsWith('text/html')
}

function mustBeRefusal(answer: Answer): void {
  mustNotReach(answer)
  mustBe('Location', answer.headers.get('location'), null)
  mustBe('cookies', answer.headers.getSetCookie(), [])
  mustBePrivate(answer)
}
