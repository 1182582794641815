import { type Answer, Browser, isDeletion, type Page } from '@scalegate/testing/audits'
import { expect } from 'vitest'
import type { Stage } from './stage.js'

/** Name of the session cookie and beginning of the transaction cookies' names, as the app under attack is configured. */
const sessionCookie = /^(?:__Host-|__Secure-)?scalegate(?:\.\d)?=/
const transactionCookie = /^(?:__Host-|__Secure-)?scalegate-login\./

export interface BadAnswer {
  /** @defaultValue 400 */
  readonly status?: number
  /** Calls of the token endpoint since `stage.forget()`. @defaultValue 0 */
  readonly tokenCalls?: number
  /** True where the login is over and its transaction goes with it. @defaultValue false */
  readonly finished?: boolean
}

/** BAD: a static page with a stable code, nothing stored, nothing asked, nothing repeated. */
export async function expectBad(stage: Stage, page: Page, code: string, expected: BadAnswer = {}): Promise<void> {
  const { status = 400, tokenCalls = 0, finished = false } = expected
  expect({ status: page.status, code: codeOf(page) }).toEqual({ status, code })
  expectErrorPage(page)
  const cookies = page.headers.getSetCookie()
  expect(
    cookies.filter((line) => !isDeletion(line)),
    'cookies set',
  ).toEqual([])
  expect(
    cookies.filter((line) => !transactionCookie.test(line)),
    'cookies deleted',
  ).toEqual([])
  expect(cookies.length, 'transactions ended').toBe(finished ? 1 : 0)
  // A call that we have given up is written down when its connection is closed, a moment later.
  await expect.poll(() => stage.tokenCalls(), { message: 'token calls' }).toBe(tokenCalls)
}

export interface AnonymousRequest {
  /** A `Cookie` header as it stands, or none. */
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Names of cookies that never open again: a page load takes them away, a fetch does not. A session that is merely
   * over stays: this answer may come after one that carries a new session. @defaultValue none
   */
  readonly cleared?: readonly string[]
}

/** ANON: the request goes on as a stranger's, whatever it brought, and only a page load takes the rest away. */
export async function expectAnon(
  stage: Stage,
  request: AnonymousRequest,
  ask: Ask = asks(stage.app.origin),
): Promise<void> {
  const { cookie, headers = {}, cleared = [] } = request
  const sent = { ...headers, ...(cookie === undefined ? {} : { cookie }) }
  const fetched = await ask('fetch', sent)
  expect([fetched.status, fetched.text, fetched.headers.getSetCookie()]).toEqual([200, 'stranger', []])
  expectPrivate(fetched)
  const page = await ask('navigate', sent)
  expect([page.status, page.text]).toEqual([200, 'stranger'])
  expectPrivate(page)
  const deleted = page.headers.getSetCookie()
  expect(deleted.every(isDeletion), 'only deletions').toBe(true)
  expect(deleted.map((line) => line.slice(0, line.indexOf('='))).sort(), 'cookies deleted').toEqual([...cleared].sort())
  expect(
    (await stage.requests()).map(({ kind }) => kind),
    'calls to the provider',
  ).toEqual([])
}

/** Asks the app's public page, which says who it sees. */
export type Ask = (kind: 'fetch' | 'navigate', headers: Readonly<Record<string, string>>) => Promise<Answer>

function asks(origin: string): Ask {
  return (kind, headers) => new Browser()[kind](`${origin}/`, { headers })
}

/** 401: problem+json for programs, with a challenge; no redirect, no cookie, no login started. */
export function expect401(page: Page, code = 'unauthenticated'): void {
  expect({ status: page.status, ...problemOf(page) }).toMatchObject({ status: 401, code })
  expect(page.headers.get('www-authenticate')).toBe('Bearer')
  expectRefusal(page)
}

/** LOGIN: a page load is taken to the login and back to `returnTo`, on our own origin, with nothing stored yet. */
export function expectLogin(page: Page, returnTo: string | undefined): void {
  expect(page.status).toBe(303)
  const { origin } = new URL(page.url)
  const login = new URL(page.headers.get('location') ?? 'missing:')
  expect([login.origin, login.pathname]).toEqual([origin, '/auth/login'])
  expect([...login.searchParams]).toEqual(returnTo === undefined ? [] : [['return_to', returnTo]])
  expect(page.headers.getSetCookie()).toEqual([])
  expectPrivate(page)
}

/**
 * LOGIN after a form: a page that moves on to the login, because `form-action 'self'` blocks a post that redirects to
 * another site in the end.
 */
export function expectLoginPage(page: Page, returnTo: string | undefined): void {
  expect([page.status, page.headers.get('location')]).toEqual([401, null])
  const login = new URL(page.next ?? 'missing:')
  expect([login.origin, login.pathname]).toEqual([new URL(page.url).origin, '/auth/login'])
  expect([...login.searchParams]).toEqual(returnTo === undefined ? [] : [['return_to', returnTo]])
  expect(page.headers.getSetCookie()).toEqual([])
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/)
  expectPrivate(page)
}

/** 403: known, and not allowed; a page for people, problem+json for programs, and never the login. */
export function expect403(page: Page, code = 'forbidden'): void {
  expect(page.status).toBe(403)
  if (isHtml(page)) {
    expect(codeOf(page)).toBe(code)
    expectErrorPage(page)
    expect(page.headers.getSetCookie()).toEqual([])
    return
  }
  expect(problemOf(page)).toMatchObject({ status: 403, code })
  expectRefusal(page)
}

/** 503: the caller is known and cannot be decided now. Cookies stay as they are. */
export function expect503(page: Page, code = 'refresh_unavailable'): void {
  expect(page.status).toBe(503)
  expect(page.headers.get('retry-after')).toMatch(/^\d+$/)
  if (isHtml(page)) {
    expect(codeOf(page)).toBe(code)
    expectErrorPage(page)
    expect(page.headers.getSetCookie()).toEqual([])
    return
  }
  expect(problemOf(page)).toMatchObject({ status: 503, code })
  expectRefusal(page)
}

/** Never from a cache, whatever kind of cache; never for another person (attack rows 345, 346). */
export function expectPrivate({ headers }: Answer): void {
  expect(headers.get('cache-control')).toBe('private, no-store')
  const others = [
    'cdn-cache-control',
    'vercel-cdn-cache-control',
    'surrogate-control',
    'etag',
    'last-modified',
    'expires',
  ]
  expect(
    others.filter((name) => headers.has(name)),
    'orders to caches',
  ).toEqual([])
}

/** The names and values of the session cookies that an answer sets; empty where it sets none. */
export function sessionCookies({ headers }: Answer): readonly string[] {
  return headers.getSetCookie().filter((line) => sessionCookie.test(line) && !isDeletion(line))
}

/** The stable code that an error page shows. */
export function codeOf({ text }: Answer): string | undefined {
  return /<small>([a-z_]+)<\/small>/.exec(text)?.[1]
}

export function problemOf({ headers, text }: Answer): Record<string, unknown> {
  expect(headers.get('content-type')).toBe('application/problem+json')
  return JSON.parse(text) as Record<string, unknown>
}

function isHtml({ headers }: Answer): boolean {
  return headers.get('content-type') === 'text/html; charset=utf-8'
}

/** A program is refused: no way around, no cookie, no cache. */
function expectRefusal(page: Page): void {
  expect(page.headers.get('location')).toBeNull()
  expect(page.headers.getSetCookie()).toEqual([])
  expectPrivate(page)
  expectNoEcho(page)
}

/** A page of the kit: no redirect, every link on our own origin, no script, no frame, no leak by `Referer`. */
function expectErrorPage(page: Page): void {
  const { headers, text } = page
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('location')).toBeNull()
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/)
  expect(text).not.toMatch(/<script|<img|<iframe|http-equiv="refresh"|\son\w+=/i)
  const links = [...text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link = '']) => link)
  expect(
    links.filter((link) => new URL(link).origin !== new URL(page.url).origin),
    'links to elsewhere',
  ).toEqual([])
  expectPrivate(page)
  expectNoEcho(page)
}

/** Nothing of the query comes back, in no spelling. Short values occur in any text; an error code may be ours as well. */
function expectNoEcho(page: Page): void {
  const values = [...new URL(page.url).searchParams.values()].filter(
    (value) => value.length >= 8 && value !== codeOf(page),
  )
  const spellings = values.flatMap((value) => [value, encodeURIComponent(value), escaped(value)])
  const answer = [page.text, ...[...page.headers].flat()].join('\n')
  expect(
    spellings.filter((spelling) => answer.includes(spelling)),
    'echoed',
  ).toEqual([])
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
