import { mustBe401, mustBe403, mustBePrivate, mustLeadToLogin, mustNotReach, mustReach, reached } from '../answers.js'
import type { Audit } from '../audit.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'
import type { PersonName } from '../provider.js'

/** What each guard lets through, and whom. */
const decisions: readonly (readonly [path: string, person: PersonName, status: number])[] = [
  ['/members', 'admin', 200],
  ['/members', 'member', 200],
  ['/members', 'guest', 403],
  ['/sso', 'admin', 200],
  ['/sso', 'member', 403],
  ['/both', 'admin', 200],
  ['/both', 'member', 403],
  ['/either', 'guest', 200],
  ['/either', 'admin', 200],
  ['/neither', 'guest', 403],
  ['/admins', 'admin', 200],
  ['/admins', 'member', 403],
]

/** Who is let through, and what is said to the others. */
export const guards: readonly Audit[] = [
  {
    id: '6fbr',
    name: 'MUST redirect a navigating stranger to the login and remember where to return',
    cites: 'RFC 9110 §15.4.4; SEC-42; SEC-44',
    async run(bench) {
      const site = await bench.site()
      const pages = [
        '/private',
        '/private?a=1&client_id=x&return_to=//evil.example',
        '/members?q=%C3%A9',
        '/admin/secret?b=2',
      ]
      for (const path of pages)
        mustLeadToLogin(await site.browser().navigate(site.at(path)), site.at('/auth/login'), site.path + path)
    },
  },
  {
    id: 'c3wp',
    name: 'MUST challenge a program without a session with 401 and WWW-Authenticate, and no redirect',
    cites: 'RFC 6750 §3; SEC-2',
    async run(bench) {
      const site = await bench.site()
      const rows: readonly (readonly [string, Record<string, string>])[] = [
        ['fetch()', {}],
        ['XMLHttpRequest of an old browser', { 'sec-fetch-mode': '', 'x-requested-with': 'XMLHttpRequest' }],
        ['RSC: 1', { rsc: '1' }],
        ['Accept: application/json', { accept: 'application/json' }],
      ]
      await eachRow(rows, async (_label, headers) => {
        mustBe401(await site.browser().fetch(site.at('/private'), { headers }))
      })
      mustBe401(await site.raw({ target: `${site.path}/private`, headers: ['Accept: application/json'] }))
    },
  },
  {
    id: 'g7r5',
    name: 'MUST answer a known caller without the permission 403 insufficient_scope, and never the login',
    cites: 'RFC 6750 §3.1; SEC-295',
    async run(bench) {
      const site = await bench.site()
      const guest = await site.signedIn('guest')
      const program = await guest.fetch(site.at('/members'))
      mustBe403(program)
      mustMatch('WWW-Authenticate', program.headers.get('www-authenticate'), /insufficient_scope/)
      const page = await guest.navigate(site.at('/members'))
      mustBe403(page)
      mustBe('way on by itself', page.next, undefined)
      mustBe('calls to the provider', await bench.provider.requests(), [])
    },
  },
  {
    id: 'gtkd',
    name: 'MUST ask a stranger to log in before it speaks of permissions',
    cites: 'RFC 9110 §15.5.2; SEC-309',
    async run(bench) {
      const site = await bench.site()
      for (const path of ['/members', '/admins', '/either']) {
        mustBe401(await site.browser().fetch(site.at(path)))
        mustLeadToLogin(await site.browser().navigate(site.at(path)), site.at('/auth/login'), site.path + path)
      }
    },
  },
  {
    id: 'fg78',
    name: 'MUST decide by permission, by any of several, by all of them and by role, each by its own rule',
    cites: 'CVE-2026-42349; SEC-302; SEC-304; SEC-310',
    async run(bench) {
      const site = await bench.site()
      const browsers = new Map(
        await Promise.all(
          (['admin', 'member', 'guest'] as const).map(
            async (name) => [name as PersonName, await site.signedIn(name)] as const,
          ),
        ),
      )
      await eachRow(
        decisions.map(([path, person, status]) => [`${person} at ${path}`, path, person, status] as const),
        async (_label, path, person, status) => {
          const page = await browsers.get(person)?.fetch(site.at(path))
          mustBe('status', page?.status, status)
          mustBe('handler', page && reached(page), status === 200 ? path : undefined)
        },
      )
    },
  },
  {
    id: 'm9zc',
    name: 'MUST compare the organization of the session, and not of the address, with that of the route',
    cites: 'ASVS 8.4.1; SEC-308',
    async run(bench) {
      const site = await bench.site()
      const { admin, bulky } = bench.provider.people
      const browser = await site.signedIn('admin')
      mustReach(await browser.fetch(site.at(`/org/${admin.organizationId}`)), '/org')
      const own = admin.organizationId
      for (const id of [bulky.organizationId, 'org_', '%00', '*', 'undefined', own.toUpperCase(), `${own}x`]) {
        const page = await browser.fetch(site.at(`/org/${id}?organization_id=${own}`))
        mustBeOneOf(`${id}: status`, page.status, [400, 403, 404])
        mustNotReach(page)
      }
    },
  },
  {
    id: 'c3c9',
    name: 'MUST decide HEAD like GET and answer it without a body',
    cites: 'RFC 9110 §9.3.2; SEC-286',
    async run(bench) {
      const site = await bench.site()
      const stranger = await site.browser().fetch(site.at('/private'), { method: 'HEAD' })
      mustBe('stranger: status and body', [stranger.status, stranger.text], [401, ''])
      mustBe('stranger: cookies', stranger.headers.getSetCookie(), [])
      mustNotReach(stranger)
      const page = await site.browser().navigate(site.at('/private'), { method: 'HEAD' })
      mustBe('navigating: status and body', [page.status, page.text], [303, ''])
      const person = await (await site.signedIn()).fetch(site.at('/private'), { method: 'HEAD' })
      mustBe('signed in: status and body', [person.status, person.text], [200, ''])
    },
  },
  {
    id: '2t96',
    name: 'MUST NOT run a guarded handler, nor touch the session, for a preflight',
    cites: 'Fetch §4.8; SEC-285',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET' }
      const page = await person.fetch(site.at('/private'), { method: 'OPTIONS', headers })
      mustHold('no server error', page.status < 500, page.status)
      mustNotReach(page)
      mustBe('cookies', page.headers.getSetCookie(), [])
      mustBe('Access-Control-Allow-Credentials', page.headers.get('access-control-allow-credentials'), null)
      mustHold('nobody is named', !page.text.includes(bench.provider.people.admin.subject))
    },
  },
  {
    id: 'bxcg',
    name: 'MUST guard what was sent, whatever method an override names',
    cites: 'SEC-284',
    async run(bench) {
      const site = await bench.site()
      const attempts = [
        { path: '/private?_method=GET', headers: { 'x-http-method-override': 'GET' } },
        { path: '/private', headers: { 'x-method-override': 'OPTIONS' } },
      ]
      for (const { path, headers } of attempts) {
        const page = await site.browser().fetch(site.at(path), { form: { _method: 'GET' }, headers })
        mustBe('status', page.status, 401)
        mustNotReach(page)
      }
      const posted = await (await site.signedIn()).fetch(site.at('/private'), { form: { a: '1' } })
      mustBe('a signed-in post', [posted.status, reached(posted)], [200, '/private'])
    },
  },
  {
    id: '8mh3',
    name: 'MUST answer the form post of a stranger with a page that moves on to the login, not with a redirect',
    cites: 'CSP form-action; G6',
    async run(bench) {
      const site = await bench.site()
      const page = await site.browser().navigate(site.at('/private'), { form: { a: '1' }, from: site.at('/page?b=2') })
      mustBe('status and Location', [page.status, page.headers.get('location')], [401, null])
      mustNotReach(page)
      const login = new URL(page.next ?? 'missing:')
      mustBe('where the page moves on to', login.origin + login.pathname, site.at('/auth/login'))
      mustBe('and comes back to', login.searchParams.get('return_to'), `${site.path}/page?b=2`)
      mustBe('cookies', page.headers.getSetCookie(), [])
      mustBePrivate(page)
    },
  },
  {
    id: '38wj',
    name: 'MUST NOT let any header decide who is let through',
    cites: 'CVE-2025-29927; CVE-2024-29901; SEC-158; SEC-281; SEC-340',
    async run(bench) {
      const site = await bench.site()
      const middleware = Array(5).fill('middleware').join(':')
      const rows: readonly (readonly [string, string])[] = [
        ['x-middleware-subrequest', middleware],
        ['x-middleware-subrequest', Array(5).fill('src/middleware').join(':')],
        ['x-middleware-rewrite', '/public'],
        ['x-middleware-next', '1'],
        ['x-middleware-override-headers', 'cookie'],
        ['x-nextjs-data', '1'],
        ['x-invoke-path', '/public'],
        ['x-forwarded-uri', '/public'],
        ['x-original-url', '/public'],
        ['x-rewrite-url', '/public'],
        ['x-forwarded-prefix', '/public'],
        ['x-scalegate-session', '{"user":{"id":"usr_evil"}}'],
        ['x-sk-session', '{"user":{"id":"usr_evil"}}'],
        ['x-user-id', 'usr_evil'],
        ['authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfZXZpbCJ9.'],
      ]
      await eachRow(rows, async (name, value) => {
        for (const path of ['/private', '/admin', '/page']) {
          const page = await site.browser().fetch(site.at(path), { headers: { [name]: value } })
          mustNotReach(page)
          mustBeOneOf(`${path}: status`, page.status, [303, 307, 400, 401, 404])
        }
        const home = await site.browser().fetch(site.at('/'), { headers: { [name]: value } })
        mustHold('nobody is seen', !home.text.includes('usr_evil'))
      })
    },
  },
  {
    id: 'whdv',
    name: 'MUST fail closed where the session is read behind no guard',
    cites: 'GHSA-8fpg-xm3f-6cx3; A1; SEC-293',
    async run(bench) {
      const site = await bench.site()
      for (const browser of [site.browser(), await site.signedIn()]) {
        const page = await browser.fetch(site.at('/unguarded'))
        mustBe('status', page.status, 500)
        mustHold('nobody is named', !page.text.includes(bench.provider.people.admin.subject))
      }
    },
  },
  {
    id: 'hx5p',
    name: 'MUST hide what an earlier middleware has put where the session will be',
    cites: 'SEC-293',
    async run(bench) {
      const site = await bench.site()
      const headers = { 'x-claim': '1' }
      const unguarded = await site.browser().fetch(site.at('/unguarded'), { headers })
      mustBe('behind no guard: status', unguarded.status, 500)
      mustHold('behind no guard: nobody', !unguarded.text.includes('usr_evil'))
      mustBe401(await site.browser().fetch(site.at('/sso'), { headers }))
      const page = await (await site.signedIn()).fetch(site.at('/sso'), { headers })
      mustReach(page, '/sso')
      mustHold('the person, and not the claim', page.text.includes(bench.provider.people.admin.subject), page.text)
    },
  },
]
