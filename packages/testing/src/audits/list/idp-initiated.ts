import { createHmac, randomUUID } from 'node:crypto'
import { mustBePrivate, mustRefuseLogin, sessionLines, transactionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustHold, mustMatch } from '../check.js'
import type { Browser, Page } from '../http/browser.js'
import type { IdpInitiatedLoginRequest } from '../provider.js'

type Wanted = Partial<IdpInitiatedLoginRequest>

/** Never the same twice: two of one person, made within one second, would be one token. */
const tokenOf = (bench: Bench, site: Site, { claims, ...wanted }: Wanted = {}) =>
  bench.provider.idpInitiatedLogin({
    app: site.variant,
    person: 'admin',
    ...wanted,
    claims: { audit: randomUUID(), ...claims },
  })

/** A redirect of the provider, which had it from the portal of a customer. */
function arriveFromPortal(
  bench: Bench,
  site: Site,
  browser: Browser,
  token: string,
  route = '/auth/login',
): Promise<Page> {
  const query = new URLSearchParams({ idp_initiated_login: token })
  return browser.navigate(site.at(`${route}?${query}`), { from: bench.provider.issuer })
}

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Logins that the identity provider of a customer starts. */
export const idpInitiated: readonly Audit[] = [
  {
    id: '96nr',
    name: 'MUST turn an IdP-initiated login into a request of its own, with its own state',
    cites: 'RFC 9700 §4.7.1; SEC-249; SEC-252; SEC-255',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const token = await tokenOf(bench, site, { relayState: '/private?from=portal' })
      const page = await arriveFromPortal(bench, site, browser, token)
      mustBe('status', page.status, 303)
      mustBe('transactions and sessions', [transactionLines(page).length, sessionLines(page).length], [1, 0])
      mustBe('Referrer-Policy', page.headers.get('referrer-policy'), 'no-referrer')
      mustBePrivate(page)
      const asked = new URL(page.next ?? 'missing:')
      mustBe('asked of the provider', asked.origin, new URL(bench.provider.issuer).origin)
      const query = asked.searchParams
      for (const name of ['state', 'nonce', 'code_challenge']) mustMatch(name, query.get(name), /^[A-Za-z0-9_-]{43}$/)
      mustBe('organization', query.get('organization_id'), bench.provider.people.admin.organizationId)
      mustMatch('connection', query.get('connection_id'), /^conn_/)
      mustMatch('login hint', query.get('login_hint'), /@/)
      for (const part of [token, 'portal', 'idp_initiated_login', 'relay_state'])
        mustHold(`"${part.slice(0, 24)}" is not passed on`, !asked.href.includes(part))
      const { callback } = await site.goOn(browser, page, 'admin')
      const done = await browser.navigate(callback.href, { from: bench.provider.issuer })
      mustBe('where it ends', [done.status, done.next], [303, site.at('/private?from=portal')])
      mustBe('person', (await site.sessionOf(browser)).user.id, bench.provider.people.admin.subject)
    },
  },
  {
    id: 'sm2b',
    name: 'MUST take relay_state for a return target and for nothing else',
    cites: 'RFC 9700 §4.11.1; SEC-249',
    async run(bench) {
      const site = await bench.site()
      await eachRow(
        [
          ['another site', 'https://evil.example'],
          ['protocol-relative', '//evil.example'],
          ['a scheme', 'javascript:alert(1)'],
          ['a backslash', '/\\evil.example'],
          ['log-out', '/auth/logout'],
          ['words', 'RelayState-7f3a'],
          ['an object', { relay: ['/private'] }],
          ['4 KB', `/${'a'.repeat(4096)}`],
        ] as readonly (readonly [string, unknown])[],
        async (_label, relayState) => {
          const browser = site.browser()
          const token = await tokenOf(bench, site, { claims: { relay_state: relayState } })
          const page = await arriveFromPortal(bench, site, browser, token)
          mustHold('it is no state', new URL(page.next ?? 'missing:').searchParams.get('state') !== relayState)
          const { callback } = await site.goOn(browser, page, 'admin')
          mustBe('where it ends', (await browser.navigate(callback.href)).next, site.at('/'))
        },
      )
    },
  },
  {
    id: '2zk7',
    name: 'MUST take the token of an IdP-initiated login once',
    cites: 'RFC 9700 §4.7.1; SEC-248',
    async run(bench) {
      const site = await bench.site()
      const token = await tokenOf(bench, site)
      mustBe('first', (await arriveFromPortal(bench, site, site.browser(), token)).status, 303)
      mustRefuseLogin(await arriveFromPortal(bench, site, site.browser(), token), 'idp_login_replayed')
      const aside = await tokenOf(bench, site)
      const pages = await Promise.all(
        Array.from({ length: 5 }, () => arriveFromPortal(bench, site, site.browser(), aside)),
      )
      mustBe('of five at once are taken', pages.filter(({ status }) => status === 303).length, 1)
    },
  },
  {
    id: 'xz8m',
    name: 'MUST refuse every other token in its place, and ask the provider nothing',
    cites: 'RFC 8725 §3.1, §3.12; SEC-245; SEC-246; SEC-247; SEC-250',
    async run(bench) {
      const site = await bench.site()
      const now = bench.now()
      const claims = (changes: Record<string, unknown>) => tokenOf(bench, site, { claims: changes })
      const [header = '', payload = '', signature = ''] = (await tokenOf(bench, site)).split('.')
      const person = await site.signedIn()
      const { sid } = await site.sessionOf(person)
      const access = (await person.fetch(site.at('/token'))).text
      const id = new URL((await site.logOut(person)).next ?? 'missing:').searchParams.get('id_token_hint') ?? ''
      const logout = await bench.provider.logoutToken({ app: site.variant, sid, sub: 'usr_1' })
      const unsigned = `${b64({ alg: 'HS256', typ: 'JWT' })}.${payload}`
      const { secret, id: client } = bench.provider.clientOf(site.variant)
      const mac = createHmac('sha256', secret).update(unsigned).digest('base64url')
      const rows: readonly (readonly [string, string])[] = [
        ['no token at all', 'canary'],
        ['alg none', `${b64({ alg: 'none' })}.${payload}.`],
        ['signature cut', `${header}.${payload}.${'A'.repeat(342)}`],
        ['other claims under the signature', `${header}.${b64({ iss: bench.provider.issuer })}.${signature}`],
        ['signed with the client secret', `${unsigned}.${mac}`],
        ['expired', await claims({ iat: now - 700, nbf: now - 700, exp: now - 400 })],
        ['of tomorrow', await claims({ nbf: now + 86_400 })],
        ['longer than ten minutes', await claims({ exp: now + 3600 })],
        ['no exp', await claims({ exp: null })],
        ['no iat', await claims({ iat: null })],
        ['another issuer', await claims({ iss: 'https://evil.example' })],
        ['another audience', await claims({ aud: 'skc_other' })],
        ['parameters in organization_id', await claims({ organization_id: 'org_1&prompt=none' })],
        ['markup in connection_id', await claims({ connection_id: 'conn_<b>' })],
        ['neither of both', await claims({ organization_id: null, connection_id: null })],
        ['an ID token', id],
        ['an access token', access],
        ['a logout token', logout],
      ]
      await bench.provider.forget()
      await eachRow(rows, async (_label, token) => {
        const page = await arriveFromPortal(bench, site, site.browser(), token)
        mustRefuseLogin(page, 'idp_login_invalid')
        mustHold('nothing is repeated', !page.text.includes(token))
      })
      const twice = site.at(`/auth/login?idp_initiated_login=a&idp_initiated_login=b`)
      mustRefuseLogin(await site.browser().navigate(twice), 'request_invalid')
      const asked = (await bench.provider.requests()).filter(({ kind }) => kind !== 'keys' && kind !== 'discovery')
      mustBe('requests to the provider', asked, [])
      const own = await claims({ aud: client })
      mustBe('our own audience', (await arriveFromPortal(bench, site, site.browser(), own)).status, 303)
    },
  },
  {
    id: 'zg7d',
    name: 'MUST send a token that comes to the callback on to the login, and exchange no code that came along',
    cites: 'RFC 9700 §4.7.1; SEC-252',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const token = await tokenOf(bench, site)
      await bench.provider.forget()
      const query = new URLSearchParams({ idp_initiated_login: token, code: 'canary' })
      const page = await browser.navigate(site.at(`/auth/callback?${query}`), { from: bench.provider.issuer })
      mustBe('status and sessions', [page.status, sessionLines(page)], [303, []])
      const login = new URL(page.next ?? 'missing:')
      mustBe('where it leads', login.origin + login.pathname, site.at('/auth/login'))
      mustBe('with', [...login.searchParams], [['idp_initiated_login', token]])
      mustBe('requests to the provider', await bench.provider.requests(), [])
      const started = await browser.navigate(login.href, { from: bench.provider.issuer })
      const { callback } = await site.goOn(browser, started, 'admin')
      mustBe('the login', (await browser.navigate(callback.href)).status, 303)
      // A state that nobody began is none, whatever stands beside it.
      const foreign = new URLSearchParams({ idp_initiated_login: token, code: 'canary', state: 'A'.repeat(43) })
      const refused = await site.browser().navigate(site.at(`/auth/callback?${foreign}`))
      mustRefuseLogin(refused, 'state_invalid')
    },
  },
  {
    id: 'd54n',
    name: 'MUST end a loop of logins that others start with a page, the third time within a minute',
    cites: 'RFC 9110 §15.4; SEC-256',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const arrive = async () => arriveFromPortal(bench, site, browser, await tokenOf(bench, site))
      const pages = [await arrive(), await arrive(), await arrive()]
      mustBe(
        'statuses of three arrivals',
        pages.map(({ status }) => status),
        [303, 303, 400],
      )
      const last = pages[2]
      if (last === undefined) return
      mustRefuseLogin(last, 'login_loop')
      mustBe('way on by itself', last.next, undefined)
      mustHold('a link to try once more', last.text.includes(`href="${site.at('/auth/login')}`))
      const bookmark = await browser.navigate(site.at('/auth/login'), { from: bench.provider.issuer })
      mustRefuseLogin(bookmark, 'login_loop')
      const clicked = await browser.navigate(site.at('/auth/login'), { from: last.url })
      mustBe('a click on it', clicked.status, 303)
      const { callback } = await site.goOn(browser, clicked, 'admin')
      mustBe('the login', (await browser.navigate(callback.href)).status, 303)
      const next = await browser.navigate(site.at('/auth/login?prompt=login'), { from: bench.provider.issuer })
      mustBe('after a login counting begins anew', next.status, 303)
    },
  },
  {
    id: 'wbnk',
    name: 'MUST refuse an IdP-initiated login that ends in another organization than its token names',
    cites: 'ASVS 8.4.1; SEC-80; SEC-257',
    async run(bench) {
      const site = await bench.site()
      const { bulky } = bench.provider.people
      const browser = site.browser()
      const other = { organizationId: bulky.organizationId, claims: { connection_id: null } }
      const page = await arriveFromPortal(bench, site, browser, await tokenOf(bench, site, other))
      const { callback } = await site.goOn(browser, page, 'admin')
      const answer = await browser.navigate(callback.href, { from: bench.provider.issuer })
      mustRefuseLogin(answer, 'organization_mismatch')
      mustBe('signed in', await site.isIn(browser), false)
    },
  },
  {
    id: '48tn',
    name: 'MUST leave whoever is signed in alone until the IdP-initiated login has come back, and replace them then',
    cites: 'ASVS 7.2.4; SEC-251',
    async run(bench) {
      const site = await bench.site()
      const browser = await site.signedIn('guest')
      const before = browser.copy()
      const page = await arriveFromPortal(bench, site, browser, await tokenOf(bench, site))
      mustBe('a login of its own: status and sessions', [page.status, sessionLines(page)], [303, []])
      mustBe('still', (await site.sessionOf(browser)).user.id, bench.provider.people.guest.subject)
      await browser.forget(bench.provider.issuer)
      const { callback } = await site.goOn(browser, page, 'admin')
      await browser.navigate(callback.href, { from: bench.provider.issuer })
      mustBe('then', (await site.sessionOf(browser)).user.id, bench.provider.people.admin.subject)
      mustBe('a copy of the cookie before', await site.isIn(before), false)
    },
  },
]
