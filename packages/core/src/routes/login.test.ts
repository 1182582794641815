import { describe, expect, it } from 'vitest'
import { sha256Base64url } from '../crypto/sha256.js'
import { ada, clientId, createBench, readBad } from '../test/fixture.js'
import { relative, type Visit } from '../test/test-browser.js'

const prefetches: readonly Visit[] = [
  { headers: { 'sec-purpose': 'prefetch' } },
  { headers: { 'sec-purpose': 'prefetch;prerender' } },
  { headers: { purpose: 'prefetch' } },
  { headers: { 'next-router-prefetch': '1' } },
  { headers: { 'x-middleware-prefetch': '1' } },
]

describe('GET login', () => {
  it('ends a posted form on a page, under form-action ‘self’, and goes on from there', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await browser.route('/auth/login?return_to=/members&organization_id=org_1&posted_form=1')
    expect([answer.status, answer.headers.get('location'), browser.cookies.size]).toEqual([200, null, 0])
    const next = /http-equiv="refresh" content="0; url=([^"]+)"/
      .exec(await answer.text())?.[1]
      ?.replaceAll('&amp;', '&')
    expect(next).toBe('https://app.example/auth/login?return_to=%2Fmembers&organization_id=org_1')
    expect((await browser.route(relative(new URL(next ?? '')))).status).toBe(303)
  })

  it('starts an authorization request with PKCE, state and nonce, and leaves one cookie', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await browser.route('/auth/login?return_to=/members')
    const location = new URL(answer.headers.get('location') ?? '')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(location.origin + location.pathname).toBe(`${bench.provider.issuer}/oauth/authorize`)
    expect(Object.fromEntries(location.searchParams)).toEqual({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: 'https://app.example/auth/callback',
      scope: 'openid profile email offline_access',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect([...browser.cookies.keys()]).toEqual([
      expect.stringMatching(/^__Host-scalegate-login\.[\w-]{16}\.[0-9a-z]+$/),
    ])
    expect(bench.eventsOf('login_started')).toEqual([
      { type: 'login_started', at: bench.now, organization: 'any', by: 'app' },
    ])
    expect(bench.provider.tokenCalls).toEqual([])
  })

  it.each(prefetches)('SEC-001 a prefetch starts nothing: %j', async (visit) => {
    const answer = await (await createBench()).browser().route('/auth/login', visit)
    expect({ status: answer.status, headers: Object.fromEntries(answer.headers) }).toEqual({
      status: 204,
      headers: { 'cache-control': 'private, no-store' },
    })
  })

  it.each([
    ['a script', { as: 'fetch' }],
    ['a component fetched by Next', { headers: { rsc: '1' } }],
    ['a server action', { headers: { 'next-action': 'x' } }],
    ['a frame', { headers: { 'sec-fetch-dest': 'iframe' } }],
  ] as const)('SEC-002 %s is told 401 and gets no cookie', async (_label, visit) => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/login', visit)
    expect(answer.status).toBe(401)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated', login_url: 'https://app.example/auth/login' })
  })

  it('SEC-003 HEAD starts nothing', async () => {
    const answer = await (await createBench()).browser().route('/auth/login', { method: 'HEAD' })
    expect([answer.status, answer.headers.getSetCookie(), answer.body]).toEqual([204, [], null])
  })

  it('SEC-004 a cross-site form gets 405', async () => {
    const answer = await (await createBench()).browser().route('/auth/login', { form: {}, site: 'cross-site' })
    expect([answer.status, answer.headers.get('allow'), answer.headers.getSetCookie()]).toEqual([
      405,
      'GET, HEAD, OPTIONS',
      [],
    ])
  })

  it('SEC-005 200 unfinished logins leave at most five cookies under 4 KB', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    for (let i = 0; i < 200; i++) {
      bench.now += 1
      await browser.route('/auth/login')
      expect(browser.cookies.size).toBeLessThanOrEqual(5)
    }
    expect([...browser.cookies].reduce((sum, [name, value]) => sum + name.length + value.length, 0)).toBeLessThan(4096)
    expect((await browser.login(ada)).status).toBe(303)
  })

  it('SEC-006 nobody can replace the kit’s own parameters', async () => {
    const bench = await createBench({ login: { forward: ['invite', 'client_id', 'redirect_uri', 'claims'] } })
    const answer = await bench
      .browser()
      .route(
        '/auth/login?prompt=none&max_age=0&client_id=evil&redirect_uri=https://evil.example&scope=admin&claims={}&response_type=token&invite=1',
      )
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect(searchParams.getAll('client_id')).toEqual([clientId])
    expect(searchParams.getAll('redirect_uri')).toEqual(['https://app.example/auth/callback'])
    expect(searchParams.get('scope')).toBe('openid profile email offline_access')
    expect([searchParams.get('response_type'), searchParams.get('max_age'), searchParams.get('claims')]).toEqual([
      'code',
      null,
      null,
    ])
    expect([searchParams.get('prompt'), searchParams.get('invite')]).toEqual(['none', '1'])
  })

  it('SEC-007 selectors are encoded, and control characters dropped', async () => {
    const bench = await createBench()
    const answer = await bench
      .browser()
      .route('/auth/login?organization_id=org_x&connection_id=conn_y&login_hint=%0d%0aSet-Cookie:a=b')
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect([
      searchParams.get('organization_id'),
      searchParams.get('connection_id'),
      searchParams.get('login_hint'),
    ]).toEqual(['org_x', 'conn_y', null])
    expect(bench.eventsOf('login_started')).toMatchObject([{ organization: 'asked' }])
  })

  it.each([
    ['SEC-008 a parameter twice', '?organization_id=a&organization_id=b'],
    ['SEC-008 a list', '?organization_id[]=a'],
    ['SEC-009 a hint of 100 KB', `?login_hint=${'a'.repeat(100_000)}`],
  ])('%s is a bad request', async (_label, query) => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await browser.route(`/auth/login${query}`)
    expect(await readBad(answer)).toEqual({ status: 400, code: 'request_invalid' })
    expect([browser.cookies.size, answer.headers.get('cache-control')]).toEqual([0, 'private, no-store'])
    expect(bench.eventsOf('login_refused')).toMatchObject([{ code: 'request_invalid' }])
  })

  it('SEC-010 somebody signed in goes where they wanted, without a new login', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/login?return_to=/members')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://app.example/members'])
    expect(bench.eventsOf('login_started')).toHaveLength(1)
  })

  it('SEC-010 SEC-196 somebody signed in who asks for another organization logs in again, and the old session ends', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const before = browser.copy()
    bench.now += 10
    await browser.login({ ...ada, oid: 'org_2' }, '?organization_id=org_2')
    expect(await browser.page(async (context) => (await context.session())?.organizationId)).toBe('org_2')
    expect(await before.user()).toBeNull()
  })

  it('SEC-011 an unknown prompt is left out', async () => {
    const answer = await (await createBench()).browser().route('/auth/login?prompt=evil&screen_hint=x&provider=aol')
    const { searchParams } = new URL(answer.headers.get('location') ?? '')
    expect(['prompt', 'screen_hint', 'provider'].map((name) => searchParams.get(name))).toEqual([null, null, null])
  })

  it.each(['host', 'x-forwarded-host', 'forwarded', 'x-forwarded-proto'])(
    'SEC-012 the redirect URI does not follow %s',
    async (name) => {
      const bench = await createBench()
      const answer = await bench.browser().route('/auth/login', { headers: { [name]: 'evil.example' } })
      const { searchParams } = new URL(answer.headers.get('location') ?? '')
      expect(searchParams.get('redirect_uri')).toBe('https://app.example/auth/callback')
    },
  )

  it('SEC-012 nor the origin of the request', async () => {
    const { kit } = await createBench()
    const headers = { 'sec-fetch-mode': 'navigate' }
    const answer = await kit.handle(new Request('http://evil.example/auth/login', { headers }))
    expect(new URL(answer?.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(
      'https://app.example/auth/callback',
    )
  })

  it('SEC-013 two logins in two tabs end each at its own place', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const first = await browser.startLogin(ada, '?return_to=/first')
    const second = await browser.startLogin(ada, '?return_to=/second')
    const answers = [await browser.route(relative(second)), await browser.route(relative(first))]
    expect(answers.map(({ headers }) => headers.get('location'))).toEqual([
      'https://app.example/second',
      'https://app.example/first',
    ])
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-014 no two starts share anything, and the challenge is that of the verifier', async () => {
    const bench = await createBench()
    const seen = new Set<string>()
    for (let i = 0; i < 50; i++) {
      const answer = await bench.browser().route('/auth/login')
      const { searchParams } = new URL(answer.headers.get('location') ?? '')
      for (const name of ['state', 'nonce', 'code_challenge']) seen.add(searchParams.get(name) ?? '')
    }
    expect(seen.size).toBe(150)
    await bench.signedIn()
    const verifier = bench.provider.tokenCalls[0]?.get('code_verifier') ?? ''
    expect(verifier).toMatch(/^[\w-]{43}$/)
    expect(seen.has(await sha256Base64url(verifier))).toBe(false)
  })

  it('SEC-017 no redirect of the kit keeps the method', async () => {
    const bench = await createBench()
    for (const path of ['login', 'callback?state=x', 'refresh', 'logout', 'widgets']) {
      for (const visit of [{}, { form: {} }]) {
        // A login in the second of a logout is dead (attack row 236).
        bench.now += 1
        const browser = await bench.signedIn()
        const { status } = await browser.route(`/auth/${path}`, visit)
        expect(status === 303 || status < 300 || status >= 400).toBe(true)
      }
    }
  })

  it.each([
    ['SEC-018 another host', '?return_to=https://evil.example'],
    ['SEC-020 a backslash', '?return_to=/%5Cevil.example'],
    ['SEC-034 the logout', '?return_to=/auth/logout'],
    ['SEC-037 two targets', '?return_to=/a&return_to=/b'],
  ])('%s falls back, and the event does not repeat it', async (_label, query) => {
    const bench = await createBench({ login: { returnTo: '/home' } })
    const answer = await bench.browser().login(ada, query)
    expect(answer.headers.get('location')).toBe('https://app.example/home')
    expect(bench.eventsOf('return_to_refused')).toEqual([{ type: 'return_to_refused', at: bench.now, route: 'login' }])
  })

  it('SEC-036 a target that makes the cookie too long is refused, not lost in the browser', async () => {
    const bench = await createBench()
    const query = `?organization_id=${'o'.repeat(512)}&return_to=/x?${'%5C'.repeat(2000)}`
    expect(await readBad(await bench.browser().route(`/auth/login${query}`))).toEqual({
      status: 400,
      code: 'request_invalid',
    })
  })

  it('works while the provider is down, because nothing is fetched', async () => {
    const bench = await createBench()
    bench.provider.behaviour.keysDown = true
    expect((await bench.browser().route('/auth/login')).status).toBe(303)
  })

  it('says so where the metadata cannot be had', async () => {
    const bench = await createBench({ endpoints: 'discovery' })
    const answer = await bench.browser().route('/auth/login')
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(await readBad(answer)).toEqual({ status: 503, code: 'provider_unavailable' })
  })

  it('a session that cannot be decided now is no reason not to log in', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => new Response('', { status: 500 }))
    const answer = await browser.route('/auth/login')
    expect(answer.headers.get('location')).toMatch(/oauth\/authorize/)
    bench.now += 5
    expect(await browser.user()).toBe('usr_ada')
  })
})
