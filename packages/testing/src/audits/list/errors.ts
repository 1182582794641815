import { codeOf, mustNotReach, problemCode, reached, sessionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import { mustBe, mustHold } from '../check.js'

/** What goes wrong, and who hears what about it. */
export const errors: readonly Audit[] = [
  {
    id: 'vvq2',
    name: 'MUST hand an error of the app to the framework’s own handler',
    cites: 'ASVS 16.5.4; SEC-289',
    async run(bench) {
      const site = await bench.site()
      for (const browser of [site.browser(), await site.signedIn()]) {
        const page = await browser.navigate(site.at('/boom'))
        mustBe('status', page.status, 500)
        mustBe('answers of the kit', [codeOf(page), problemCode(page)], [undefined, undefined])
        mustBe('the app afterwards', (await browser.navigate(site.at('/'))).status, 200)
      }
    },
  },
  {
    id: 'w7nk',
    name: 'MUST hand an error of a hook of the app to the framework’s own handler, and let nobody in',
    cites: 'ASVS 16.5.3; SEC-78; SEC-289',
    async run(bench) {
      const site = await bench.site()
      const browser = site.browser()
      const page = await site.logIn(browser, { query: 'return_to=/refused-by-the-app' })
      mustBe('status', page.status, 500)
      mustBe('answers of the kit', [codeOf(page), problemCode(page)], [undefined, undefined])
      mustBe('sessions set', sessionLines(page), [])
      mustHold('nothing of the error is shown', !/canary|node_modules|\bat .+:\d+:\d+/.test(page.text))
      mustBe('signed in', await site.isIn(browser), false)
    },
  },
  {
    id: 'frbh',
    name: 'MUST keep a rotated session even where the handler fails afterwards, or leave the old one good',
    cites: 'RFC 9700 §4.14.2; SEC-183',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await bench.pass(bench.provider.accessTokenLifetime)
      mustBe('status', (await person.fetch(site.at('/guarded-boom'))).status, 500)
      mustBe('signed in', await site.isIn(person), true)
      await bench.pass(bench.provider.accessTokenLifetime)
      mustBe('signed in, one refresh later', await site.isIn(person), true)
    },
  },
  {
    id: '6cwj',
    name: 'MUST NOT echo a secret, a cookie or a stack on a server error',
    cites: 'ASVS 16.5.1; SEC-365; SEC-368',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const cookie = await person.cookieHeader(site.at('/'))
      const client = bench.provider.clientOf(site.variant)
      for (const path of ['/boom', '/guarded-boom', '/unguarded']) {
        const page = await person.navigate(site.at(`${path}?canary=canary-of-the-query`))
        // Where it is no error, that is a difference of its own (`whdv`).
        if (path === '/unguarded' && page.status < 500) continue
        mustHold(`${path}: a server error`, page.status >= 500, page.status)
        const shown = page.text + JSON.stringify([...page.headers].filter(([name]) => name !== 'set-cookie'))
        for (const [what, secret] of [
          ['client secret', client.secret],
          ['cookie', cookie.slice(-80)],
          ['query', 'canary-of-the-query'],
          ['token', 'eyJ'],
          ['person', bench.provider.people.admin.subject],
        ] as const)
          mustHold(`${path}: no ${what}`, !shown.includes(secret))
        mustHold(`${path}: no stack`, !/node_modules|\bat .+:\d+:\d+/.test(shown))
      }
    },
  },
  {
    id: '3j8m',
    name: 'MUST NOT print a secret, a token, a cookie or an address of a person',
    cites: 'ASVS 16.2.5; CVE-2024-51752; SEC-365',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      const client = bench.provider.clientOf(site.variant)
      const cookie = await person.cookieHeader(site.at('/'))
      for (const path of ['/boom', '/private', '/guarded-boom', '/nothing'])
        await person.navigate(site.at(`${path}?word=canary-of-the-query`))
      await person.navigate(site.at('/auth/callback?state=canary-state&code=canary-code'))
      await site.logOut(person)
      const printed = bench.output()
      for (const [what, pattern] of [
        ['client secret', client.secret],
        ['cookie', cookie.slice(-80)],
        ['token', 'eyJ'],
        ['state of a request', 'canary-state'],
        ['code of a request', 'canary-code'],
        ['query of a request', 'canary-of-the-query'],
      ] as const)
        mustHold(`no ${what} in the output`, !printed.includes(pattern))
      mustHold('no e-mail address in the output', !/[\w.]+@[\w]+\.(?:test|example)\b/.test(printed))
    },
  },
  {
    id: 'vhd9',
    name: 'MUST NOT serve a guarded page with an incomplete environment, nor say what is in it',
    cites: 'G5; SEC-369',
    async run(bench) {
      const started = await bench.startWithout(['SCALEKIT_CLIENT_SECRET', 'COOKIE_ENCRYPTION_SECRET'])
      if (started === undefined) return
      const { site, app } = started
      try {
        const page = await site.browser().fetch(site.at('/private'))
        mustNotReach(page)
        mustHold('a server error', page.status >= 500, [page.status, reached(page)])
      } catch (error) {
        // It ended: nothing is served.
        if (!(error instanceof Error) || !/ECONNREFUSED|ECONNRESET|socket hang up/.test(error.message)) throw error
      } finally {
        await app.stop()
      }
    },
  },
]
