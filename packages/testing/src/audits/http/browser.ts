import { CookieJar } from 'tough-cookie'
import { type Answer, exchange } from './exchange.js'

/** What came back, read to its end. Redirects are shown, not followed. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Absolute address of a redirect, of a page that moves on by itself, or undefined. */
  readonly next: string | undefined
}

export interface Visit {
  readonly method?: string
  readonly form?: Readonly<Record<string, string>>
  /** A body that is no form; say what it is in `content-type`. */
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The page the visit starts from: it decides `Sec-Fetch-Site`, `Referer` and `Origin`. Undefined: typed by hand. */
  readonly from?: string
}

/**
 * A browser without pages: one cookie jar, the request headers of a real one, no redirects of its own.
 * It judges from outside and imports nothing of the kit.
 */
export class Browser {
  readonly jar = new CookieJar(undefined, { prefixSecurity: 'strict' })
  /** Public origin → the socket behind it: a proxy that terminates TLS, so that https addresses can be visited. */
  readonly via: ReadonlyMap<string, string>

  constructor(via: ReadonlyMap<string, string> = new Map()) {
    this.via = via
  }

  /** A document navigation. */
  navigate(url: string, visit: Visit = {}): Promise<Page> {
    return this.send(url, visit, {
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      accept: 'text/html,*/*;q=0.8',
    })
  }

  /** `fetch()` from a script of the app's own page. */
  fetch(url: string, visit: Visit = {}): Promise<Page> {
    return this.send(
      url,
      { from: url, ...visit },
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' },
    )
  }

  /** Navigates and goes on wherever the answers lead, at most `limit` steps; gives every page passed. */
  async follow(url: string, visit: Visit = {}, limit = 15): Promise<readonly Page[]> {
    let last = await this.navigate(url, visit)
    const trail = [last]
    let from = visit.from
    for (;;) {
      if (last.next === undefined) return trail
      if (trail.length > limit)
        throw new Error(`No end after ${limit} steps: ${trail.map((page) => new URL(page.url).pathname).join(' → ')}`)
      // A redirect keeps the page it started from; a page that moves on is the start itself.
      if (last.status < 300) from = last.url
      last = await this.navigate(last.next, { ...(from === undefined ? {} : { from }) })
      trail.push(last)
    }
  }

  async cookies(url: string): Promise<ReadonlyMap<string, string>> {
    const cookies = await this.jar.getCookies(url)
    return new Map(cookies.map(({ key, value }) => [key, value]))
  }

  /** The text of the `Cookie` header that this address gets. */
  cookieHeader(url: string): Promise<string> {
    return this.jar.getCookieString(url)
  }

  /** Throws away the cookies that this address gets. */
  async forget(url: string): Promise<void> {
    for (const { domain, path, key } of await this.jar.getCookies(url))
      await this.jar.store.removeCookie(domain, path, key)
  }

  /** Another browser with a copy of all cookies: a stolen jar, or the same one before something happened. */
  copy(): Browser {
    const other = new Browser(this.via)
    const jar = this.jar.serializeSync()
    if (jar === undefined) throw new Error('The jar cannot be copied.')
    Object.assign(other, { jar: CookieJar.deserializeSync(jar) })
    return other
  }

  private async send(url: string, visit: Visit, fixed: Readonly<Record<string, string>>): Promise<Page> {
    const { form, from } = visit
    const method = visit.method ?? (form === undefined && visit.body === undefined ? 'GET' : 'POST')
    const headers = new Headers(fixed)
    headers.set('sec-fetch-site', siteOf(from, url))
    if (from !== undefined) headers.set('referer', from)
    if (method !== 'GET' && from !== undefined) headers.set('origin', new URL(from).origin)
    const cookie = await this.jar.getCookieString(url)
    if (cookie !== '') headers.set('cookie', cookie)
    if (form !== undefined) headers.set('content-type', 'application/x-www-form-urlencoded')
    for (const [name, value] of Object.entries(visit.headers ?? {})) headers.set(name, value)
    const body = visit.body ?? (form === undefined ? undefined : new URLSearchParams(form).toString())
    if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)))
    const answer = await exchange(this.socketOf(url), method, headers, body)
    // What a browser would refuse, the jar refuses; an audit of the attributes says so better than an exception.
    for (const line of answer.headers.getSetCookie()) await this.jar.setCookie(line, url, { ignoreError: true })
    const page = { url, ...answer, next: nextOf(url, answer) }
    const routed = headers.get('rsc') === null ? undefined : routerAddress(page)
    return routed === undefined ? page : this.send(routed, visit, fixed)
  }

  private socketOf(url: string): string {
    const { origin } = new URL(url)
    const socket = this.via.get(origin)
    return socket === undefined ? url : socket + url.slice(origin.length)
  }
}

/**
 * Next sends a request of its router on to the same address with the `_rsc` that belongs to its headers. Its own router
 * has computed that before; here it is taken from the answer.
 */
function routerAddress({ url, status, next }: Page): string | undefined {
  if (status !== 307 || next === undefined) return undefined
  const [before, after] = [new URL(url), new URL(next)]
  if (before.searchParams.has('_rsc') || !after.searchParams.has('_rsc')) return undefined
  return before.origin === after.origin && before.pathname === after.pathname ? next : undefined
}

function siteOf(from: string | undefined, to: string): string {
  if (from === undefined) return 'none'
  const [a, b] = [new URL(from), new URL(to)]
  if (a.origin === b.origin) return 'same-origin'
  return a.hostname === b.hostname ? 'same-site' : 'cross-site'
}

function nextOf(url: string, { status, headers, text }: Answer): string | undefined {
  const location = status >= 300 && status < 400 ? headers.get('location') : undefined
  const meta = /<meta http-equiv="refresh" content="0; ?url=([^"]+)"/i.exec(text)?.[1]?.replaceAll('&amp;', '&')
  const target = location ?? meta
  return target === null || target === undefined ? undefined : new URL(target, url).href
}
