import { mustBe403, mustBeKitPage, mustBeLoginOf, mustBePrivate, problemCode } from '../answers.js'
import type { Audit } from '../audit.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'
import type { Page } from '../http/browser.js'

const get = [
  '/auth/login',
  '/auth/callback',
  '/auth/refresh',
  '/auth/logout',
  '/auth/session',
  '/auth/widgets',
  '/auth/forbidden',
]
const rows = get.map((path) => [path] as const)

/** The kit's own routes: methods, names and what else they give. */
export const routes: readonly Audit[] = [
  {
    id: 'vtc2',
    name: 'MUST let a stranger through to public pages',
    cites: 'design §3',
    async run(bench) {
      const site = await bench.site()
      const home = await site.browser().navigate(site.at('/'))
      mustBe('/', [home.status, home.text.includes('stranger'), home.headers.getSetCookie()], [200, true, []])
      const page = await site.browser().navigate(site.at('/public'))
      mustBe('/public', [page.status, page.text.includes('public'), page.headers.getSetCookie()], [200, true, []])
    },
  },
  {
    id: '4dnp',
    name: 'MUST answer HEAD of its routes with 204, no body, no cookie and no effect',
    cites: 'RFC 9110 §9.3.2; SEC-3; SEC-66',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await eachRow(rows, async (path) => {
        const page = await person.navigate(site.at(path), { method: 'HEAD', from: site.at('/') })
        mustBe('status, body and cookies', [page.status, page.text, page.headers.getSetCookie()], [204, '', []])
      })
      mustBe('still signed in', await site.isIn(person), true)
    },
  },
  {
    id: '3k33',
    name: 'MUST answer OPTIONS of its routes with the methods and no CORS headers',
    cites: 'RFC 9110 §9.3.7; SEC-285; SEC-355',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await eachRow([...rows, ['/auth/backchannel-logout'] as const], async (path) => {
        const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
        const page = await person.fetch(site.at(path), { method: 'OPTIONS', headers })
        mustBe('status, body and cookies', [page.status, page.text, page.headers.getSetCookie()], [204, '', []])
        mustMatch('Allow', page.headers.get('allow'), /OPTIONS/)
        mustBe(
          'CORS',
          [...page.headers.keys()].filter((name) => name.startsWith('access-control')),
          [],
        )
      })
      mustBe('still signed in', await site.isIn(person), true)
    },
  },
  {
    id: 'nfsq',
    name: 'MUST answer other methods on its routes 405 with Allow',
    cites: 'RFC 9110 §15.5.6; SEC-4; SEC-65; SEC-353',
    async run(bench) {
      const site = await bench.site()
      const allow = /^GET, HEAD,? ?(?:POST)?/
      await eachRow(rows, async (path) => {
        for (const method of ['PUT', 'PATCH', 'DELETE']) {
          const page = await site.browser().fetch(site.at(path), { method })
          mustBe(`${method}: status`, page.status, 405)
          mustMatch(`${method}: Allow`, page.headers.get('allow'), allow)
          mustBe(`${method}: cookies`, page.headers.getSetCookie(), [])
        }
      })
      for (const path of ['/auth/login', '/auth/callback', '/auth/refresh', '/auth/session']) {
        const page = await site.browser().navigate(site.at(path), { form: { state: 'x' }, from: site.at('/') })
        mustBe(`POST ${path}: status`, page.status, 405)
        mustBe(`POST ${path}: Allow`, page.headers.get('allow'), 'GET, HEAD, OPTIONS')
      }
    },
  },
  {
    id: 'kx8g',
    name: 'MUST answer TRACE and methods nobody knows on its routes 405 with Allow',
    cites: 'RFC 9110 §9.3.8; SEC-353',
    async run(bench) {
      const site = await bench.site()
      for (const method of ['TRACE', 'PROPFIND', 'PURGE']) {
        const { status, headers, text } = await site.raw({
          method,
          target: `${site.path}/auth/login`,
          headers: ['X-Canary: canary'],
        })
        mustBe(`${method}: status`, status, 405)
        mustMatch(`${method}: Allow`, headers.get('allow'), /GET/)
        mustHold(`${method}: nothing is repeated`, !text.includes('canary'))
      }
    },
  },
  {
    id: 'x3zr',
    name: 'MUST leave paths that nobody knows to the framework’s own 404',
    cites: 'RFC 9110 §15.5.5',
    async run(bench) {
      const site = await bench.site()
      for (const path of ['/nothing', '/auth', '/auth/', '/auth/nothing', '/auth/login/more', '/authx/login']) {
        const page = (await site.browser().follow(site.at(path))).at(-1)
        mustBe(`${path}: status`, page?.status, 404)
        mustBe(`${path}: problem+json of the kit`, page && problemCode(page), undefined)
      }
    },
  },
  {
    id: 'r5qq',
    name: 'MUST NOT answer one of its routes in another spelling with anything but itself or a refusal',
    cites: 'GHSA-x732-6j76-qmhm; SEC-283',
    async run(bench) {
      const site = await bench.site()
      const spellings = [
        '/auth/../auth/login',
        '/auth//login',
        '/auth/login/',
        '/Auth/Login',
        '/auth/%6cogin',
        '/auth/login%00',
        '/auth/login;a=b',
        '/auth/callback/..',
        '//auth/login',
      ]
      await eachRow(
        spellings.map((target) => [target] as const),
        async (target) => {
          const headers = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
          const answer = await site.raw({ target, headers })
          mustBeOneOf('status', answer.status, [301, 303, 307, 308, 400, 404])
          const location = new URL(answer.headers.get('location') ?? '/', site.origin)
          mustBeOneOf('where it leads', location.origin, [site.origin, new URL(bench.provider.issuer).origin])
        },
      )
    },
  },
  {
    id: 'jv9d',
    name: 'MUST give the session as JSON to the app’s own pages and to nobody else',
    cites: 'ASVS 3.5.8; SEC-355',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const own = await person.fetch(site.at('/auth/session'))
      mustBe('person', JSON.parse(own.text).session?.user.id, bench.provider.people.admin.subject)
      mustBe('Cross-Origin-Resource-Policy', own.headers.get('cross-origin-resource-policy'), 'same-origin')
      mustBe(
        'CORS',
        [...own.headers.keys()].filter((name) => name.startsWith('access-control')),
        [],
      )
      mustBePrivate(own)
      for (const from of ['https://evil.example/', 'http://127.0.0.1:1/'])
        mustBe403(await person.fetch(site.at('/auth/session'), { from }), 'origin_not_allowed')
      const stranger = await site.browser().fetch(site.at('/auth/session'))
      mustBe('stranger', [stranger.status, JSON.parse(stranger.text)], [200, { session: null }])
    },
  },
  {
    id: 'z6k5',
    name: 'MUST lead a signed-in person, and nobody else, to the hosted widgets',
    cites: 'design §4; SEC-323',
    async run(bench) {
      const site = await bench.site()
      const stranger = await site.browser().navigate(site.at('/auth/widgets?widget=members'))
      mustBe('stranger: status', stranger.status, 303)
      mustHold('stranger: to the login', stranger.next?.startsWith(`${site.at('/auth/login')}`) === true, stranger.next)
      const admin = await (await site.signedIn('admin')).navigate(site.at('/auth/widgets?widget=members'))
      mustBe('admin', [admin.status, admin.next], [303, `${bench.provider.issuer}/ui/`])
      const guest = await (await site.signedIn('guest')).navigate(site.at('/auth/widgets?widget=sso'))
      mustBe('guest: status and Location', [guest.status, guest.next], [403, undefined])
    },
  },
  {
    id: '78fq',
    name: 'MUST serve its 403 page where a framework can send people but no status',
    cites: 'RFC 9110 §15.5.4; A5',
    async run(bench) {
      const site = await bench.site()
      for (const browser of [site.browser(), await site.signedIn('guest')]) {
        const page = await browser.navigate(site.at('/auth/forbidden'))
        mustBe('status and way on', [page.status, page.next], [403, undefined])
        mustBeKitPage(page)
      }
    },
  },
  {
    id: '2rmw',
    name: 'MUST refresh on its refresh route, come back, and not for ever',
    cites: 'A5; SEC-197',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await bench.pass(bench.provider.accessTokenLifetime)
      const address = site.at('/auth/refresh?return_to=/private')
      const answers: Page[] = []
      for (let visit = 0; visit < 4; visit++) answers.push(await person.navigate(address))
      mustBe(
        'statuses of four visits in a row',
        answers.map(({ status }) => status),
        [303, 303, 303, 503],
      )
      mustBe('where the first leads', answers[0]?.next, site.at('/private'))
      const refreshes = (await bench.provider.requests()).filter(({ grantType }) => grantType === 'refresh_token')
      mustBe('refreshes', refreshes.length, 1)
      const stranger = await site.browser().navigate(address)
      mustBeLoginOf(stranger.next, site.at('/auth/login'), `${site.path}/private`)
    },
  },
]
