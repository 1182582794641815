import { mustBe401, mustBePrivate, mustReach, reached, sessionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import { expire, refreshes } from '../bench/expiry.js'
import { eachRow, mustBe, mustBeOneOf, mustHold } from '../check.js'
import type { Browser } from '../http/browser.js'
import { nameOf } from '../http/set-cookie.js'

function cookieHeaderOf(lines: readonly string[]): string {
  return lines.map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

/** A refresh token works once: what counts is who has it, and that the new one reaches the browser. */
export const refresh: readonly Audit[] = [
  {
    id: 'dv2w',
    name: 'MUST write a rotated session onto the app’s own response, beside its own cookies and with no-store',
    cites: 'RFC 9111 §5.2.2.5; SEC-345; SEC-352',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const page = await person.fetch(site.at('/own-cookies'))
      mustReach(page, '/own-cookies')
      const names = page.headers.getSetCookie().map(nameOf)
      for (const name of ['a', 'b']) mustBe(`lines for ${name}`, names.filter((own) => own === name).length, 1)
      mustBe('lines for one cookie', names.length, new Set(names).size)
      mustHold('a session was set', sessionLines(page).length > 0)
      mustBePrivate(page)
      const cookie = cookieHeaderOf(sessionLines(page))
      mustBe('the new cookie', (await site.browser().fetch(site.at('/private'), { headers: { cookie } })).status, 200)
      mustBe('refreshes', await refreshes(bench), 1)
    },
  },
  {
    id: 'j62b',
    name: 'MUST write a rotated session onto a response that the handler made itself',
    cites: 'SEC-352; style §4.2',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const page = await person.fetch(site.at('/own-response'))
      mustReach(page, '/own-response')
      mustHold('a session was set', sessionLines(page).length > 0)
      mustHold('its own header is still there', page.headers.get('x-own') === 'yes', page.headers.get('x-own'))
      mustBePrivate(page)
    },
  },
  {
    id: 'bnxb',
    name: 'MUST write a rotated session before the first byte of a response that streams',
    cites: 'SEC-351',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const page = await person.fetch(site.at('/stream'))
      mustReach(page, '/stream')
      mustBe('what was streamed', page.text, 'one two three')
      mustHold('a session was set', sessionLines(page).length > 0)
      mustBePrivate(page)
    },
  },
  {
    id: 't3h5',
    name: 'MUST rotate once for concurrent requests of one session',
    cites: 'RFC 6749 §10.4; RFC 9700 §4.14; SEC-177',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const paths = ['/private', '/page', '/own-cookies', '/auth/session', '/']
      const pages = await Promise.all(
        Array.from({ length: 30 }, (_, index) => person.copy().fetch(site.at(paths[index % paths.length] ?? '/'))),
      )
      mustBe('statuses', [...new Set(pages.map(({ status }) => status))], [200])
      mustBe('refreshes', await refreshes(bench), 1)
      // Whichever answer arrives last, its cookie is as good as the first one's.
      for (const page of [pages[0], pages[29]]) {
        const cookie = cookieHeaderOf(page === undefined ? [] : sessionLines(page))
        mustBe(
          'one of the new cookies',
          (await site.browser().fetch(site.at('/private'), { headers: { cookie } })).status,
          200,
        )
      }
      mustBe('refreshes', await refreshes(bench), 1)
    },
  },
  {
    id: '73xx',
    name: 'MUST let requests that left with the old cookie find the new tokens',
    cites: 'SEC-179; SEC-180',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const late = person.copy()
      mustBe('first', (await person.fetch(site.at('/private'))).status, 200)
      await bench.pass(50)
      mustBe('late', (await late.fetch(site.at('/private'))).status, 200)
      mustBe('late, at a page', (await late.copy().navigate(site.at('/page'))).status, 200)
      mustBe('refreshes', await refreshes(bench), 1)
    },
  },
  {
    id: 's96d',
    name: 'MUST show the rotated session to the rest of the same request',
    cites: 'A6; style §4.2',
    async run(bench) {
      const site = await bench.site()
      for (const path of ['/private', '/page', '/']) {
        const person = await site.signedIn()
        await expire(bench)
        const page = await person.navigate(site.at(path))
        mustBe(`${path}: status`, page.status, 200)
        mustHold(`${path}: the person is seen`, page.text.includes(bench.provider.people.admin.subject))
        mustHold(`${path}: and is not stale`, !/"stale": ?true/.test(page.text))
        mustBe(`${path}: refreshes`, await refreshes(bench), 1)
      }
      const person = await site.signedIn()
      const before = await person.fetch(site.at('/token'))
      await expire(bench)
      const after = await person.fetch(site.at('/token'))
      mustBe('/token: statuses', [before.status, after.status], [200, 200])
      mustHold('/token: another token', before.text !== after.text)
      mustBe('/token: refreshes', await refreshes(bench), 1)
    },
  },
  {
    id: 'kvht',
    name: 'MUST NOT lose a rotated token where the session is asked for after the first byte',
    cites: 'SEC-197; SEC-351',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const page = await person.fetch(site.at('/late'))
      mustBe('status', page.status, 200)
      mustHold('both halves came', page.text.startsWith('first ') && page.text.length > 'first '.length, page.text)
      const spent = await refreshes(bench)
      mustHold('spent only if the browser got the new one', spent === 0 || sessionLines(page).length > 0, spent)
      mustBe('the next request', (await person.fetch(site.at('/private'))).status, 200)
      mustBe('refreshes', await refreshes(bench), 1)
    },
  },
  {
    id: 'nxkx',
    name: 'MUST NOT rotate for a prefetch or for HEAD',
    cites: 'SEC-191',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const rows: readonly (readonly [string, string, string, Record<string, string>])[] = [
        ['prefetch of a public page that asks', '/', 'GET', { 'sec-purpose': 'prefetch' }],
        ['prefetch of a guarded page', '/private', 'GET', { 'sec-purpose': 'prefetch' }],
        ['HEAD', '/private', 'HEAD', {}],
      ]
      await eachRow(rows, async (_label, path, method, headers) => {
        const page = await person.navigate(site.at(path), { method, headers })
        mustHold('no server error', page.status < 500, page.status)
        mustBe('cookies', page.headers.getSetCookie(), [])
        mustBe('refreshes', await refreshes(bench), 0)
      })
      mustBe('afterwards', (await person.fetch(site.at('/private'))).status, 200)
    },
  },
  {
    id: 'k8vr',
    name: 'MUST NOT rotate for a page that does not ask',
    cites: 'SEC-191; SEC-350',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const page = await person.navigate(site.at('/public'))
      mustBe('Cache-Control', page.headers.get('cache-control'), 'public, max-age=60')
      mustBe('cookies', page.headers.getSetCookie(), [])
      mustBe('refreshes', await refreshes(bench), 0)
    },
  },
  {
    id: 'd5wm',
    name: 'MUST NOT rotate for a prefetch of the framework’s own router',
    cites: 'SEC-191',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const headers = { 'next-router-prefetch': '1', rsc: '1' }
      const page = await person.fetch(site.at('/page'), { headers })
      mustHold('no server error', page.status < 500, page.status)
      mustBe('cookies', page.headers.getSetCookie(), [])
      mustBe('refreshes', await refreshes(bench), 0)
      mustBe('afterwards', (await person.fetch(site.at('/private'))).status, 200)
    },
  },
  {
    id: '2knn',
    name: 'MUST keep the refreshes of many people apart',
    cites: 'CVE-2026-40155; SEC-181',
    async run(bench) {
      const site = await bench.site()
      const names = ['admin', 'member', 'guest', 'bulky', 'admin', 'guest'] as const
      const browsers: Browser[] = []
      for (const name of names) browsers.push(await site.signedIn(name))
      await expire(bench)
      const answers = await Promise.all(
        [...browsers, ...browsers].map((browser) => browser.copy().fetch(site.at('/private'))),
      )
      mustBe(
        'who is shown',
        answers.map((page) => (JSON.parse(page.text) as { user?: { id: string } }).user?.id),
        [...names, ...names].map((name) => bench.provider.people[name].subject),
      )
      mustBe('refreshes', await refreshes(bench), names.length)
    },
  },
  {
    id: 'hjwn',
    name: 'MUST NOT bring anybody back by a request that was under way at the logout',
    cites: 'SEC-195; SEC-206',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      const copy = person.copy()
      // Refreshed when it was let in, answered after the logout.
      const slow = copy.fetch(site.at('/slow'))
      await new Promise((resolve) => setTimeout(resolve, 250))
      await site.logOut(person)
      mustBeOneOf('the slow answer', (await slow).status, [200, 401])
      for (const browser of [person, copy]) mustBe401(await browser.fetch(site.at('/private')))
      mustBe('at a page', reached(await copy.navigate(site.at('/page'))), undefined)
    },
  },
]
