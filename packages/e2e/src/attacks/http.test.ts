import { Browser, raw } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import type { GuardOf } from '../support/app-routes.js'
import { arrive, logIn, logOut } from '../support/journey.js'
import { expect403, expectPrivate, sessionCookies } from '../support/refusals.js'
import { useStage } from '../support/stage.js'

const caching = {
  'Cache-Control': 'public, max-age=3600, s-maxage=86400, immutable',
  'CDN-Cache-Control': 'max-age=60',
  'Vercel-CDN-Cache-Control': 'max-age=60',
  'Cloudflare-CDN-Cache-Control': 'max-age=60',
  'Surrogate-Control': 'max-age=60',
  Expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
  'Last-Modified': 'Thu, 01 Jan 2015 00:00:00 GMT',
  ETag: '"same-for-everybody"',
  Vary: 'Accept-Encoding, cookie',
}

const signedInOnly: GuardOf = (auth) => auth.requireAuth()

/** Attack list 4.R: what caches may keep, which methods there are, and what pages of the kit bring along. */
describe.each(frameworks)('HTTP on %s', (framework) => {
  const stage = useStage({
    framework,
    between: 'keep',
    routes: [
      {
        path: '/cached-and-private',
        guard: signedInOnly,
        answer: ({ person }) => ({ headers: caching, body: { id: person().user.id } }),
      },
      {
        path: '/cached-and-asked',
        validated: true,
        answer: async ({ session }) => ({
          headers: caching,
          body: (await session()) === null ? 'stranger' : 'somebody',
        }),
      },
      {
        path: '/cookies',
        guard: signedInOnly,
        answer: () => ({ cookies: ['two=2; Path=/', 'three=3; Path=/'], body: 'cookies' }),
      },
      { path: '/early', guard: signedInOnly, answer: () => ({ first: '', body: async () => 'early' }) },
      { path: '/asset', answer: () => ({ headers: caching, body: 'asset' }) },
    ],
  })
  const at = (path: string) => stage().app.origin + path

  async function signedIn() {
    const browser = new Browser()
    await logIn(browser, stage().app)
    return browser
  }

  it('SEC-345 SEC-347 an answer that sets the session is private, whatever the app said', async () => {
    const browser = await signedIn()
    await stage().advance(300)
    const page = await browser.fetch(at('/cached-and-private'))
    expect(sessionCookies(page).length).toBeGreaterThan(0)
    expectPrivate(page)
    expect([...page.headers.keys()].filter((name) => name.endsWith('cdn-cache-control'))).toEqual([])
  })

  it.each(['/cached-and-private', '/cached-and-asked', '/', '/private', '/members', '/early'])(
    'SEC-346 SEC-347 an answer for which the session was read: %s',
    async (path) => {
      for (const browser of [await signedIn(), new Browser()]) {
        const page = await browser.fetch(at(path))
        expectPrivate(page)
        const vary = (page.headers.get('vary') ?? '').split(/, */)
        expect(vary.filter((name) => name.toLowerCase() === 'cookie')).toHaveLength(1)
        if (path.startsWith('/cached') && page.status === 200) expect(vary).toContain('Accept-Encoding')
      }
    },
  )

  it('SEC-348 a validator of one person is not another’s 304', async () => {
    const ada = await signedIn()
    const first = await ada.fetch(at('/private'))
    expect([first.headers.get('etag'), first.headers.get('last-modified')]).toEqual([null, null])
    // One that the app gives to everybody tells nobody anything, and its 304 is as private as the page.
    const again = await new Browser().fetch(at('/cached-and-asked'), { headers: { 'if-none-match': caching.ETag } })
    expect([again.status, again.text]).toEqual([304, ''])
    expectPrivate(again)
  })

  it('SEC-349 every refusal of a guard is private', async () => {
    const stranger = new Browser()
    for (const page of [await stranger.navigate(at('/private')), await stranger.fetch(at('/private'))])
      expectPrivate(page)
    const member = new Browser()
    await logIn(member, stage().app, { user: 'usr_104000000000000004' })
    for (const page of [await member.navigate(at('/sso')), await member.fetch(at('/sso'))]) {
      expect403(page)
      expectPrivate(page)
    }
  })

  it('SEC-350 what does not ask who is there stays as cacheable as the app says', async () => {
    const browser = await signedIn()
    const page = await browser.navigate(at('/asset'))
    expect([page.headers.get('cache-control'), page.headers.get('etag'), page.headers.getSetCookie()]).toEqual([
      caching['Cache-Control'],
      caching.ETag,
      [],
    ])
    expect((await browser.navigate(at('/public'))).headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('SEC-351 headers that leave early are private already', async () => {
    const browser = await signedIn()
    await stage().advance(300)
    const page = await browser.fetch(at('/early'))
    expect([page.text, sessionCookies(page).length > 0]).toEqual(['early', true])
    expectPrivate(page)
  })

  it('SEC-352 each cookie is a header of its own, the app’s beside the kit’s', async () => {
    const browser = await signedIn()
    await stage().advance(300)
    const page = await browser.fetch(at('/cookies'))
    const names = page.headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')))
    expect(names.filter((name) => !name.startsWith('scalegate'))).toEqual(['two', 'three'])
    expect(names.filter((name) => name.startsWith('scalegate')).length).toBeGreaterThan(0)
    expect(page.headers.getSetCookie().every((line) => line.split(/, ?(?=[\w.-]+=)/).length === 1)).toBe(true)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  const methods: readonly (readonly [string, string])[] = [
    ['login', 'GET, HEAD, OPTIONS'],
    ['callback', 'GET, HEAD, OPTIONS'],
    ['refresh', 'GET, HEAD, OPTIONS'],
    ['session', 'GET, HEAD, OPTIONS'],
    ['widgets', 'GET, HEAD, OPTIONS'],
    ['logout', 'GET, HEAD, POST, OPTIONS'],
    ['backchannel-logout', 'POST, OPTIONS'],
  ]
  it.each(methods)('SEC-353 methods of %s', async (route, allow) => {
    const known = allow.split(', ')
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'QUERY', 'TRACE'].filter(
      (name) => !known.includes(name),
    )) {
      const answer = await raw(stage().app.origin, { method, target: `/auth/${route}`, headers: ['Content-Length: 0'] })
      // Node itself knows no QUERY before version 22.
      if (method === 'QUERY' && answer.status === 400) continue
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allow])
      expectPrivate(answer)
    }
    const options = await raw(stage().app.origin, {
      method: 'OPTIONS',
      target: `/auth/${route}`,
      headers: ['Origin: https://evil.example'],
    })
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow])
    expect([...options.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('SEC-353 CONNECT and rubbish end at the server', async () => {
    const answer = await raw(stage().app.origin, { method: 'BREW', target: '/auth/login' })
    expect(answer.status).toBe(400)
  })

  it('SEC-354 the pages of the kit', async () => {
    const pages = [
      await new Browser().navigate(at('/auth/callback')),
      await new Browser().navigate(at('/auth/logout'), { form: {}, from: 'https://evil.example/' }),
      await logOut(await signedIn(), stage().app),
    ]
    for (const { headers, text } of pages) {
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      )
      expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
      expect(text.match(/<h1>/g)).toHaveLength(1)
    }
  })

  it('SEC-355 the session as JSON, for our own pages only', async () => {
    const browser = await signedIn()
    const own = await browser.fetch(at('/auth/session'), { headers: { origin: stage().app.origin } })
    expectPrivate(own)
    expect(own.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect([...own.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(Object.keys(JSON.parse(own.text).session).sort()).toEqual([
      'authenticatedAt', 'claims', 'expiresAt', 'loggedInAt', 'organizationId', 'permissions', 'roles', 'sid', 'stale', 'user',
    ]) // biome-ignore format: a list
    for (const from of ['https://evil.example/', 'http://127.0.0.1:1/'])
      expect403(await browser.fetch(at('/auth/session'), { from }), 'origin_not_allowed')
    const stranger = await new Browser().fetch(at('/auth/session'))
    expect([stranger.status, JSON.parse(stranger.text)]).toEqual([200, { session: null }])
  })

  it.each([
    '/auth/../auth/login',
    '/auth//login',
    '/auth/login/',
    '/Auth/Login',
    '/auth/%6cogin',
    '/auth/login%00',
    '/auth/login;a=b',
    '/auth/callback/..',
    '//auth/login',
    'http://evil.example/auth/login',
  ])('a kit route in another spelling is the kit’s or nobody’s: %s', async (target) => {
    const headers = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
    const { status, headers: received } = await raw(stage().app.origin, { target, headers })
    expect([303, 404]).toContain(status)
    expect(received.get('location') ?? stage().emulator.url).toMatch(new RegExp(`^${stage().emulator.url}`))
  })

  it('two logins leave nothing of one in the answers of the other', async () => {
    const [one, two] = [await signedIn(), new Browser()]
    const { callback } = await arrive(two, stage().app, { user: 'usr_104000000000000002' })
    const pages = await Promise.all([one.fetch(at('/private')), two.navigate(callback.href)])
    expect(pages[0].headers.getSetCookie()).toEqual([])
    expect(JSON.parse((await two.fetch(at('/private'))).text)).toMatchObject({ user: { id: 'usr_104000000000000002' } })
  })
})

describe.each(frameworks)('HTTP behind a middleware that lets caches keep everything, %s', (framework) => {
  const stage = useStage({
    framework,
    between: 'keep',
    before: {
      express: (app) => app.use((_req, res, next) => next(void res.set(caching))),
      hono: (app) =>
        app.use((c, next) => {
          for (const [name, value] of Object.entries(caching)) c.header(name, value)
          return next()
        }),
    },
  })
  const at = (path: string) => stage().app.origin + path

  it.each(['/auth/login', '/auth/callback', '/auth/session', '/auth/nothing', '/private', '/sso', '/', '/token'])(
    'SEC-345 SEC-346 SEC-349 %s',
    async (path) => {
      const person = new Browser()
      await logIn(person, stage().app, { user: 'usr_104000000000000004' })
      for (const browser of [new Browser(), person])
        for (const page of [await browser.navigate(at(path)), await browser.fetch(at(path))])
          if (path !== '/auth/nothing') expectPrivate(page)
          else expect([page.status, page.headers.get('etag')]).toEqual([404, caching.ETag])
      stage().takeErrors()
    },
  )

  it('SEC-350 what does not ask who is there is left to the app', async () => {
    expect((await new Browser().fetch(at('/public'))).headers.get('etag')).toBe(caching.ETag)
  })
})
