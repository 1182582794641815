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
  /** A body of another type than a form's, which `headers` names. */
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
    const trail = [await this.navigate(url, visit)]
    let from = visit.from
    for (;;) {
      const last = trail[trail.length - 1]!
      if (last.next === undefined) return trail
      if (trail.length > limit)
        throw new Error(`No end after ${limit} steps: ${trail.map((page) => new URL(page.url).pathname).join(' → ')}`)
      // A redirect keeps the page it started from; a page that moves on is the start itself.
      if (last.status < 300) from = last.url
      trail.push(await this.navigate(last.next, { ...(from === undefined ? {} : { from }) }))
    }
  }

  async cookies(url: string): Promise<ReadonlyMap<string, string>> {
    const cookies = await this.jar.getCookies(url)
    return new Map(cookies.map(({ key, value }) => [key, value]))
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
    const method = visit.method ?? (form === undefined ? 'GET' : 'POST')
    const headers = new Headers(fixed)
    headers.set('sec-fetch-site', siteOf(from, url))
    if (from !== undefined) headers.set('referer', from)
    if (method !== 'GET' && from !== undefined) headers.set('origin', new URL(from).origin)
    const cookie = await this.jar.getCookieString(url)
    if (cookie !== '') headers.set('cookie', cookie)
    if (form !== undefined) headers.set('content-type', 'application/x-www-form-urlencoded')
    for (const [name, value] of Object.entries(visit.headers ?? {})) headers.set(name, value)
    const body = form === undefined ? visit.body : new URLSearchParams(form).toString()
    const answer = await exchange(this.socketOf(url), method, headers, body)
    for (const line of answer.headers.getSetCookie()) await this.jar.setCookie(line, url)
    return { url, ...answer, next: nextOf(url, answer) }
  }

  private socketOf(url: string): string {
    const { origin } = new URL(url)
    const socket = this.via.get(origin)
    return socket === undefined ? url : socket + url.slice(origin.length)
  }
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
