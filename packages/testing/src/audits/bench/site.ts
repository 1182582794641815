import { AuditFailure } from '../check.js'
import type { Variant } from '../harness.js'
import { Browser, type Page } from '../http/browser.js'
import type { Answer } from '../http/exchange.js'
import { type RawRequest, raw } from '../http/raw.js'
import type { PersonName, RunningProvider } from '../provider.js'

/** Where the routes of a kit are, by their names in the option `paths`. */
export type RouteName =
  | 'login'
  | 'callback'
  | 'refresh'
  | 'logout'
  | 'backchannelLogout'
  | 'session'
  | 'widgets'
  | 'forbidden'
  | 'switchOrganization'
  | 'webhooks'

/** Where an app is: for browsers, and as a socket. */
export interface Place {
  readonly variant: Variant
  /** `APP_BASE_URL`: origin and path as browsers see them. */
  readonly base: string
  /** Scheme, host and port that are connected to. */
  readonly socket: string
  readonly paths: Readonly<Record<RouteName, string>>
  /** Any of them verifies. */
  readonly webhookSecrets: readonly [string, string]
}

export interface LoginOptions {
  /** @defaultValue `admin` */
  readonly person?: PersonName
  /** Query of the login address. */
  readonly query?: string
}

/** A login that came back from the provider and was not let in yet. */
export interface Arrival {
  /** What the app asked the provider for. */
  readonly authorization: URL
  /** The address of the login's callback, code and state included. */
  readonly callback: URL
}

/** What an audit reads of the session that `/private` shows. */
export interface ShownSession {
  readonly user: { readonly id: string }
  readonly sid: string
  readonly organizationId?: string
  readonly stale: boolean
}

/** One running app with its provider, as a person or an attacker meets it. */
export class Site {
  readonly variant: Variant
  readonly base: string
  readonly origin: string
  /** The path of the base: empty, or `/app`. */
  readonly path: string
  readonly socket: string
  /** Of the kit's routes. */
  readonly paths: Readonly<Record<RouteName, string>>
  readonly webhookSecrets: readonly [string, string]
  readonly #provider: RunningProvider

  constructor(place: Place, provider: RunningProvider) {
    const { origin, pathname } = new URL(place.base)
    this.variant = place.variant
    this.base = place.base
    this.origin = origin
    this.path = pathname.replace(/\/$/, '')
    this.socket = place.socket
    this.paths = place.paths
    this.webhookSecrets = place.webhookSecrets
    this.#provider = provider
  }

  /** The address of a path of the app. */
  readonly at = (path: string): string => this.base + path

  /** A browser with nothing in it. */
  browser(): Browser {
    return new Browser(new Map([[this.origin, this.socket]]))
  }

  /** Sends bytes as they stand, path of the base included only if it is in the target. */
  raw(request: RawRequest): Promise<Answer> {
    return raw(this.socket, request)
  }

  /** Starts a login and answers the provider's pages, up to the callback address, which is not visited. */
  async arrive(browser: Browser, options: LoginOptions = {}): Promise<Arrival> {
    const { person = 'admin', query = '' } = options
    const started = await browser.navigate(this.at(`${this.paths.login}${query === '' ? '' : `?${query}`}`))
    return this.goOn(browser, started, person)
  }

  /** From a redirect to the provider, however it came about, up to the callback address. */
  async goOn(browser: Browser, started: Page, person: PersonName): Promise<Arrival> {
    let page = started
    const authorization = page.next
    if (authorization === undefined) throw new AuditFailure(`The login did not start: ${page.status} ${page.text}`)
    for (let step = 0; step < 12; step++) {
      if (page.next?.startsWith(this.at(`${this.paths.callback}?`)))
        return { callback: new URL(page.next), authorization: new URL(authorization) }
      page =
        page.next === undefined
          ? await this.#provider.answer(browser, page, person)
          : await browser.navigate(page.next, { from: page.url })
    }
    throw new AuditFailure(`The provider did not come back to the callback: ${page.status} at ${page.url}`)
  }

  /** The same with the callback visited; gives its answer. */
  async logIn(browser: Browser, options: LoginOptions = {}): Promise<Page> {
    const { callback } = await this.arrive(browser, options)
    return browser.navigate(callback.href, { from: this.#provider.issuer })
  }

  /** Somebody else logs in with the browser of a signed-in person; the provider knows of nobody before. */
  async logInInstead(browser: Browser, person: PersonName): Promise<Page> {
    await browser.forget(this.#provider.issuer)
    return this.logIn(browser, { person, query: 'prompt=login' })
  }

  /** A browser in which a person is signed in. The provider's log is empty afterwards. */
  async signedIn(person: PersonName = 'admin'): Promise<Browser> {
    const browser = this.browser()
    const page = await this.logIn(browser, { person })
    if (page.status !== 303) throw new AuditFailure(`The login was answered ${page.status}: ${page.text.slice(0, 300)}`)
    await this.#provider.forget()
    return browser
  }

  /** Posts the log-out form of a page of the app. */
  logOut(browser: Browser): Promise<Page> {
    return browser.navigate(this.at(this.paths.logout), { form: {}, from: this.at('/') })
  }

  async isIn(browser: Browser): Promise<boolean> {
    return (await browser.fetch(this.at('/private'))).status === 200
  }

  /** The session as `/private` shows it. */
  async sessionOf(browser: Browser): Promise<ShownSession> {
    const page = await browser.fetch(this.at('/private'))
    if (page.status !== 200)
      throw new AuditFailure(`GET /private: expected 200, saw ${page.status} ${page.text.slice(0, 200)}`)
    return JSON.parse(page.text) as ShownSession
  }
}
