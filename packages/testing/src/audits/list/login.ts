import { codeOf, mustBe401, mustBeKitPage, mustBePrivate, sessionLines, transactionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'

const tokenCalls = async (bench: Parameters<Audit['run']>[0]) =>
  (await bench.provider.requests()).filter(({ kind }) => kind === 'token').length

/** Starting a login and finishing it. */
export const login: readonly Audit[] = [
  {
    id: 'qmcs',
    name: 'MUST start a login with PKCE, state, nonce and one transaction cookie',
    cites: 'RFC 7636 §4.3; OIDC Core §3.1.2.1; SEC-14',
    async run(bench) {
      const site = await bench.site()
      const page = await site.browser().navigate(site.at('/auth/login'))
      mustBe('status', page.status, 303)
      const query = new URL(page.next ?? '').searchParams
      mustBe('code_challenge_method', query.get('code_challenge_method'), 'S256')
      for (const name of ['code_challenge', 'state', 'nonce']) mustMatch(name, query.get(name), /^[A-Za-z0-9_-]{43}$/)
      mustBe('redirect_uri', query.get('redirect_uri'), site.at('/auth/callback'))
      mustBe('transaction cookies', transactionLines(page).length, 1)
      mustBe('all cookies', page.headers.getSetCookie().length, 1)
      mustBePrivate(page)
    },
  },
  {
    id: 'nbht',
    name: 'MUST finish a login with a session and a redirect to where it began',
    cites: 'RFC 6749 §4.1.2; RFC 9700 §4.12',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const page = await site.logIn(browser, { query: 'return_to=%2Fprivate%3Fa%3D1' })
      mustBe('status and Location', [page.status, page.headers.get('location')], [303, site.at('/private?a=1')])
      mustHold('a session was set', sessionLines(page).length > 0)
      mustBePrivate(page)
      mustBe('person', (await site.sessionOf(browser)).user.id, bench.provider.people.admin.subject)
    },
  },
  {
    id: 'phgg',
    name: 'MUST NOT store, spend or end anything for a prefetch',
    cites: 'RFC 9110 §9.2.1; SEC-1; SEC-66; SEC-210',
    async run(bench) {
      const site = await bench.site()
      const rows: readonly (readonly [string, Record<string, string>])[] = [
        ['Sec-Purpose: prefetch', { 'sec-purpose': 'prefetch' }],
        ['Sec-Purpose: prefetch;prerender', { 'sec-purpose': 'prefetch;prerender' }],
        ['Purpose: prefetch', { purpose: 'prefetch' }],
        ['Next-Router-Prefetch: 1', { 'next-router-prefetch': '1', rsc: '1' }],
      ]
      await eachRow(rows, async (_label, headers) => {
        const started = await site.browser().navigate(site.at('/auth/login'), { headers })
        mustBe('login: status and cookies', [started.status, started.headers.getSetCookie()], [204, []])
        const person = await site.signedIn()
        const left = await person.navigate(site.at('/auth/logout'), { from: site.at('/'), headers })
        mustBe('logout: status and cookies', [left.status, left.headers.getSetCookie()], [204, []])
        mustBe('still signed in', await site.isIn(person), true)
      })
      const browser = site.browser()
      const { callback } = await site.arrive(browser)
      await bench.provider.forget()
      const looked = await browser.navigate(callback.href, { headers: { 'sec-purpose': 'prefetch' } })
      mustBe('callback: status and cookies', [looked.status, looked.headers.getSetCookie()], [204, []])
      mustBe('code exchanges', await tokenCalls(bench), 0)
      mustBe('the callback afterwards', (await browser.navigate(callback.href)).status, 303)
    },
  },
  {
    id: 'j2p8',
    name: 'MUST NOT start a login for a request that is no document navigation',
    cites: 'SEC-2; G7',
    async run(bench) {
      const site = await bench.site()
      const rows: readonly (readonly [string, Record<string, string>])[] = [
        ['fetch()', {}],
        ['RSC: 1', { rsc: '1' }],
        ['Next-Action', { 'next-action': 'x'.repeat(40) }],
        ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
      ]
      await eachRow(rows, async (_label, headers) => {
        mustBe401(await site.browser().fetch(site.at('/auth/login'), { headers }))
      })
    },
  },
  {
    id: '97t2',
    name: 'MUST keep two logins in two tabs apart',
    cites: 'SEC-13',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const first = await site.arrive(browser, { query: 'return_to=/private?tab=1' })
      const second = await site.arrive(browser, { query: 'return_to=/private?tab=2&prompt=login' })
      const pages = [await browser.navigate(first.callback.href), await browser.navigate(second.callback.href)]
      mustBe(
        'where the two logins end',
        pages.map((page) => page.headers.get('location')),
        [site.at('/private?tab=1'), site.at('/private?tab=2')],
      )
    },
  },
  {
    id: '7pr2',
    name: 'MUST keep the cookies of logins that were begun few and small',
    cites: 'RFC 6265bis §5.6; SEC-5',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      for (let count = 0; count < 12; count++) await browser.navigate(site.at('/auth/login?return_to=/private'))
      const header = await browser.cookieHeader(site.at('/'))
      const pending = header.split('; ').filter((pair) => /^scalegate-login\./.test(pair))
      mustHold('at most five transactions, 4096 bytes', pending.length <= 5 && header.length <= 4096, [
        pending.length,
        header.length,
      ])
      mustBe('a login after that', (await site.logIn(browser)).status, 303)
    },
  },
  {
    id: '7z8t',
    name: 'MUST refuse a callback without the transaction of this browser',
    cites: 'RFC 9700 §4.7.1; RFC 6749 §10.12; SEC-45; SEC-46; SEC-48',
    async run(bench) {
      const site = await bench.site()
      const { callback } = await site.arrive(site.browser())
      const changed = new URL(callback)
      changed.searchParams.set('state', 'A'.repeat(43))
      const none = new URL(callback)
      none.searchParams.delete('state')
      const rows: readonly (readonly [string, URL])[] = [
        ['of another browser', callback],
        ['unknown state', changed],
        ['no state', none],
        ['nothing at all', new URL(site.at('/auth/callback'))],
      ]
      await bench.provider.forget()
      await eachRow(rows, async (_label, url) => {
        const page = await site.browser().navigate(url.href)
        mustBe('status', page.status, 400)
        mustBe('cookies', page.headers.getSetCookie(), [])
        mustBeKitPage(page)
      })
      mustBe('calls of the token endpoint', await tokenCalls(bench), 0)
    },
  },
  {
    id: 'sd9s',
    name: 'MUST refuse a wrong iss before anything is asked, and a missing one where the provider promises it',
    cites: 'RFC 9207 §2.4; SEC-56; SEC-57',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const { callback } = await site.arrive(browser)
      await bench.provider.forget()
      const wrong = new URL(callback)
      wrong.searchParams.set('iss', 'https://evil.example')
      const refused = await browser.navigate(wrong.href)
      mustBe('wrong iss: status and code', [refused.status, codeOf(refused)], [400, 'issuer_mismatch'])
      mustBe('calls of the token endpoint', await tokenCalls(bench), 0)
      const missing = new URL(callback)
      missing.searchParams.delete('iss')
      const page = await browser.navigate(missing.href)
      mustBe('without iss: status', page.status, bench.provider.promisesIss ? 400 : 303)
    },
  },
  {
    id: '5wbv',
    name: 'MUST NOT repeat what a callback brings along',
    cites: 'CVE-2021-32702; SEC-60; SEC-61',
    async run(bench) {
      const site = await bench.site()
      const words = '<script>alert(1)</script>'
      const query = new URLSearchParams({
        error: words,
        error_description: `"><img src=x onerror=1>${words}`,
        state: words,
      })
      const page = await site.browser().navigate(site.at(`/auth/callback?${query}`))
      mustBe('status', page.status, 400)
      mustBeKitPage(page)
      for (const part of ['alert(1)', 'onerror', encodeURIComponent(words)])
        mustHold(`"${part}" does not come back`, !page.text.includes(part))
    },
  },
  {
    id: 'g232',
    name: 'MUST answer the same callback again without a second code exchange',
    cites: 'RFC 9700 §4.5; SEC-49; SEC-50',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const { callback } = await site.arrive(browser)
      await bench.provider.forget()
      const pages = await Promise.all([browser.navigate(callback.href), browser.navigate(callback.href)])
      mustBe('code exchanges', await tokenCalls(bench), 1)
      for (const { status } of pages) mustBeOneOf('status', status, [303, 400])
      const again = await browser.navigate(callback.href)
      mustBe('back button', [again.status, again.next], [303, site.at('/')])
      mustBe('code exchanges', await tokenCalls(bench), 1)
    },
  },
  {
    id: 'cxjx',
    name: 'MUST replace the session at the next login, so that the one before is worth nothing',
    cites: 'ASVS 7.2.4; CVE-2021-41246; SEC-75; SEC-76',
    async run(bench) {
      const site = await bench.site()
      const browser = await site.signedIn('admin')
      const before = browser.copy()
      await site.logInInstead(browser, 'guest')
      mustBe('person', (await site.sessionOf(browser)).user.id, bench.provider.people.guest.subject)
      mustBe401(await before.fetch(site.at('/private')))
    },
  },
  {
    id: 'xds3',
    name: 'MUST tell a person, and keep nothing, when the code exchange fails',
    cites: 'RFC 6749 §5.2; SEC-67; SEC-68; SEC-69',
    async run(bench) {
      const site = await bench.site()
      const rows: readonly (readonly [string, number, string])[] = [
        ['invalid_grant', 400, '{"error":"invalid_grant","error_description":"canary-of-the-provider"}'],
        ['invalid_client', 401, '{"error":"invalid_client","error_description":"canary-of-the-provider"}'],
        ['an outage', 503, 'canary-of-the-provider'],
      ]
      try {
        await eachRow(rows, async (_label, status, body) => {
          await bench.provider.clearFaults()
          const browser = site.browser()
          const { callback } = await site.arrive(browser)
          await bench.provider.fault({ kind: 'status', status, body })
          const page = await browser.navigate(callback.href)
          mustHold('an error status', page.status >= 400, page.status)
          mustBeKitPage(page)
          mustBe('session cookies', sessionLines(page), [])
          const shown = page.text + JSON.stringify([...page.headers])
          for (const secret of [
            'canary',
            bench.provider.clientOf(site.variant).secret,
            callback.searchParams.get('code'),
          ])
            mustHold('nothing of the exchange is shown', !shown.includes(secret ?? 'missing'))
        })
      } finally {
        await bench.provider.clearFaults()
      }
    },
  },
]
