import { codeOf, mustBe401, mustBeKitPage, mustReach, mustRefuseLogin, sessionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import { type Bench, shortSession } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustHold, mustMatch } from '../check.js'
import type { Browser } from '../http/browser.js'
import { deliverLogoutToken } from '../http/logout-token.js'
import type { PersonName, Product } from '../provider.js'

/** An audit of an environment that only brokers logins; it is afterwards what it was before. */
function brokering(run: Audit['run']): Audit['run'] {
  return async (bench) => {
    await bench.provider.switchTo('modular_sso')
    try {
      await run(bench)
    } finally {
      await bench.provider.switchTo('full_stack_auth')
    }
  }
}

/** Names the connection, which nobody can do without. */
const through = ({ provider }: Bench, person: PersonName, returnTo = '/private') =>
  new URLSearchParams({ organization_id: provider.people[person].organizationId, return_to: returnTo }).toString()

async function signedIn(bench: Bench, site: Site, person: PersonName = 'admin'): Promise<Browser> {
  const browser = site.browser()
  const page = await site.logIn(browser, { person, query: through(bench, person) })
  mustBe('a login', [page.status, page.next], [303, site.at('/private')])
  await bench.provider.forget()
  return browser
}

async function tokenClaims(site: Site, browser: Browser): Promise<Readonly<Record<string, unknown>>> {
  const { text } = await browser.fetch(site.at('/token'))
  return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

/** Environments in which the app owns people and sessions, and the provider knows of neither. */
export const modularSso: readonly Audit[] = [
  {
    id: 'jq3r',
    name: 'MUST sign in through a connection, without a refresh token, and into the organization of the ID token',
    cites: 'OIDC Core §11; Scalekit docs: add-modular-sso',
    run: brokering(async (bench) => {
      const site = await bench.site('brokered')
      const browser = site.browser()
      const { authorization, callback } = await site.arrive(browser, { query: through(bench, 'admin') })
      const scopes = authorization.searchParams.get('scope')?.split(' ') ?? []
      mustBe('scopes', scopes.toSorted(), ['email', 'openid', 'profile'])
      const page = await browser.navigate(callback.href, { from: bench.provider.issuer })
      mustBe('status and Location', [page.status, page.next], [303, site.at('/private')])
      mustHold('a session was set', sessionLines(page).length > 0)
      const { user, organizationId } = await site.sessionOf(browser)
      mustMatch('user', user.id, /^conn_[^;]+;.+/)
      mustBe('organization', organizationId, bench.provider.people.admin.organizationId)
      const { sub, oid, sid, permissions } = await tokenClaims(site, browser)
      mustBe('what the access token says', [sub, oid, sid, permissions], [user.id, undefined, undefined, undefined])
      mustReach(await browser.fetch(site.at(`/org/${organizationId}`)), '/org')
    }),
  },
  {
    id: '847c',
    name: 'MUST keep a session beyond its access token, and end it at the app’s own limits, without asking anybody',
    cites: 'ASVS 7.3.1, 7.3.2; Scalekit docs: add-modular-sso',
    run: brokering(async (bench) => {
      const site = await bench.site('brokered')
      const active = await signedIn(bench, site)
      const quiet = await signedIn(bench, site)
      const { exp } = await tokenClaims(site, active)
      const { absolute, idle } = shortSession
      const lifetime = Number(exp) - bench.now()
      mustHold('an access token that ends first', lifetime > 0 && lifetime < idle / 2, lifetime)
      let age = lifetime + 60
      const visit = async (until: number) => {
        await bench.pass(until - age)
        age = until
      }
      await bench.pass(age)
      for (const browser of [active, quiet]) mustReach(await browser.navigate(site.at('/page')), '/page')
      mustBe('stale', (await site.sessionOf(active)).stale, false)
      mustHold('no access token is given out', (await active.fetch(site.at('/token'))).status >= 400)
      await visit(age + idle - 600)
      mustBe('active, before the idle limit', await site.isIn(active), true)
      await visit(age + 660)
      mustBe401(await quiet.fetch(site.at('/private')))
      mustBe('active, after the idle limit of the other', await site.isIn(active), true)
      await visit(absolute - 120)
      mustBe('active, before the absolute limit', await site.isIn(active), true)
      await visit(absolute + 60)
      mustBe401(await active.fetch(site.at('/private')))
      mustBe(
        'requests to the provider',
        (await bench.provider.requests()).filter(({ kind }) => kind === 'token'),
        [],
      )
    }),
  },
  {
    id: 'jctc',
    name: 'MUST explain a login of the other product by product_mismatch, whichever the app expects, and sign in nobody',
    cites: 'RFC 6749 §4.1.2.1; Scalekit docs: sso-integration-errors',
    run: brokering(async (bench) => {
      const [plain, brokered] = [await bench.site('plain'), await bench.site('brokered')]
      const rows: readonly (readonly [string, Site, string, Product])[] = [
        ['a person of a connection', plain, through(bench, 'admin'), 'modular_sso'],
        ['no connection named', plain, 'return_to=/private', 'modular_sso'],
        ['a person of the provider', brokered, through(bench, 'admin'), 'full_stack_auth'],
      ]
      await eachRow(rows, async (_label, site, query, product) => {
        await bench.provider.switchTo(product)
        const browser = site.browser()
        const { callback } = await site.arrive(browser, { query })
        mustRefuseLogin(await browser.navigate(callback.href, { from: bench.provider.issuer }), 'product_mismatch')
        mustBe401(await browser.fetch(site.at('/private')))
      })
    }),
  },
  {
    id: 'ckrh',
    name: 'MUST NOT send anybody to the provider who names no connection, and say so',
    cites: 'Scalekit docs: sso-integration-errors',
    async run(bench) {
      const site = await bench.site('brokered')
      await bench.provider.forget()
      const rows: readonly (readonly [string, string])[] = [
        ['nothing', '/auth/login'],
        ['a place to come back to', '/auth/login?return_to=/private'],
        ['prompt alone', '/auth/login?prompt=login'],
      ]
      await eachRow(rows, async (_label, address) => {
        mustRefuseLogin(await site.browser().navigate(site.at(address)), 'connection_selector_missing')
      })
      const page = (await site.browser().follow(site.at('/private'))).at(-1)
      mustBe('a guarded page', [page?.status, page && codeOf(page)], [400, 'connection_selector_missing'])
      if (page !== undefined) mustBeKitPage(page)
      mustBe('requests to the provider', await bench.provider.requests(), [])
    },
  },
  {
    id: 'fg9f',
    name: 'MUST end a brokered session by a log-out and by a logout token for its subject, should one come',
    cites: 'BCL §2.7; RP-Initiated Logout §2; SEC-140; SEC-234',
    run: brokering(async (bench) => {
      const site = await bench.site('brokered')
      const bystander = await signedIn(bench, site, 'member')
      const left = await signedIn(bench, site)
      const copy = left.copy()
      await site.logOut(left)
      for (const browser of [left, copy]) mustBe401(await browser.fetch(site.at('/private')))
      await bench.pass(1)
      const told = await signedIn(bench, site)
      const { user } = await site.sessionOf(told)
      const token = await bench.provider.logoutToken({ app: site.variant, sub: user.id })
      mustBe('answer to the provider', (await deliverLogoutToken(site, token)).status, 200)
      mustBe401(await told.fetch(site.at('/private')))
      mustBe('somebody else', await site.isIn(bystander), true)
      await bench.pass(1)
      mustBe('a new login', await site.isIn(await signedIn(bench, site)), true)
    }),
  },
  {
    id: 'ncn6',
    name: 'MUST hand a brokered login over by its organization, and the person is that of the connection',
    cites: 'OIDC Core §5.7; Scalekit docs: add-modular-sso',
    run: brokering(async (bench) => {
      const site = await bench.site('brokered')
      const browser = site.browser()
      const page = await site.logIn(browser, { query: through(bench, 'admin', '/own-session') })
      mustBe('status and Location', [page.status, page.next], [303, site.at('/own-session')])
      mustBe('sessions of the kit', sessionLines(page), [])
      const { userId, organizationId } = JSON.parse((await browser.fetch(site.at('/own-session'))).text)
      mustMatch('person', userId, /^conn_[^;]+;.+/)
      mustBe('organization', organizationId, bench.provider.people.admin.organizationId)
      const other = site.browser()
      const query = through(bench, 'bulky', '/own-session')
      mustRefuseLogin(await site.logIn(other, { person: 'bulky', query }), 'login_denied', 403)
      mustBe('of the other organization', (await other.fetch(site.at('/own-session'))).status, 401)
    }),
  },
]
