import { codeOf, mustBe401, mustBePrivate, problemCode, sessionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustHold, mustMatch } from '../check.js'
import type { Browser, Page } from '../http/browser.js'
import { isDeletion } from '../http/set-cookie.js'

const evil = 'https://evil.example/page'
const endSession = (bench: Bench, url: string | undefined) => {
  const end = new URL(url ?? 'missing:')
  mustBe('provider', end.origin, new URL(bench.provider.issuer).origin)
  return end
}

const attempts: readonly (readonly [string, (browser: Browser, site: Site) => Promise<Page>])[] = [
  ['form of another site', (browser, site) => browser.navigate(site.at('/auth/logout'), { form: {}, from: evil })],
  [
    'form of another port',
    (browser, site) => browser.navigate(site.at('/auth/logout'), { form: {}, from: 'http://127.0.0.1:1/' }),
  ],
  ['link of another site', (browser, site) => browser.navigate(site.at('/auth/logout'), { from: evil })],
  ['fetch of another site', (browser, site) => browser.fetch(site.at('/auth/logout'), { method: 'POST', from: evil })],
  [
    'image of another site',
    (browser, site) =>
      browser.navigate(site.at('/auth/logout'), {
        from: evil,
        headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      }),
  ],
  [
    'frame of another site',
    (browser, site) =>
      browser.navigate(site.at('/auth/logout'), { from: evil, headers: { 'sec-fetch-dest': 'iframe' } }),
  ],
  ['POST typed by hand', (browser, site) => browser.navigate(site.at('/auth/logout'), { form: {} })],
]

/** Browsers that send no fetch metadata. */
const oldBrowsers: readonly (readonly [string, readonly string[]])[] = [
  ['no sign of where it comes from', []],
  ['Origin: null', ['Origin: null']],
  ['Origin of another site', ['Origin: https://evil.example']],
  ['Origin that begins like ours', ['Origin: ORIGIN.evil.example']],
  ['Referer of another site', [`Referer: ${evil}`]],
  ['Referer that begins like ours', ['Referer: ORIGIN.evil.example/']],
]

/** Nobody is logged out by others, and nobody who logged out stays in. */
export const logout: readonly Audit[] = [
  {
    id: 'tsg8',
    name: 'MUST answer the log-out form with a page that moves on to the provider, and no redirect',
    cites: 'RP-Initiated Logout §2; CSP form-action; G6',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const page = await site.logOut(person)
      mustBe('status and Location', [page.status, page.headers.get('location')], [200, null])
      const query = endSession(bench, page.next).searchParams
      mustMatch('id_token_hint', query.get('id_token_hint'), /^[\w-]+\.[\w-]+\.[\w-]+$/)
      mustBe('post_logout_redirect_uri', query.get('post_logout_redirect_uri'), site.at('/'))
      mustHold('a link for those who have no meta refresh', /<a href="http/.test(page.text))
      mustBe401(await person.fetch(site.at('/private')))
    },
  },
  {
    id: 'pzk4',
    name: 'MUST answer a log-out link of its own page with a redirect, and a script with the address',
    cites: 'Fetch metadata; SEC-198',
    async run(bench) {
      const site = await bench.site()
      const byLink = await (await site.signedIn()).navigate(site.at('/auth/logout'), { from: site.at('/') })
      mustBe('link: status', byLink.status, 303)
      endSession(bench, byLink.next)
      const script = await site.signedIn()
      const answer = await script.fetch(site.at('/auth/logout'), { method: 'POST', from: site.at('/') })
      endSession(bench, (JSON.parse(answer.text) as { end_session_url?: string }).end_session_url)
      mustBe401(await script.fetch(site.at('/private')))
    },
  },
  {
    id: 'skkc',
    name: 'MUST NOT let another site log anybody out',
    cites: 'ASVS 3.5.1; SEC-198',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await eachRow(attempts, async (_label, attempt) => {
        const page = await attempt(person, site)
        mustBe('status and code', [page.status, codeOf(page) ?? problemCode(page)], [403, 'origin_not_allowed'])
        mustBe('cookies', page.headers.getSetCookie(), [])
        mustBe('still signed in', await site.isIn(person), true)
      })
    },
  },
  {
    id: 'pptp',
    name: 'MUST NOT let another site log anybody out in a browser without fetch metadata',
    cites: 'ASVS 3.5.1; SEC-198',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const cookie = await person.cookieHeader(site.at('/'))
      const post = (headers: readonly string[]) =>
        site.raw({
          method: 'POST',
          target: `${site.path}/auth/logout`,
          headers: [
            `Cookie: ${cookie}`,
            'Content-Length: 0',
            ...headers.map((line) => line.replace('ORIGIN', site.origin)),
          ],
        })
      await eachRow(oldBrowsers, async (_label, headers) => {
        const { status } = await post(headers)
        mustBe('status', status, 403)
        mustBe('still signed in', await site.isIn(person), true)
      })
      mustBe('our own origin', (await post([`Origin: ${site.origin}`])).status, 200)
      mustBe('signed in', await site.isIn(person), false)
    },
  },
  {
    id: 'hrhc',
    name: 'MUST end the session when logout is called inside a handler',
    cites: 'design §3',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const copy = person.copy()
      const page = await person.fetch(site.at('/leave'), { method: 'POST' })
      mustBe('status', page.status, 200)
      endSession(bench, (JSON.parse(page.text) as { url?: string }).url)
      mustBe('cookies that are left', [...(await person.cookies(site.at('/'))).keys()], [])
      for (const browser of [person, copy]) mustBe401(await browser.fetch(site.at('/private')))
    },
  },
  {
    id: 'd3s5',
    name: 'MUST take every cookie of its own away at logout, chunks and begun logins included',
    cites: 'RFC 6265 §5.3; SEC-208',
    async run(bench) {
      for (const variant of ['plain', 'secure', 'mounted'] as const) {
        const site = await bench.site(variant)
        const person = await site.signedIn('bulky')
        await person.navigate(site.at('/auth/login?prompt=login'))
        await person.navigate(site.at('/auth/login?prompt=login'))
        const before = [...(await person.cookies(site.at('/'))).keys()]
        mustHold('chunks and two begun logins', before.length >= 4, before)
        const page = await site.logOut(person)
        mustHold('only deletions', page.headers.getSetCookie().every(isDeletion))
        mustBe(`${variant}: cookies that are left`, [...(await person.cookies(site.at('/'))).keys()], [])
      }
    },
  },
  {
    id: 'c45b',
    name: 'MUST log out nobody as well as somebody',
    cites: 'RP-Initiated Logout §2; SEC-199',
    async run(bench) {
      const site = await bench.site()
      const page = await site.logOut(site.browser())
      mustBe('status and cookies', [page.status, page.headers.getSetCookie()], [200, []])
      mustBe(
        'client_id',
        endSession(bench, page.next).searchParams.get('client_id'),
        bench.provider.clientOf(site.variant).id,
      )
    },
  },
  {
    id: '4v5h',
    name: 'MUST NOT let a copied cookie outlive the logout, nor the next login revive it',
    cites: 'ASVS 7.4.1; SEC-140; SEC-236',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const copy = person.copy()
      await site.logOut(person)
      mustBe401(await copy.fetch(site.at('/private')))
      // Within the second of a logout the order is unknown, and the safe reading counts.
      await bench.pass(1)
      await site.logIn(person, { query: 'prompt=login' })
      mustBe('the new session', await site.isIn(person), true)
      mustBe401(await copy.fetch(site.at('/private')))
      mustBe('sessions set for the copy', sessionLines(await copy.navigate(site.at('/'))), [])
    },
  },
  {
    id: '46zf',
    name: 'MUST empty the browser’s cache at logout and keep nothing of it',
    cites: 'ASVS 14.3.1; SEC-207',
    async run(bench) {
      const site = await bench.site()
      const pages = [
        await site.logOut(await site.signedIn()),
        await (await site.signedIn()).navigate(site.at('/auth/logout'), { from: site.at('/') }),
      ]
      for (const page of pages) {
        mustBe('Clear-Site-Data', page.headers.get('clear-site-data'), '"cache"')
        mustBePrivate(page)
      }
    },
  },
  {
    id: 'tdn6',
    name: 'MUST NOT let the request say where a logout leads',
    cites: 'RP-Initiated Logout §3; SEC-201',
    async run(bench) {
      const site = await bench.site()
      const query = new URLSearchParams({ post_logout_redirect_uri: evil, return_to: evil, returnTo: '//evil.example' })
      const form = { post_logout_redirect_uri: evil, return_to: evil }
      const address = site.at(`/auth/logout?${query}`)
      const pages = [
        await (await site.signedIn()).navigate(address, { form, from: site.at('/') }),
        await (await site.signedIn()).navigate(address, { from: site.at('/') }),
      ]
      for (const page of pages) {
        const end = endSession(bench, page.next)
        mustBe('post_logout_redirect_uri', end.searchParams.getAll('post_logout_redirect_uri'), [site.at('/')])
        mustHold('nothing of it comes back', !(page.text + end.href).includes('evil'))
      }
    },
  },
]
