import { describe, expect, it } from 'vitest'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { ada, createBench, readBad } from '../test/fixture.js'

describe('logout', () => {
  it('SEC-207 ends the session here, then by a page at the provider, and empties the cache', async () => {
    const bench = await createBench({ logout: { returnTo: '/bye' } })
    const browser = await bench.signedIn()
    const copy = browser.copy()
    const answer = await browser.route('/auth/logout', { form: {} })
    const text = await answer.text()
    const address = /content="0; url=([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const { origin, pathname, searchParams } = new URL(address)
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'private, no-store',
      'clear-site-data': '"cache"',
      'content-type': 'text/html; charset=utf-8',
    })
    expect([origin, pathname]).toEqual([bench.provider.issuer, '/oidc/logout'])
    expect([...searchParams.keys()]).toEqual(['id_token_hint', 'post_logout_redirect_uri'])
    expect(searchParams.get('post_logout_redirect_uri')).toBe('https://app.example/bye')
    expect(text).toContain(`<a href="${address.replaceAll('&', '&amp;')}">`)
    expect(browser.cookies.size).toBe(0)
    // SEC-140: a copy is dead as well.
    expect([await browser.user(), await copy.user(), await copy.status()]).toEqual([null, null, 401])
  })

  it('answers a link on a page of the app by a redirect', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/logout')
    expect([answer.status, new URL(answer.headers.get('location') ?? '').pathname]).toEqual([303, '/oidc/logout'])
    expect(await browser.user()).toBeNull()
  })

  it('gives a script the address to go to', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/logout', { form: {}, as: 'fetch' })
    const { end_session_url } = (await answer.json()) as { end_session_url: string }
    expect([answer.status, new URL(end_session_url).pathname]).toEqual([200, '/oidc/logout'])
    expect(await browser.user()).toBeNull()
  })

  it.each([
    [
      'an image on another site',
      { site: 'cross-site', headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } },
      'GET',
    ],
    ['a link on another site', { site: 'cross-site' }, 'GET'],
    ['a form on another site', { site: 'cross-site', form: {} }, 'POST'],
    ['a form on a subdomain', { site: 'same-site', form: {} }, 'POST'],
    [
      'a form with a foreign Origin',
      { form: {}, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } },
      'POST',
    ],
    ['an image on our own page', { headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } }, 'GET'],
    ['a script by GET', { as: 'fetch' }, 'GET'],
    ['a POST that comes from nowhere', { form: {}, site: 'none' }, 'POST'],
  ] as const)('SEC-198 %s logs nobody out', async (_label, visit, method) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/logout', { method, ...visit })
    expect(await readBad(answer)).toEqual({ status: 403, code: 'origin_not_allowed' })
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-199 works without a session, and still offers the logout at the provider', async () => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/logout')
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'skc_12345',
      post_logout_redirect_uri: 'https://app.example/',
    })
    expect(bench.eventsOf('logout')).toEqual([{ type: 'logout', at: bench.now, session: undefined }])
  })

  it('SEC-200 an idle session still gives its hint', async () => {
    const bench = await createBench({ session: { idle: 600 } })
    const browser = await bench.signedIn()
    bench.now += 3600
    const answer = await browser.route('/auth/logout')
    expect(new URL(answer.headers.get('location') ?? '').searchParams.has('id_token_hint')).toBe(true)
  })

  it('SEC-201 where to come back to is configured, never asked', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route(
      '/auth/logout?post_logout_redirect_uri=https://evil.example&return_to=//evil.example',
    )
    expect(new URL(answer.headers.get('location') ?? '').searchParams.getAll('post_logout_redirect_uri')).toEqual([
      'https://app.example/',
    ])
  })

  it('SEC-202 a hint that is too long for an address is left out', async () => {
    const bench = await createBench({ session: { cookieBudget: 16_384 } })
    bench.provider.claims.id = { filler: 'x'.repeat(5700) }
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/logout')
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect([searchParams.has('id_token_hint'), searchParams.get('client_id')]).toEqual([false, 'skc_12345'])
  })

  it('SEC-204 the session is gone even where the provider cannot be asked for its address', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const cookie = browser.copy()
    const down = await createBench({ endpoints: 'discovery', issuer: bench.provider.issuer })
    const answer = await down.kit.handle(cookie.request('/auth/logout', { form: {} }))
    expect(answer?.status).toBe(200)
    expect(answer?.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-scalegate=; Max-Age=0/)])
    expect(await answer?.text()).toContain('content="0; url=https://app.example/"')
    expect(await browser.user()).toBeNull()
  })

  const configurations: readonly (readonly [string, ScalegateOptions])[] = [
    ['as it comes', {}],
    ['with a domain', { session: { domain: 'app.example' } }],
    ['with SameSite=None', { session: { sameSite: 'none' } }],
    ['on http', { baseUrl: 'http://localhost:3000' }],
    ['under a path', { baseUrl: 'https://app.example/app' }],
    ['with a name of its own', { session: { cookieName: 'mine' } }],
  ]

  it.each(configurations)('SEC-208 leaves an empty jar: %s', async (_label, options) => {
    const bench = await createBench(options)
    // Long enough for several chunks.
    bench.provider.claims.access = { filler: 'x'.repeat(3000) }
    const browser = await bench.signedIn()
    expect(browser.cookies.size).toBeGreaterThan(1)
    await browser.route('/auth/refresh')
    await browser.route('/auth/login?prompt=login')
    await browser.route('/auth/login?prompt=login')
    await browser.route('/auth/logout', { form: {} })
    expect([...browser.cookies.keys()]).toEqual([])
  })

  it('does not stumble over cookies that it never wrote', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    browser.plant('__Host-scalegate-login.\u00e9', 'x')
    expect((await browser.route('/auth/logout', { form: {} })).status).toBe(200)
    expect((await browser.route('/auth/login')).status).toBe(303)
  })

  it('SEC-206 a request still under way cannot bring the session back', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 290
    const slow = browser.copy()
    bench.provider.answers.push(async (_form, good) => {
      const answer = await good()
      await browser.route('/auth/logout', { form: {} })
      return answer
    })
    expect(await slow.status()).toBe(401)
    expect([await slow.user(), await browser.user()]).toEqual([null, null])
  })

  it('SEC-209 the refresh token is not used again', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const copy = browser.copy()
    await browser.route('/auth/logout', { form: {} })
    bench.now += 400
    await copy.status()
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it('SEC-210 a prefetched link logs nobody out', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/logout', { as: 'prefetch' })
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []])
    expect(await browser.user()).toBe('usr_ada')
  })

  it('a new login after the logout is a new session', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    await browser.route('/auth/logout', { form: {} })
    bench.now += 1
    await browser.login({ ...ada, sid: 'ses_ada_2' })
    expect(await browser.user()).toBe('usr_ada')
  })
})
