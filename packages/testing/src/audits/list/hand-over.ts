import { mustBe401, mustBePrivate, mustLeadToLogin, mustRefuseLogin, sessionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { mustBe, mustHold } from '../check.js'
import type { Browser } from '../http/browser.js'
import { deliverLogoutToken } from '../http/logout-token.js'
import type { PersonName } from '../provider.js'

/** Logins that lead there are handed over by the audited app. */
const own = '/own-session'

/** What the app itself knows of a browser. */
interface OwnSession {
  readonly userId: string
  readonly organizationId: string
  readonly sid: string
}

async function ownSession(site: Site, browser: Browser): Promise<OwnSession | undefined> {
  const { status, text } = await browser.fetch(site.at(own))
  return status === 200 ? (JSON.parse(text) as OwnSession) : undefined
}

const query = (site: Site) => new URLSearchParams({ return_to: site.path + own }).toString()

/** A browser whose login was handed over. The provider's log is empty afterwards. */
async function handedOver(bench: Bench, site: Site, person: PersonName = 'admin'): Promise<Browser> {
  const browser = site.browser()
  const page = await site.logIn(browser, { person, query: query(site) })
  mustBe('status and Location', [page.status, page.next], [303, site.at(own)])
  await bench.provider.forget()
  return browser
}

/** Apps that had people and sessions of their own before the kit came. */
export const handOver: readonly Audit[] = [
  {
    id: '5h4h',
    name: 'MUST hand a login over to the app’s own session, whose cookie arrives, and set none of its own',
    cites: 'ASVS 7.2.4; design §4',
    async run(bench) {
      for (const variant of ['plain', 'secure', 'mounted', 'stripped'] as const) {
        const site = await bench.site(variant)
        const browser = site.browser()
        const page = await site.logIn(browser, { query: query(site) })
        mustBe(`${variant}: status and Location`, [page.status, page.next], [303, site.at(own)])
        mustBe(`${variant}: sessions of the kit`, sessionLines(page), [])
        mustBePrivate(page)
        const { subject, organizationId } = bench.provider.people.admin
        const seen = await ownSession(site, browser)
        mustBe(`${variant}: who`, [seen?.userId, seen?.organizationId], [subject, organizationId])
      }
    },
  },
  {
    id: '9g55',
    name: 'MUST take whoever is signed in to the app alone for a stranger at every guard',
    cites: 'design §4',
    async run(bench) {
      const site = await bench.site()
      const browser = await handedOver(bench, site)
      for (const path of ['/private', '/members', '/admin']) mustBe401(await browser.fetch(site.at(path)))
      mustLeadToLogin(await browser.navigate(site.at('/private')), site.at(site.paths.login), '/private')
      const json = await browser.fetch(site.at(site.paths.session))
      mustBe('session as JSON', JSON.parse(json.text), { session: null })
      mustHold('a stranger', (await browser.navigate(site.at('/'))).text.includes('stranger'))
      mustBe('and known to the app', (await ownSession(site, browser))?.userId, bench.provider.people.admin.subject)
    },
  },
  {
    id: 'fchb',
    name: 'MUST deny whom the app refuses, make no session, and leave the one that is there alone',
    cites: 'ASVS 8.4.1; design §4',
    async run(bench) {
      const site = await bench.site()
      const browser = await handedOver(bench, site)
      const before = await browser.cookieHeader(site.at('/'))
      await browser.forget(bench.provider.issuer)
      const page = await site.logIn(browser, { person: 'bulky', query: `${query(site)}&prompt=login` })
      mustRefuseLogin(page, 'login_denied', 403)
      mustBe('cookies', await browser.cookieHeader(site.at('/')), before)
      mustBe('who', (await ownSession(site, browser))?.userId, bench.provider.people.admin.subject)
      const stranger = site.browser()
      mustRefuseLogin(await site.logIn(stranger, { person: 'bulky', query: query(site) }), 'login_denied', 403)
      mustBe('of a stranger', await ownSession(site, stranger), undefined)
      mustBe401(await stranger.fetch(site.at('/private')))
    },
  },
  {
    id: 'sknn',
    name: 'MUST end a session of the kit that a hand-over replaces, in every copy',
    cites: 'ASVS 7.2.4; SEC-76; SEC-140',
    async run(bench) {
      const site = await bench.site()
      const browser = await site.signedIn()
      const copy = browser.copy()
      const page = await site.logIn(browser, { query: `${query(site)}&prompt=login` })
      mustBe('status and Location', [page.status, page.next], [303, site.at(own)])
      for (const each of [browser, copy]) mustBe401(await each.fetch(site.at('/private')))
      mustBe('who', (await ownSession(site, browser))?.userId, bench.provider.people.admin.subject)
    },
  },
  {
    id: 'w8mt',
    name: 'MUST take its cookies away at a hand-over: those of the login, and of a session that it replaces',
    cites: 'RFC 6265 §5.3; SEC-5; SEC-208',
    async run(bench) {
      for (const variant of ['plain', 'secure', 'mounted'] as const) {
        const site = await bench.site(variant)
        const fresh = await handedOver(bench, site)
        const browser = await site.signedIn('bulky')
        await browser.forget(bench.provider.issuer)
        await site.logIn(browser, { query: `${query(site)}&prompt=login` })
        for (const each of [fresh, browser])
          mustBe(`${variant}: cookies`, [...(await each.cookies(site.at('/'))).keys()], ['own-session'])
      }
    },
  },
  {
    id: 'gdg8',
    name: 'MUST answer the callback of a hand-over again without a second session of the app',
    cites: 'RFC 9700 §4.5; SEC-49',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const { callback } = await site.arrive(browser, { query: query(site) })
      await browser.navigate(callback.href)
      const before = await browser.cookieHeader(site.at('/'))
      await bench.provider.forget()
      const again = await browser.navigate(callback.href)
      mustBe('back button', [again.status, again.next], [303, site.at(own)])
      mustBe('cookies', [again.headers.getSetCookie(), await browser.cookieHeader(site.at('/'))], [[], before])
      mustBe('requests to the provider', await bench.provider.requests(), [])
      mustBe('of another browser', await ownSession(site, site.browser()), undefined)
    },
  },
  {
    id: '4rsx',
    name: 'MUST tell the app whose sessions have ended, so that its own end with them and no others',
    cites: 'BCL §2.7; SEC-233; SEC-234',
    async run(bench) {
      const site = await bench.site()
      const [ended, other] = [await handedOver(bench, site), await handedOver(bench, site)]
      const bystander = await handedOver(bench, site, 'guest')
      const { sid = '', userId: sub = '' } = (await ownSession(site, ended)) ?? {}
      mustHold('the session of the provider has a name', sid !== '')
      mustBe('answer to the provider', await bench.provider.endSession({ app: site.variant, sid, sub }), 200)
      mustBe('by sid', [await ownSession(site, ended), (await ownSession(site, other))?.userId], [undefined, sub])
      const token = await bench.provider.logoutToken({ app: site.variant, sub })
      mustBe('answer to the provider', (await deliverLogoutToken(site, token)).status, 200)
      mustBe('by sub', await ownSession(site, other), undefined)
      mustBe('somebody else', (await ownSession(site, bystander))?.userId, bench.provider.people.guest.subject)
      await bench.pass(1)
      mustBe('a new login', (await ownSession(site, await handedOver(bench, site)))?.userId, sub)
    },
  },
  {
    id: 'qbpp',
    name: 'MUST lead the log-out of the app’s own session on to the provider, with the ID token as its hint',
    cites: 'RP-Initiated Logout §2; SEC-199',
    async run(bench) {
      const site = await bench.site()
      const browser = await handedOver(bench, site)
      const copy = browser.copy()
      const page = await browser.fetch(site.at('/own-leave'), { method: 'POST' })
      mustBe('status', page.status, 200)
      const url = new URL((JSON.parse(page.text) as { url?: string }).url ?? 'missing:')
      mustBe('provider', url.origin, new URL(bench.provider.issuer).origin)
      const hint = url.searchParams.get('id_token_hint') ?? ''
      const { sub } = JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString('utf8') || '{}')
      mustBe('whose ID token', sub, bench.provider.people.admin.subject)
      mustBe('comes back to', url.searchParams.get('post_logout_redirect_uri'), site.at('/'))
      mustHold('the provider takes it', (await browser.navigate(url.href, { from: site.at('/') })).status < 400)
      for (const each of [browser, copy]) mustBe('the own session', await ownSession(site, each), undefined)
    },
  },
]
