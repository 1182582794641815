import type { Scalegate } from '../auth/scalegate.js'
import type { AuthContext, ContextOptions } from '../context/auth-context.js'
import { type CollectingJar, collectingJar } from '../cookies/cookie-jar.js'
import type { FakeProvider, Person } from './fake-provider.js'

export interface Visit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>> | string
  /** A document navigation unless told otherwise. */
  readonly as?: 'navigation' | 'fetch' | 'prefetch'
  readonly site?: 'none' | 'same-origin' | 'same-site' | 'cross-site'
  /** False: a response that cannot carry cookies. */
  readonly writable?: boolean
  /** What the place of the page can answer. */
  readonly answers?: ContextOptions['answers']
}

interface Kept {
  readonly name: string
  readonly value: string
  readonly endsAt: number
}

const kinds = {
  navigation: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' },
  fetch: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' },
  prefetch: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-purpose': 'prefetch' },
} as const

/** A process of the app, as a browser reaches it. */
export interface ReachedApp {
  readonly kit: Scalegate
  readonly base: string
  readonly now: number
}

/** One browser: cookies that obey path, domain and age, and the request headers of a real one. */
export class TestBrowser {
  /** By name, domain and path together: a deletion with another path deletes nothing (RFC 6265bis §5.7). */
  readonly kept: Map<string, Kept>
  readonly #app: ReachedApp
  readonly #provider: FakeProvider

  constructor(app: ReachedApp, provider: FakeProvider, kept = new Map<string, Kept>()) {
    this.#app = app
    this.#provider = provider
    this.kept = kept
  }

  /** The same browser, whose requests a balancer now gives to another process. */
  at(app: ReachedApp): TestBrowser {
    return new TestBrowser(app, this.#provider, this.kept)
  }

  /** Names and values the browser would send now. */
  get cookies(): ReadonlyMap<string, string> {
    const live = [...this.kept.values()].filter(({ endsAt }) => endsAt > this.#app.now)
    return new Map(live.map(({ name, value }) => [name, value]))
  }

  /** Another browser with a copy of all cookies: a thief, or the same one a moment ago. */
  copy(): TestBrowser {
    const other = new TestBrowser(this.#app, this.#provider)
    for (const [key, cookie] of this.kept) other.kept.set(key, cookie)
    return other
  }

  plant(name: string, value: string): void {
    this.kept.set(`${name}||/`, { name, value, endsAt: Number.POSITIVE_INFINITY })
  }

  /** A request to one of the kit's own routes. */
  async route(path: string, visit: Visit = {}): Promise<Response> {
    const answer = await this.#app.kit.handle(this.request(path, visit))
    if (answer === undefined) throw new Error(`${path} is not a route of the kit.`)
    this.store(answer.headers.getSetCookie())
    return answer
  }

  /** A request to a page of the app that asks the context. */
  async page<T>(use: (context: AuthContext, jar: CollectingJar) => Promise<T>, visit: Visit = {}): Promise<T> {
    const request = this.request('/page', visit)
    const jar = collectingJar(request.headers.get('cookie'))
    const { writable = true, answers = 'any' } = visit
    const context = this.#app.kit.context(request, { ...jar, writable }, { answers })
    try {
      return await use(context, jar)
    } finally {
      this.store(jar.setCookies())
    }
  }

  /** Who the app thinks this is. */
  async user(visit: Visit = {}): Promise<string | null> {
    return this.page(async (context) => (await context.session())?.user.id ?? null, visit)
  }

  /** The status a page answers with that lets any signed-in person through. */
  async status(visit: Visit = { as: 'fetch' }): Promise<number> {
    return this.page(async (context) => (await context.authorize({})).refusal?.status ?? 200, visit)
  }

  /** From the login route through the provider to the callback, whose answer it gives. */
  async login(person: Person, query = ''): Promise<Response> {
    return this.route(relative(await this.startLogin(person, query)))
  }

  /** Up to the provider; gives the callback address. */
  async startLogin(person: Person, query = ''): Promise<URL> {
    const start = await this.route(`/auth/login${query}`)
    const location = start.headers.get('location') ?? ''
    if (!location.startsWith(this.#provider.issuer)) throw new Error(`The login answered ${start.status} ${location}`)
    return this.#provider.authorize(location, person)
  }

  request(path: string, visit: Visit = {}): Request {
    const { as = 'navigation', site = 'same-origin', form, headers = {} } = visit
    const method = visit.method ?? (form === undefined ? 'GET' : 'POST')
    const all = new Headers({ ...kinds[as], 'sec-fetch-site': site, ...headers })
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ')
    if (cookie !== '' && !all.has('cookie')) all.set('cookie', cookie)
    if (form !== undefined && !all.has('content-type')) all.set('content-type', 'application/x-www-form-urlencoded')
    const body = form === undefined ? null : typeof form === 'string' ? form : new URLSearchParams(form).toString()
    // An address from a redirect brings the path of the base with it.
    const url = path.startsWith(new URL(`${this.#app.base}/auth/`).pathname)
      ? new URL(path, this.#app.base).href
      : `${this.#app.base}${path}`
    return new Request(url, { method, headers: all, body })
  }

  store(lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/; ?/)
      const name = pair.slice(0, pair.indexOf('='))
      const value = pair.slice(pair.indexOf('=') + 1)
      const read = (attribute: string) =>
        attributes.find((text) => text.toLowerCase().startsWith(`${attribute}=`))?.split('=')[1] ?? ''
      // A browser ignores a cookie whose name and value are longer than this (RFC 6265bis §5.6).
      if (pair.length > 4096) continue
      const key = `${name}|${read('domain')}|${read('path')}`
      const age = read('max-age')
      if (age === '0') this.kept.delete(key)
      else
        this.kept.set(key, { name, value, endsAt: age === '' ? Number.POSITIVE_INFINITY : this.#app.now + Number(age) })
    }
  }
}

export function relative(url: URL): string {
  return url.pathname + url.search
}
