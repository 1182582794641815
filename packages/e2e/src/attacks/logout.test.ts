import { Browser, isDeletion, type Page, raw } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { logIn, logOut, people } from '../support/journey.js'
import { codeOf, expect401, expect403, expectPrivate, problemOf, sessionCookies } from '../support/refusals.js'
import { requestRowsFor, useStage } from '../support/stage.js'

/** Attack list 4.I: nobody is logged out by others, and nobody who logged out stays in. */
describe.each(frameworks)('logout on %s', (framework) => {
  const gates: (() => void)[] = []
  const stage = useStage({
    framework,
    routes: [
      {
        path: '/slow',
        guard: (auth) => auth.requireAuth(),
        answer: () => new Promise((resolve) => gates.push(() => resolve({ body: 'done' }))),
      },
    ],
  })
  const at = (path: string) => stage().app.origin + path

  async function signedIn(user: string = people.ada) {
    const browser = new Browser()
    await logIn(browser, stage().app, { user })
    await stage().forget()
    return browser
  }
  const isIn = async (browser: Browser) => (await browser.fetch(at('/private'))).status === 200

  const evil = 'https://evil.example/page'
  const attempts: readonly (readonly [string, (browser: Browser) => Promise<Page>])[] = [
    ['form of another site', (browser) => browser.navigate(at('/auth/logout'), { form: {}, from: evil })],
    [
      'form of another port of this host',
      (browser) => browser.navigate(at('/auth/logout'), { form: {}, from: 'http://127.0.0.1:1/' }),
    ],
    ['link of another site', (browser) => browser.navigate(at('/auth/logout'), { from: evil })],
    [
      'image of another site',
      (browser) =>
        browser.navigate(at('/auth/logout'), {
          from: evil,
          headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
        }),
    ],
    [
      'frame of another site',
      (browser) => browser.navigate(at('/auth/logout'), { from: evil, headers: { 'sec-fetch-dest': 'iframe' } }),
    ],
    ['fetch of another site', (browser) => browser.fetch(at('/auth/logout'), { method: 'POST', from: evil })],
    [
      'image of our own page',
      (browser) =>
        browser.navigate(at('/auth/logout'), {
          from: at('/'),
          headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
        }),
    ],
    ['POST typed by hand', (browser) => browser.navigate(at('/auth/logout'), { form: {} })],
  ]
  it.each(requestRowsFor(framework, attempts))('SEC-198 %s', async (_label, attempt) => {
    const browser = await signedIn()
    expect403(await attempt(browser), 'origin_not_allowed')
    expect(await isIn(browser)).toBe(true)
    expect(await stage().requests()).toEqual([])
  })

  const oldBrowsers: readonly (readonly [string, readonly string[]])[] = [
    ['no sign of where it comes from', []],
    ['Origin null', ['Origin: null']],
    ['Origin of another site', [`Origin: ${new URL(evil).origin}`]],
    ['Origin that begins like ours', ['Origin: ORIGIN.evil.example']],
    ['Referer of another site', [`Referer: ${evil}`]],
    ['Referer that begins like ours', ['Referer: ORIGIN.evil.example/']],
  ]
  it.each(requestRowsFor(framework, oldBrowsers))(
    'SEC-198 an old browser without fetch metadata: %s',
    async (_label, headers) => {
      const browser = await signedIn()
      const cookie = await browser.jar.getCookieString(at('/'))
      const sent = headers.map((line) => line.replace('ORIGIN', stage().app.origin))
      const answer = await raw(stage().app.origin, {
        method: 'POST',
        target: '/auth/logout',
        headers: [`Cookie: ${cookie}`, 'Content-Length: 0', ...sent],
      })
      expect403({ ...answer, url: at('/auth/logout'), next: undefined }, 'origin_not_allowed')
      expect(await isIn(browser)).toBe(true)
    },
  )

  it('SEC-199 nobody is signed in: the provider is asked all the same', async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const browser = new Browser()
      const page = await logOut(browser, stage().app)
      expect([page.status, page.headers.getSetCookie()]).toEqual([200, []])
      expect(Object.fromEntries(new URL(page.next ?? '').searchParams)).toEqual({
        client_id: stage().emulator.clientId,
        post_logout_redirect_uri: at('/'),
      })
      expect((await browser.follow(page.next ?? '')).at(-1)!.url).toBe(at('/'))
    }
  })

  it.each([
    ['access token is over', 3600],
    ['session is idle', 2 * 86_400],
  ])('SEC-200 the %s: the hint goes along', async (_label, seconds) => {
    const browser = await signedIn()
    await stage().advance(seconds)
    const page = await logOut(browser, stage().app)
    const end = new URL(page.next ?? '')
    expect([...end.searchParams.keys()].sort()).toEqual(['id_token_hint', 'post_logout_redirect_uri'])
    expect((await browser.follow(end.href)).at(-1)!.url).toBe(at('/'))
  })

  it('SEC-201 where to go afterwards is configured, not asked for', async () => {
    const query = `post_logout_redirect_uri=${encodeURIComponent(evil)}&return_to=${encodeURIComponent(evil)}&state=x&returnTo=//evil.example`
    const form = { post_logout_redirect_uri: evil, return_to: evil }
    const pages = [
      await (await signedIn()).navigate(at(`/auth/logout?${query}`), { form, from: at('/') }),
      await (await signedIn()).navigate(at(`/auth/logout?${query}`), { from: at('/') }),
    ]
    for (const page of pages) {
      const end = new URL(page.next ?? '')
      expect(end.origin + end.pathname).toBe(`${stage().emulator.url}/oidc/logout`)
      expect([...end.searchParams.keys()]).toEqual(['id_token_hint', 'post_logout_redirect_uri'])
      expect(end.searchParams.get('post_logout_redirect_uri')).toBe(at('/'))
      expect(page.text).not.toContain('evil')
    }
  })

  it.each(['', '?state=wrong', '?state=a&state=b', '?error=<script>alert(1)</script>'])(
    'SEC-203 back from the provider with "%s"',
    async (query) => {
      const browser = await signedIn()
      await logOut(browser, stage().app)
      const page = await browser.navigate(at(`/${query}`), { from: stage().emulator.url })
      expect([page.status, page.text, page.headers.getSetCookie()]).toEqual([200, 'stranger', []])
    },
  )

  it('SEC-204 the session is over before the browser gets to the provider', async () => {
    await stage().emulator.control.addFault({ endpoint: 'logout', kind: 'status', status: 503, times: 0 })
    const browser = await signedIn()
    const copy = browser.copy()
    const page = await logOut(browser, stage().app)
    expect((await browser.navigate(page.next ?? '')).status).toBe(503)
    expect401(await browser.fetch(at('/private')))
    expect401(await copy.fetch(at('/private')))
  })

  it('SEC-206 a request that was under way brings nobody back', async () => {
    const browser = await signedIn()
    // Long enough for the answer to carry a renewed cookie.
    await stage().advance(9000)
    const copy = browser.copy()
    const slow = copy.fetch(at('/slow'))
    while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await logOut(browser, stage().app)
    gates.splice(0).forEach((open) => void open())
    expect((await slow).text).toBe('done')
    for (const who of [browser, copy]) expect401(await who.fetch(at('/private')))
    await stage().advance(61)
    for (const who of [browser, copy]) expect(sessionCookies(await who.navigate(at('/')))).toEqual([])
  })

  it('SEC-207 nothing private comes back from a cache', async () => {
    const browser = await signedIn()
    const before = await browser.navigate(at('/private'))
    expectPrivate(before)
    expect(before.headers.get('vary')).toMatch(/(?:^|, )Cookie$/)
    const page = await logOut(browser, stage().app)
    expect(page.headers.get('clear-site-data')).toBe('"cache"')
    expectPrivate(page)
    const byLink = await (await signedIn()).navigate(at('/auth/logout'), { from: at('/') })
    expect([byLink.status, byLink.headers.get('clear-site-data')]).toEqual([303, '"cache"'])
  })

  it('SEC-208 every cookie of the kit goes, transactions included', async () => {
    const browser = await signedIn()
    await browser.navigate(at('/auth/login?prompt=login'))
    await browser.navigate(at('/auth/login?prompt=login'))
    expect((await browser.cookies(at('/'))).size).toBeGreaterThanOrEqual(3)
    const page = await logOut(browser, stage().app)
    expect(page.headers.getSetCookie().every(isDeletion)).toBe(true)
    expect([...(await browser.cookies(at('/'))).keys()]).toEqual([])
  })

  it('SEC-209 the refresh token is not used again', async () => {
    const browser = await signedIn()
    const copy = browser.copy()
    await browser.follow((await logOut(browser, stage().app)).next ?? '')
    await stage().forget()
    await stage().advance(300)
    expect401(await copy.fetch(at('/private')))
    expect(await stage().tokenCalls()).toBe(0)
    expect((await stage().emulator.control.state()).sessions).toMatchObject([{ status: 'logout' }])
  })

  it.each<[string, Record<string, string>, string]>([
    ['prefetch', { 'sec-purpose': 'prefetch' }, 'GET'],
    ['prefetch of Next', { 'next-router-prefetch': '1', rsc: '1', 'sec-fetch-mode': 'cors' }, 'GET'],
    ['HEAD', {}, 'HEAD'],
    ['OPTIONS', {}, 'OPTIONS'],
  ])('SEC-210 %s has no effect', async (_label, headers, method) => {
    const browser = await signedIn()
    const page = await browser.navigate(at('/auth/logout'), { from: at('/'), headers, method })
    expect([page.status, page.text, page.headers.getSetCookie()]).toEqual([204, '', []])
    expect(await isIn(browser)).toBe(true)
  })

  it('a form is answered with a page that moves on, because form-action ‘self’ blocks a redirect to elsewhere', async () => {
    const page = await logOut(await signedIn(), stage().app)
    expect([page.status, page.headers.get('location')]).toEqual([200, null])
    expect(page.text).toContain('<meta http-equiv="refresh" content="0; url=')
    expect(page.text).toMatch(/<a href="http:\/\/localhost:\d+\/oidc\/logout\?/)
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
  })

  it('a script gets the address to go to; a logout inside a handler ends the session as well', async () => {
    const script = await signedIn()
    const answer = await script.fetch(at('/auth/logout'), { method: 'POST', from: at('/') })
    expect(JSON.parse(answer.text)).toEqual({ end_session_url: expect.stringContaining('/oidc/logout?id_token_hint=') })
    expect401(await script.fetch(at('/private')))
    const handler = await signedIn()
    const copy = handler.copy()
    expect((await handler.fetch(at('/leave'), { method: 'POST' })).status).toBe(200)
    expect((await handler.cookies(at('/'))).size).toBe(0)
    expect(problemOf(await copy.fetch(at('/private'))).code).toBe('unauthenticated')
  })

  it('I2 a login as the same person does not revive the cookie from before', async () => {
    const browser = await signedIn()
    const old = browser.copy()
    await logOut(browser, stage().app)
    // Within the second of a log-out the order is unknown, and the safe reading counts.
    await stage().advance(1)
    await logIn(browser, stage().app, { query: 'prompt=login' })
    expect(await isIn(browser)).toBe(true)
    expect401(await old.fetch(at('/private')))
  })
})

describe.each(['Express 5', 'Hono'] as const)('logout of an app with a name on %s', (framework) => {
  const base = 'https://app.example'
  const stage = useStage({ framework, options: { baseUrl: base }, between: 'keep' })

  it.each<[string, string, number]>([
    ['our own page', `Referer: ${base}/page`, 200],
    ['our own origin', `Origin: ${base}`, 200],
    ['a name that begins like ours, as Referer', `Referer: ${base}.evil.example/`, 403],
    ['a name that begins like ours, as Origin', `Origin: ${base}.evil.example`, 403],
    ['our name as user', `Referer: ${base}@evil.example/`, 403],
    ['our name over http', 'Origin: http://app.example', 403],
    ['our name at another port', 'Referer: https://app.example:8443/', 403],
  ])('SEC-198 %s', async (_label, header, status) => {
    const headers = [header, 'Content-Length: 0', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
    const answer = await raw(stage().app.origin, { method: 'POST', target: '/auth/logout', headers })
    expect(answer.status).toBe(status)
    if (status === 403) expect(codeOf(answer)).toBe('origin_not_allowed')
  })
})
