import { describe, expect, it } from 'vitest'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { ada, type Bench, bob, createBench, readBad } from '../test/fixture.js'
import type { TestBrowser, Visit } from '../test/test-browser.js'

const fromPortal: Visit = { site: 'cross-site' }

async function token(bench: Bench, claims: Record<string, unknown> = {}): Promise<string> {
  const { now } = bench
  return bench.provider.sign({
    iss: bench.provider.issuer,
    organization_id: 'org_1',
    connection_id: 'conn_1',
    login_hint: 'ada@corp.example',
    iat: now,
    nbf: now,
    exp: now + 300,
    ...claims,
  })
}

async function tile(bench: Bench, browser: TestBrowser, claims: Record<string, unknown> = {}): Promise<Response> {
  return browser.route(`/auth/login?idp_initiated_login=${await token(bench, claims)}`, fromPortal)
}

const asked = (answer: Response) => Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams)

describe('IdP-initiated login', () => {
  it('becomes a login of our own, with state and nonce of our own', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await tile(bench, browser, { relay_state: '/reports?week=2' })
    expect(answer.status).toBe(303)
    expect(asked(answer)).toMatchObject({
      organization_id: 'org_1',
      connection_id: 'conn_1',
      login_hint: 'ada@corp.example',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect([answer.headers.get('referrer-policy'), answer.headers.get('cache-control')]).toEqual([
      'no-referrer',
      'private, no-store',
    ])
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
    const done = await browser.route(callback.pathname + callback.search)
    expect(done.headers.get('location')).toBe('https://app.example/reports?week=2')
    expect(await browser.user()).toBe('usr_ada')
    expect(bench.eventsOf('login_started')[0]).toMatchObject({ organization: 'asked', by: 'idp' })
  })

  it.each([
    ['https://evil.example'],
    ['//evil.example'],
    ['javascript:alert(1)'],
    ['/auth/logout'],
    ['x'.repeat(9000)],
  ])('SEC-249 a relay state of %.40s is not followed, and never a state', async (relayState) => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await tile(bench, browser, { relay_state: relayState })
    expect(asked(answer).state).not.toBe(relayState)
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
    expect((await browser.route(callback.pathname + callback.search)).headers.get('location')).toBe(
      'https://app.example/',
    )
  })

  it('SEC-248 works once', async () => {
    const bench = await createBench()
    const once = await token(bench)
    const path = `/auth/login?idp_initiated_login=${once}`
    expect((await bench.browser().route(path, fromPortal)).status).toBe(303)
    const browser = bench.browser()
    const again = await browser.route(path, fromPortal)
    expect([again.headers.get('location'), browser.cookies.size]).toEqual([null, 0])
    expect(await readBad(again)).toEqual({ status: 400, code: 'idp_login_replayed' })
  })

  it.each([
    ['SEC-245 expired', { exp: -100, iat: -400, nbf: -400 }],
    ['SEC-246 of another issuer', { iss: 'https://evil.example' }],
    ['SEC-250 with a malformed organization', { organization_id: 'org_1&prompt=none' }],
  ])('is refused where it is %s', async (_, changes: Record<string, unknown>) => {
    const bench = await createBench()
    const moved = Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, typeof value === 'number' ? bench.now + value : value]),
    )
    const answer = await tile(bench, bench.browser(), moved)
    expect([answer.headers.get('location'), answer.headers.getSetCookie()]).toEqual([null, []])
    expect(await readBad(answer)).toEqual({ status: 400, code: 'idp_login_invalid' })
    expect(bench.eventsOf('login_refused')).toHaveLength(1)
  })

  it('SEC-247 no other token of the environment starts one', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const accessToken = await browser.page((context) => context.accessToken())
    const logoutToken = await bench.provider.logoutToken({ sid: 'ses_ada_1', organization_id: 'org_1' })
    for (const foreign of [accessToken, logoutToken]) {
      const answer = await bench.browser().route(`/auth/login?idp_initiated_login=${foreign}`, fromPortal)
      expect(await readBad(answer)).toEqual({ status: 400, code: 'idp_login_invalid' })
    }
  })

  it('SEC-117 signs nobody in by itself, and is no bearer of anything', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    await tile(bench, browser)
    expect(await browser.user()).toBe(null)
    expect(bench.provider.tokenCalls).toEqual([])
  })

  it('SEC-251 somebody else who is signed in stays so until the new login is complete', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(bob)
    const old = browser.copy()
    const answer = await tile(bench, browser)
    expect(await browser.user()).toBe('usr_bob')
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
    await browser.route(callback.pathname + callback.search)
    expect([await browser.user(), await old.user()]).toEqual(['usr_ada', null])
  })

  it('the same person who is signed in comes out signed in', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const answer = await tile(bench, browser)
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
    await browser.route(callback.pathname + callback.search)
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-257 a login that ends in another organization than the token’s is refused', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await tile(bench, browser)
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', bob)
    const done = await browser.route(callback.pathname + callback.search)
    expect(await readBad(done)).toEqual({ status: 400, code: 'organization_mismatch' })
    expect(await browser.user()).toBe(null)
  })

  it('arrives at the callback as well, where older documents send it, and no code beside it is believed', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const path = `/auth/callback?idp_initiated_login=${await token(bench)}&code=stolen`
    const answer = await browser.route(path, fromPortal)
    const location = new URL(answer.headers.get('location') ?? '')
    expect([answer.status, location.pathname, [...location.searchParams.keys()]]).toEqual([
      303,
      '/auth/login',
      ['idp_initiated_login'],
    ])
    expect(asked(await browser.route(location.pathname + location.search, fromPortal)).connection_id).toBe('conn_1')
  })

  it('SEC-256 the third arrival within a minute is a dead end with a way on', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    expect((await tile(bench, browser)).status).toBe(303)
    expect((await browser.route('/auth/login', fromPortal)).status).toBe(303)
    const third = await tile(bench, browser, { exp: bench.now + 301 })
    expect(third.headers.get('location')).toBe(null)
    const text = await third.clone().text()
    expect(await readBad(third)).toEqual({ status: 400, code: 'login_loop' })
    expect(text).toContain('href="https://app.example/auth/login"')
    // A click on a page of the app is nobody's loop.
    expect((await browser.route('/auth/login')).status).toBe(303)
    bench.now += 61
    expect((await tile(bench, browser)).status).toBe(303)
  })

  it('SEC-256 a login that came to its end is no loop', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    for (let visit = 0; visit < 4; visit++) {
      const answer = await tile(bench, browser, { exp: bench.now + 300 - visit })
      const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
      await browser.route(callback.pathname + callback.search)
    }
    expect(await browser.user()).toBe('usr_ada')
  })

  it('waits for keys that cannot be had', async () => {
    const bench = await createBench()
    const path = `/auth/login?idp_initiated_login=${await token(bench)}`
    bench.provider.behaviour.keysDown = true
    const answer = await bench.browser().route(path, fromPortal)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  })
})

describe('the initiate login URL', () => {
  it('SEC-253 an error wins over a token beside it, and nothing of it is repeated', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const query = `error=access_denied&error_description=%3Cscript%3Ecanary&idp_initiated_login=${await token(bench)}`
    const answer = await browser.route(`/auth/login?${query}`, fromPortal)
    const text = await answer.clone().text()
    expect(text).not.toMatch(/canary|<script/)
    expect(await readBad(answer)).toEqual({ status: 403, code: 'access_denied' })
    expect(browser.cookies.size).toBe(0)
  })

  it('an outage that a link tells of is not believed', async () => {
    const answer = await (await createBench()).browser().route('/auth/login?error=server_error', fromPortal)
    expect(await readBad(answer)).toEqual({ status: 400, code: 'idp_error' })
  })

  it('an error_description alone is an error too', async () => {
    const answer = await (await createBench()).browser().route('/auth/login?error_description=expired', fromPortal)
    expect(await readBad(answer)).toEqual({ status: 400, code: 'idp_error' })
  })

  it('a bookmark or an expired login begins anew', async () => {
    const bench = await createBench()
    expect((await bench.browser().route('/auth/login', fromPortal)).status).toBe(303)
  })

  it('passes on the parameters of an invitation, and what a standard reserves never', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const invitation = 'invitation_token=inv_1&organization_id=org_1&x.y-z=1'
    const reserved =
      'client_id=evil&redirect_uri=https://evil.example&scope=admin&state=s&nonce=n&max_age=0&Request_URI=x&claims=%7B%7D&resource=r'
    const answer = await browser.route(`/auth/login?${invitation}&${reserved}`, fromPortal)
    expect(asked(answer)).toMatchObject({ invitation_token: 'inv_1', organization_id: 'org_1', 'x.y-z': '1' })
    expect(Object.keys(asked(answer)).sort()).toEqual(
      ['client_id', 'code_challenge', 'code_challenge_method', 'invitation_token', 'nonce', 'organization_id', 'redirect_uri', 'response_type', 'scope', 'state', 'x.y-z'],
    ) // biome-ignore format: one list
    expect(asked(answer)).toMatchObject({ scope: 'openid profile email offline_access' })
  })

  it('passes on ten of them at the most, and only plain names', async () => {
    const bench = await createBench()
    const many = Array.from({ length: 30 }, (_, index) => `p${index}=1`).join('&')
    const answer = await bench.browser().route(`/auth/login?${many}&%3Cx%3E=1&__proto__=1`, fromPortal)
    expect(Object.keys(asked(answer)).filter((name) => /^p\d|x|proto/.test(name) && name !== 'prompt')).toHaveLength(10)
  })

  it('a list of names passes on those and no others', async () => {
    const bench = await createBench({ login: { forward: ['invitation_token'] } })
    const answer = await bench.browser().route('/auth/login?invitation_token=inv_1&other=1', fromPortal)
    expect([asked(answer).invitation_token, asked(answer).other]).toEqual(['inv_1', undefined])
  })

  it('SEC-254 a third party starts a login of our issuer only, to a page of ours only', async () => {
    const bench = await createBench()
    const { issuer } = bench.provider
    const at = (iss: string, target: string) =>
      `/auth/login?iss=${encodeURIComponent(iss)}&login_hint=ada%40corp.example&target_link_uri=${encodeURIComponent(target)}`
    const evil = await bench.browser().route(at('https://evil.example', 'https://app.example/x'), fromPortal)
    expect(await readBad(evil)).toEqual({ status: 400, code: 'issuer_mismatch' })

    for (const [target, page] of [
      ['https://app.example/reports', '/reports'],
      ['https://evil.example/', '/'],
    ] as const) {
      const browser = bench.browser()
      const answer = await browser.route(at(issuer, target), fromPortal)
      expect(asked(answer)).toMatchObject({ login_hint: 'ada@corp.example' })
      expect(asked(answer)).not.toHaveProperty('target_link_uri')
      const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
      const done = await browser.route(callback.pathname + callback.search)
      expect(done.headers.get('location')).toBe(`https://app.example${page}`)
    }
    expect(bench.eventsOf('login_started')[0]).toMatchObject({ by: 'third_party' })
  })

  it('SEC-365 a parameter of anybody’s making is not named in an event', async () => {
    const bench = await createBench()
    await bench.browser().route('/auth/login?canary_name=1&canary_name=2', fromPortal)
    expect(bench.eventsOf('login_refused')).toMatchObject([{ code: 'request_invalid', reason: 'forwarded' }])
  })

  it('each parameter once', async () => {
    const bench = await createBench()
    for (const query of [
      'error=a&error=b',
      'iss=a&iss=b',
      'idp_initiated_login=a&idp_initiated_login=b',
      'inv=a&inv=b',
    ]) {
      const answer = await bench.browser().route(`/auth/login?${query}`, fromPortal)
      expect(await readBad(answer)).toEqual({ status: 400, code: 'request_invalid' })
    }
  })
})

describe('modular SSO', () => {
  const person = { sub: 'conn_1;8f3c', sid: 'ses_1', oid: 'org_1' }
  const modular = async (options: ScalegateOptions = {}) => {
    const bench = await createBench({ product: 'modular_sso', ...options })
    bench.provider.behaviour.refreshTokens = false
    // Only the ID token names organization and session (protocol.md §3.3).
    bench.provider.claims.access = { oid: undefined, sid: undefined, roles: undefined, permissions: undefined }
    return bench
  }

  it('asks for no refresh token, and takes the organization from the ID token', async () => {
    const bench = await modular()
    const browser = bench.browser()
    const location = new URL((await browser.route('/auth/login?organization_id=org_1')).headers.get('location') ?? '')
    expect(location.searchParams.get('scope')).toBe('openid profile email')
    await browser.login(person, '?organization_id=org_1')
    expect(await browser.page((context) => context.session())).toMatchObject({
      user: { id: 'conn_1;8f3c' },
      organizationId: 'org_1',
      sid: 'ses_1',
    })
  })

  it('a session lives as long as the app says, whatever the access token, and a restart ends none', async () => {
    const bench = await modular({ session: { absolute: 7200, idle: 3600 } })
    const browser = bench.browser()
    await browser.login(person, '?connection_id=conn_1')
    bench.now += 3000
    expect(await browser.user()).toBe('conn_1;8f3c')
    bench.restart()
    expect([await browser.user(), await browser.status()]).toEqual(['conn_1;8f3c', 200])
    bench.now += 3000
    expect(await browser.user()).toBe('conn_1;8f3c')
    bench.now += 1201
    expect(await browser.user()).toBe(null)
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it('an access token that has ended is not given out', async () => {
    const bench = await modular()
    const browser = bench.browser()
    await browser.login(person, '?connection_id=conn_1')
    expect(await browser.page((context) => context.accessToken())).toMatch(/^eyJ/)
    bench.now += 400
    await expect(browser.page((context) => context.accessToken())).rejects.toMatchObject({
      code: 'access_token_expired',
    })
    expect(await browser.user()).toBe('conn_1;8f3c')
  })

  it('`fresh` has nobody to ask and changes nothing', async () => {
    const bench = await modular()
    const browser = bench.browser()
    await browser.login(person, '?connection_id=conn_1')
    bench.now += 400
    expect(await browser.page(async (context) => (await context.fresh()).user.id)).toBe('conn_1;8f3c')
  })

  it('a login without a selector goes to the page of the app that asks, or says what is missing', async () => {
    const bare = await (await modular()).browser().route('/auth/login?return_to=/x')
    expect(await readBad(bare)).toEqual({ status: 400, code: 'connection_selector_missing' })
    const bench = await modular({ login: { page: '/welcome' } })
    const answer = await bench.browser().route('/auth/login?return_to=/x&prompt=login')
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      'https://app.example/welcome?return_to=%2Fx&prompt=login',
    ])
  })

  it.each([
    'provider=google',
    'connection_id=conn_1',
    'organization_id=org_1',
    'domain=acme.test',
    'login_hint=a@b.test',
  ])('%s is a selector', async (selector) => {
    const bench = await modular()
    expect((await bench.browser().route(`/auth/login?${selector}`)).status).toBe(303)
  })

  it('the option that names the other product is explained, and nobody is signed in', async () => {
    const bench = await modular()
    const browser = bench.browser()
    const answer = await browser.login(ada, '?organization_id=org_1')
    expect(await readBad(answer)).toEqual({ status: 400, code: 'product_mismatch' })
    expect(await browser.user()).toBe(null)

    const full = await createBench()
    const other = full.browser()
    expect(await readBad(await other.login(person))).toEqual({ status: 400, code: 'product_mismatch' })
    expect(await other.user()).toBe(null)
  })

  it('so is the error that only modular SSO has', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const callback = await browser.startLogin(ada)
    const query = new URLSearchParams({
      state: callback.searchParams.get('state') ?? '',
      error: 'invalid_connection_selector',
    })
    const answer = await browser.route(`/auth/callback?${query}`)
    expect(await readBad(answer)).toEqual({ status: 400, code: 'product_mismatch' })
  })
})

describe('onLogin', () => {
  it('gets the verified tokens and what the framework gave', async () => {
    const seen: unknown[] = []
    const bench = await createBench({ onLogin: (login, at) => void seen.push(login, at) })
    await bench.signedIn()
    expect(seen).toEqual([
      {
        session: expect.objectContaining({ user: expect.objectContaining({ id: 'usr_ada' }) }),
        issuer: bench.provider.issuer,
        returnTo: '/',
        tokens: {
          idToken: expect.stringMatching(/^eyJ/),
          accessToken: expect.stringMatching(/^eyJ/),
          refreshToken: expect.stringMatching(/^rt_/),
        },
      },
      expect.any(Request),
    ])
  })

  it.each([[{ denied: true }], [{ deny: 'true' }], [{ handOver: 1 }], [false], [true], [null], ['deny']])(
    '%j is no decision, and signs nobody in',
    async (answer) => {
      const bench = await createBench({ onLogin: () => answer as never })
      const browser = bench.browser()
      await expect(browser.login(bob)).rejects.toThrow('onLogin')
      expect(await browser.user()).toBe(null)
    },
  )

  it('can refuse somebody', async () => {
    const bench = await createBench({
      onLogin: ({ session }) => (session.user.id === 'usr_bob' ? { deny: true } : undefined),
    })
    const browser = bench.browser()
    expect(await readBad(await browser.login(bob))).toEqual({ status: 403, code: 'login_denied' })
    expect([await browser.user(), bench.eventsOf('login_refused')[0]?.code]).toEqual([null, 'login_denied'])
    expect((await browser.login(ada)).status).toBe(303)
  })

  it('can keep the session itself: the kit writes none, and takes an old one away', async () => {
    const state = { handOver: false }
    const bench = await createBench({
      onLogin: () => (state.handOver ? { handOver: true, returnTo: '/welcome' } : undefined),
    })
    const browser = await bench.signedIn(bob)
    const old = browser.copy()
    state.handOver = true
    const answer = await browser.login(ada, '?organization_id=org_1')
    expect(answer.headers.get('location')).toBe('https://app.example/welcome')
    expect([...browser.cookies.keys()]).toEqual([])
    expect(await old.user()).toBe(null)
    expect(bench.eventsOf('login_handed_over')).toHaveLength(1)
  })
})

describe('a login that was handed over', () => {
  it('is repeated by the back button without an error: its session is the app’s own', async () => {
    const bench = await createBench({ onLogin: () => ({ handOver: true, returnTo: '/welcome' }) })
    const browser = bench.browser()
    const callback = await browser.startLogin(ada)
    const path = callback.pathname + callback.search
    await browser.route(path)
    expect((await browser.route(path)).headers.get('location')).toBe('https://app.example/welcome')
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it('SEC-237 ends in the app where a logout arrived during the hook, and does not begin where it arrived before', async () => {
    const ended: unknown[] = []
    const hooks: string[] = []
    const bench: Bench = await createBench({
      onLogin: async () => {
        hooks.push('login')
        await bench.backchannel({ sid: 'ses_ada_1', sub: undefined, iat: bench.now, jti: 'during' })
        return { handOver: true }
      },
      onSessionsEnded: (whose) => void ended.push(whose),
    })
    const answer = await bench.browser().login(ada)
    expect(await readBad(answer)).toEqual({ status: 400, code: 'exchange_rejected' })
    expect(ended).toHaveLength(2)
    expect(ended[1]).toMatchObject({ scope: 'sid', sid: 'ses_ada_1' })
    expect(await readBad(await bench.browser().login(ada))).toEqual({ status: 400, code: 'exchange_rejected' })
    expect(hooks).toEqual(['login'])
  })

  it('gives the issuer, and takes the ID token back as hint of the log-out', async () => {
    const seen: string[] = []
    const bench = await createBench({ onLogin: ({ issuer }) => void seen.push(issuer) })
    const browser = bench.browser()
    await browser.login(ada)
    expect(seen).toEqual([bench.provider.issuer])
    const url = await bench.browser().page((context) => context.logout({ idTokenHint: 'the.id.token' }))
    expect(url.searchParams.get('id_token_hint')).toBe('the.id.token')
  })
})
