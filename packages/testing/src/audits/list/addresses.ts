import { mustBeLoginOf, mustNotReach, mustReach } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'

const navigation = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Accept: text/html']

/** Login, guard, logout and back again, all under the path of the base. */
async function mustWorkThroughout(site: Site): Promise<void> {
  const browser = site.browser()
  const refused = await browser.navigate(site.at('/private?a=1'))
  mustBeLoginOf(refused.headers.get('location'), site.at('/auth/login'), `${site.path}/private?a=1`)
  const { authorization, callback } = await site.arrive(browser, { query: new URL(refused.next ?? '').search.slice(1) })
  mustBe('redirect_uri', authorization.searchParams.get('redirect_uri'), site.at('/auth/callback'))
  const done = await browser.navigate(callback.href)
  mustBe('where the login ends', [done.status, done.headers.get('location')], [303, site.at('/private?a=1')])
  mustReach(await browser.navigate(site.at('/private')), '/private')
  mustReach(await browser.navigate(site.at('/admin/secret')), '/admin/:x')
  const deep = await site.browser().navigate(site.at('/admin/secret'))
  mustBeLoginOf(deep.headers.get('location'), site.at('/auth/login'), `${site.path}/admin/secret`)
  const fresh = await browser.navigate(site.at('/auth/login?return_to=/private'))
  mustHold('a path without the prefix is one inside the app', fresh.next === site.at('/private'), fresh.next)
  const left = await site.logOut(browser)
  mustBe(
    'post_logout_redirect_uri',
    new URL(left.next ?? '').searchParams.get('post_logout_redirect_uri'),
    site.at('/'),
  )
  mustBe('signed in', await site.isIn(browser), false)
  const end = await browser.navigate(site.at('/'))
  mustHold('the start page', end.status === 200 || end.next?.startsWith(site.base) === true, end.status)
}

/** Addresses are built from the configuration; what a request says about itself counts for nothing. */
export const addresses: readonly Audit[] = [
  {
    id: '7nbt',
    name: 'MUST build every address from the configured base, whatever Host and forwarding headers say',
    cites: 'RFC 9700 §4.13; CVE-2025-64484; G8; SEC-12; SEC-337; SEC-338; SEC-340; SEC-341',
    async run(bench) {
      const site = await bench.site()
      const liars: readonly (readonly [string, readonly string[], string | undefined])[] = [
        ['Host of another', [], 'evil.example'],
        ['Host with a port', [], 'evil.example:8443'],
        ['Host in IPv6', [], '[::1]:1'],
        [
          'X-Forwarded-Host',
          ['X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https', 'X-Forwarded-Port: 8443'],
          undefined,
        ],
        [
          'several X-Forwarded-Host',
          ['X-Forwarded-Host: evil.example, other.example', 'X-Forwarded-Host: third.example'],
          undefined,
        ],
        ['Forwarded', ['Forwarded: for=1.2.3.4;host=evil.example;proto=https'], undefined],
        [
          'X-Original-Host and kin',
          ['X-Original-Host: evil.example', 'X-Host: evil.example', 'X-Forwarded-Server: evil.example'],
          undefined,
        ],
        ['with an underscore', ['X_Forwarded_Host: evil.example'], undefined],
        [
          'a prefix',
          ['X-Forwarded-Prefix: /evil', 'X-Forwarded-Uri: /evil', 'X-Original-URL: /evil', 'X-Rewrite-URL: /evil'],
          undefined,
        ],
      ]
      await eachRow(liars, async (_label, headers, host) => {
        const ask = (target: string) =>
          site.raw({ target, headers: [...navigation, ...headers], ...(host === undefined ? {} : { host }) })
        const login = await ask('/auth/login')
        // A server that does not serve this host at all says so; one that does is not misled.
        mustBeOneOf('login: status', login.status, [303, 400, 404, 421])
        if (login.status === 303)
          mustBe(
            'redirect_uri',
            new URL(login.headers.get('location') ?? '').searchParams.get('redirect_uri'),
            site.at('/auth/callback'),
          )
        const guarded = await ask('/private')
        mustNotReach(guarded)
        if (guarded.status === 303) mustBeLoginOf(guarded.headers.get('location'), site.at('/auth/login'), '/private')
      })
      const odd = await site.raw({ target: '/auth/login', headers: navigation, host: 'user@evil.example/path' })
      mustHold('Host that is none: no server error', odd.status < 500, odd.status)
    },
  },
  {
    id: '3phj',
    name: 'MUST emit absolute Locations only',
    cites: 'RFC 9110 §10.2.2; style §4.2',
    async run(bench) {
      for (const variant of ['plain', 'mounted'] as const) {
        const site = await bench.site(variant)
        const browser = site.browser()
        const answers = [
          await browser.navigate(site.at('/private')),
          await browser.navigate(site.at('/auth/login')),
          await site.logIn(browser),
        ]
        answers.push(await browser.navigate(site.at('/auth/login?return_to=/private')))
        answers.push(await browser.navigate(site.at('/auth/refresh?return_to=/private')))
        for (const page of answers)
          mustMatch(`Location of ${new URL(page.url).pathname}`, page.headers.get('location'), /^https?:\/\//)
      }
    },
  },
  {
    id: '66xm',
    name: 'MUST work mounted under a prefix',
    cites: 'A8',
    async run(bench) {
      const site = await bench.site('mounted')
      await mustWorkThroughout(site)
      const twice = await site.browser().navigate(site.at(`${site.path}/auth/login`))
      mustBe('the prefix twice: status', twice.status, 404)
    },
  },
  {
    id: 'sns6',
    name: 'MUST work behind a proxy that strips the prefix',
    cites: 'A8; SEC-340',
    async run(bench) {
      await mustWorkThroughout(await bench.site('stripped'))
    },
  },
  {
    id: 'j5nc',
    name: 'MUST receive the back-channel logout under a prefix, stripped or not',
    cites: 'BCL §2.2; A8',
    async run(bench) {
      for (const variant of ['mounted', 'stripped'] as const) {
        const site = await bench.site(variant)
        const browser = await site.signedIn()
        const { sid } = await site.sessionOf(browser)
        const sub = bench.provider.people.admin.subject
        mustBe(`${variant}: answer`, await bench.provider.endSession({ app: variant, sid, sub }), 200)
        mustBe(`${variant}: signed in`, await site.isIn(browser), false)
      }
    },
  },
  {
    id: 'pr2d',
    name: 'MUST keep https, its cookies and its addresses when a proxy says http',
    cites: 'ASVS 3.3.1; SEC-339; SEC-344',
    async run(bench) {
      // The issuer of this app is configured with a slash at its end: that all this works is row 344.
      const site = await bench.site('secure')
      const browser = site.browser()
      const headers = { 'x-forwarded-proto': 'http', 'x-forwarded-host': '127.0.0.1' }
      const login = await browser.navigate(site.at('/auth/login'), { headers })
      const authorization = new URL(login.next ?? '')
      mustHold('issuer without a doubled slash', !authorization.pathname.startsWith('//'), authorization.pathname)
      mustBe('redirect_uri', authorization.searchParams.get('redirect_uri'), site.at('/auth/callback'))
      for (const line of login.headers.getSetCookie()) mustMatch('Secure', line, /; *Secure/i)
      mustBe('signed in', await site.isIn(await site.signedIn()), true)
    },
  },
  {
    id: 'qcfn',
    name: 'MUST survive any request target',
    cites: 'RFC 9112 §3.2; CVE-2022-31093; SEC-42; SEC-283',
    async run(bench) {
      const site = await bench.site()
      const targets = [
        '/auth/login?return_to=%',
        '/auth/callback?state=%ff&code=%',
        '/private?%E0%A4%A',
        '//',
        '///',
        '//evil.example/auth/login',
        '//evil.example/private',
        '/\\evil.example',
        '/\u00c3\u00a9',
        '/private?\u00ff',
        'private',
        'http://',
        'http://evil.example:99999/private',
        'http://[/private',
        'mailto:x@y',
        `/${'a'.repeat(6000)}`,
        '/private/../../../../etc/passwd',
        '/auth/login?organization_id=a&organization_id=b',
      ]
      await eachRow(
        targets.map((target) => [target] as const),
        async (target) => {
          const answer = await site.raw({ target, headers: navigation })
          mustHold('no server error', answer.status < 500, answer.status)
          mustNotReach(answer)
          const location = answer.headers.get('location')
          if (location === null) return
          mustBeOneOf('where it leads', new URL(location, site.origin).origin, [
            site.origin,
            new URL(bench.provider.issuer).origin,
          ])
        },
      )
    },
  },
  {
    id: 'w4zx',
    name: 'MUST survive the asterisk as a target',
    cites: 'RFC 9112 §3.2.4',
    async run(bench) {
      const site = await bench.site()
      for (const method of ['OPTIONS', 'GET']) {
        const answer = await site.raw({ method, target: '*', headers: navigation })
        mustHold(`${method} *: no server error`, answer.status < 500, answer.status)
        mustNotReach(answer)
      }
    },
  },
  {
    id: 'm7tq',
    name: 'MUST survive a malformed escape in a path',
    cites: 'RFC 3986 §2.1; CVE-2022-31093',
    async run(bench) {
      const site = await bench.site()
      await eachRow(
        ['/%', '/%ff', '/%E0%A4%A', '/auth/%', '/auth/%ff', '/admin/%', '/admin/%E0%A4%A'].map(
          (target) => [target] as const,
        ),
        async (target) => {
          const answer = await site.raw({ target: site.path + target, headers: navigation })
          mustHold('no server error', answer.status < 500, answer.status)
          mustNotReach(answer)
        },
      )
    },
  },
  {
    id: '5xw9',
    name: 'MUST read an absolute-form target by its path alone',
    cites: 'RFC 9112 §3.2.2; SEC-283',
    async run(bench) {
      const site = await bench.site()
      const guarded = await site.raw({ target: 'http://evil.example/private', headers: navigation })
      mustNotReach(guarded)
      mustBeOneOf('status', guarded.status, [303, 307, 400, 404])
      if (guarded.status === 303) mustBeLoginOf(guarded.headers.get('location'), site.at('/auth/login'), '/private')
      const login = await site.raw({ target: 'http://evil.example/auth/login', headers: navigation })
      mustHold('login: nothing of it in the answer', !(login.headers.get('location') ?? '').includes('evil'))
    },
  },
]
