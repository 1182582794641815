import type { Browser, Page } from '@scalegate/testing/audits'
import type { RunningApp } from './app.js'

/** People and organizations of the emulator's seed. */
export const people = {
  /** Acme, admin. */
  ada: 'usr_104000000000000001',
  /** Acme, member. */
  max: 'usr_104000000000000002',
  /** Globex, admin; Acme, member. */
  bea: 'usr_104000000000000003',
  /** Acme, guest. */
  gil: 'usr_104000000000000004',
} as const
export const organizations = { acme: 'org_102000000000000001', globex: 'org_102000000000000002' } as const
export const connections = { acme: 'conn_103000000000000001', globex: 'conn_103000000000000002' } as const

export interface JourneyOptions {
  /** @defaultValue Ada */
  readonly user?: string
  /** For those who have to choose one. @defaultValue Acme */
  readonly organization?: string
  /** Query of the login address. */
  readonly query?: string
  /** Where the app's login and callback are. @defaultValue `/auth/login` and `/auth/callback` */
  readonly paths?: { readonly login: string; readonly callback: string }
}

const usualPaths = { login: '/auth/login', callback: '/auth/callback' }

/** A login that came back from the provider and has not been let in yet. */
export interface Arrival {
  /** The address of the login's callback, code and state included. */
  readonly callback: URL
  /** What the app asked the provider for. */
  readonly authorization: URL
}

/** Starts a login and answers the provider's pages, up to the callback address, which is not visited. */
export async function arrive(
  browser: Browser,
  app: { origin: string },
  options: JourneyOptions = {},
): Promise<Arrival> {
  const { query = '', paths = usualPaths } = options
  return proceed(browser, await browser.navigate(`${app.origin}${paths.login}?${query}`), options)
}

/** Goes on from the app's redirect to the provider, however that login was started. */
export async function proceed(browser: Browser, start: Page, options: JourneyOptions = {}): Promise<Arrival> {
  const { user = people.ada, organization = organizations.acme, paths = usualPaths } = options
  const authorization = start.next
  if (authorization === undefined) throw new Error(`The login did not start: ${start.status} ${start.text}`)
  let page = start
  for (let step = 0; step < 10; step++) {
    if (page.next?.includes(`${paths.callback}?`))
      return { callback: new URL(page.next), authorization: new URL(authorization) }
    if (page.next !== undefined) page = await browser.navigate(page.next)
    else
      page = await browser.navigate(page.url, {
        form: page.url.endsWith('/organization') ? { organization } : { user },
        from: page.url,
      })
  }
  throw new Error(`The provider did not come back: ${page.status} ${page.url}`)
}

/** The same with the callback visited: gives its answer. */
export async function logIn(browser: Browser, app: { origin: string }, options: JourneyOptions = {}): Promise<Page> {
  const { callback } = await arrive(browser, app, options)
  return browser.navigate(callback.href)
}

/** Posts the app's own log-out form; gives the page that answers it. */
export function logOut(browser: Browser, app: RunningApp): Promise<Page> {
  return browser.navigate(`${app.origin}/auth/logout`, { form: {}, from: `${app.origin}/` })
}
