import { mustBeKitPage, mustBePrivate, mustReach } from '../answers.js'
import type { Audit } from '../audit.js'
import { mustBe, mustMatch } from '../check.js'

/** What caches may keep. */
export const caching: readonly Audit[] = [
  {
    id: 'tz4x',
    name: 'MUST make a page that knows its caller private, whatever the handler says',
    cites: 'CVE-2025-48947; RFC 9111 §4.1; SEC-345 to SEC-347',
    async run(bench) {
      const site = await bench.site()
      const page = await (await site.signedIn()).fetch(site.at('/own-cookies'))
      mustReach(page, '/own-cookies')
      mustBePrivate(page)
      mustMatch('Vary', page.headers.get('vary'), /(?:^|, *)Cookie(?:,|$)/i)
      mustBe('times that Cookie stands in Vary', page.headers.get('vary')?.match(/\bcookie\b/gi)?.length, 1)
      mustMatch('Vary of the handler', page.headers.get('vary'), /Accept-Encoding/i)
    },
  },
  {
    id: 'st56',
    name: 'MUST make a page private that only asked who is there',
    cites: 'RFC 9111 §4.1; SEC-346',
    async run(bench) {
      const site = await bench.site()
      mustBePrivate(await site.browser().navigate(site.at('/')))
      const person = await site.signedIn()
      mustBePrivate(await person.navigate(site.at('/')))
      mustBePrivate(await person.fetch(site.at('/token')))
      mustBePrivate(await person.fetch(site.at('/leave'), { form: {} }))
    },
  },
  {
    id: '24qv',
    name: 'MUST NOT hand out a validator with which one person’s page answers another',
    cites: 'RFC 9110 §8.8; SEC-348',
    async run(bench) {
      const site = await bench.site()
      const headers = { 'if-none-match': '"same-for-everybody"', 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }
      const page = await (await site.signedIn()).fetch(site.at('/own-cookies'), { headers })
      mustBePrivate(page)
      for (const path of ['/private', '/page', '/auth/session'])
        mustBe(`ETag of ${path}`, (await (await site.signedIn()).fetch(site.at(path))).headers.get('etag'), null)
    },
  },
  {
    id: 'cf57',
    name: 'MUST leave a public page cacheable and without cookies, also for somebody signed in',
    cites: 'SEC-350',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await bench.provider.forget()
      for (const browser of [site.browser(), person]) {
        const page = await browser.navigate(site.at('/public'))
        mustBe('Cache-Control', page.headers.get('cache-control'), 'public, max-age=60')
        mustBe('cookies', page.headers.getSetCookie(), [])
      }
      mustBe('calls to the provider', await bench.provider.requests(), [])
    },
  },
  {
    id: 'jjn5',
    name: 'MUST NOT let anything keep a refusal',
    cites: 'CVE-2026-44572; SEC-349',
    async run(bench) {
      const site = await bench.site()
      const guest = await site.signedIn('guest')
      mustBePrivate(await site.browser().navigate(site.at('/private')))
      mustBePrivate(await site.browser().fetch(site.at('/private')))
      mustBePrivate(await site.browser().navigate(site.at('/private'), { headers: { 'x-nextjs-data': '1' } }))
      mustBePrivate(await guest.navigate(site.at('/members')))
      mustBePrivate(await guest.fetch(site.at('/members')))
    },
  },
  {
    id: '96td',
    name: 'MUST NOT let anything keep an answer of its own routes',
    cites: 'ASVS 14.3.2; SEC-79; SEC-345',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      for (const path of [
        '/auth/login',
        '/auth/callback',
        '/auth/session',
        '/auth/widgets',
        '/auth/forbidden',
        '/auth/refresh',
      ]) {
        mustBePrivate(await site.browser().navigate(site.at(path)))
        mustBePrivate(await person.copy().fetch(site.at(path)))
      }
    },
  },
  {
    id: 'zfgc',
    name: 'MUST send its pages with a policy under which nothing runs and nothing frames them',
    cites: 'ASVS 3.4; SEC-354',
    async run(bench) {
      const site = await bench.site()
      mustBeKitPage(await site.browser().navigate(site.at('/auth/callback')))
      mustBeKitPage(await site.browser().navigate(site.at('/auth/forbidden')))
      mustBeKitPage(await site.logOut(await site.signedIn()))
      mustBeKitPage(await (await site.signedIn('guest')).navigate(site.at('/members')))
    },
  },
]
