import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusal } from '../test/fake-provider.js'
import { ada, type Bench, bob, createBench, readBad } from '../test/fixture.js'
import { relative, type TestBrowser } from '../test/test-browser.js'

const sessionName = '__Host-scalegate'

/** The whole of BAD: status, page, privacy, no session, no foreign address. */
async function expectBad(answer: Response, browser: TestBrowser, code: string, status = 400): Promise<void> {
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'cache-control': 'private, no-store',
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  expect(answer.headers.get('location')).toBeNull()
  expect(await readBad(answer)).toEqual({ status, code })
  expect(browser.cookies.has(sessionName)).toBe(false)
}

async function started(bench: Bench, query = ''): Promise<{ browser: TestBrowser; callback: URL }> {
  const browser = bench.browser()
  return { browser, callback: await browser.startLogin(ada, query) }
}

describe('GET callback', () => {
  it('SEC-079 finishes the login: session, return, nothing left of the transaction', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench, '?return_to=/members?page=2')
    const answer = await browser.route(relative(callback))
    expect([answer.status, answer.headers.get('location'), answer.headers.get('referrer-policy')]).toEqual([
      303,
      'https://app.example/members?page=2',
      'no-referrer',
    ])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect([...browser.cookies.keys()]).toEqual([sessionName])
    expect(Object.fromEntries(bench.provider.tokenCalls[0] ?? [])).toEqual({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code'),
      redirect_uri: 'https://app.example/auth/callback',
      code_verifier: expect.any(String),
      client_id: 'skc_12345',
      client_secret: expect.any(String),
    })
    expect(await browser.page((context) => context.session())).toEqual({
      user: {
        id: 'usr_ada',
        email: 'usr_ada@corp.example',
        emailVerified: true,
        name: 'Ada Lovelace',
        givenName: 'Ada',
        familyName: 'Lovelace',
        picture: 'https://auth.example/ada.png',
        locale: 'en',
      },
      organizationId: 'org_1',
      sid: 'ses_ada_1',
      roles: ['member'],
      permissions: ['sk_org_users_read', 'invoices:read'],
      claims: {},
      loggedInAt: bench.now,
      expiresAt: bench.now + 604_800,
      stale: false,
    })
    expect(bench.eventsOf('login_completed')).toHaveLength(1)
  })

  it.each([
    ['SEC-045 no state', (url: URL) => url.searchParams.delete('state'), 'state_missing'],
    ['SEC-045 an empty state', (url: URL) => url.searchParams.set('state', ''), 'state_missing'],
    ['SEC-047 one bit', (url: URL) => url.searchParams.set('state', flip(url)), 'state_invalid'],
    ['SEC-047 other case', (url: URL) => url.searchParams.set('state', swapCase(stateOf(url))), 'state_invalid'],
    ['SEC-047 a prefix', (url: URL) => url.searchParams.set('state', stateOf(url).slice(0, -1)), 'state_invalid'],
    ['SEC-047 longer', (url: URL) => url.searchParams.set('state', `${stateOf(url)}A`), 'state_invalid'],
    ['SEC-047 a NUL', (url: URL) => url.searchParams.set('state', `${stateOf(url)}\u0000`), 'state_invalid'],
    ['SEC-052 no code', (url: URL) => url.searchParams.delete('code'), 'code_missing'],
    ['SEC-052 an empty code', (url: URL) => url.searchParams.set('code', ''), 'code_missing'],
    ['SEC-052 100 KB', (url: URL) => url.searchParams.set('code', 'c'.repeat(100_000)), 'code_missing'],
    ['SEC-052 CRLF', (url: URL) => url.searchParams.set('code', 'a\r\nb'), 'code_missing'],
    ['SEC-056 another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example'), 'issuer_mismatch'],
    ['SEC-064 state twice', (url: URL) => url.searchParams.append('state', stateOf(url)), 'request_invalid'],
    ['SEC-064 code twice', (url: URL) => url.searchParams.append('code', 'x'), 'request_invalid'],
  ])('%s: refused before any token call', async (_label, change, code) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    change(callback)
    await expectBad(await browser.route(relative(callback)), browser, code)
    expect(bench.provider.tokenCalls).toEqual([])
    // The login of the honest tab is still there.
    expect(browser.cookies.size).toBe(1)
    expect(bench.eventsOf('login_refused')).toMatchObject([{ code }])
  })

  it.each([
    ['SEC-058 our own', '', true],
    ['SEC-059 with a slash', '/', false],
    ['SEC-059 with the default port', ':443', false],
  ])('%s issuer', async (_label, suffix, accepted) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    callback.searchParams.set('iss', bench.provider.issuer + suffix)
    const answer = await browser.route(relative(callback))
    expect(answer.status).toBe(accepted ? 303 : 400)
  })

  it.each([
    ['SEC-057 missing although promised', true, 400],
    ['missing and not promised', undefined, 303],
  ])('an issuer that is %s', async (_label, promised, status) => {
    const bench = await createBench({ endpoints: 'discovery' })
    bench.provider.behaviour.metadata = { authorization_response_iss_parameter_supported: promised }
    const { browser, callback } = await started(bench)
    const answer = await browser.route(relative(callback))
    expect([answer.status, bench.provider.tokenCalls.length]).toEqual([status, status === 303 ? 1 : 0])
    if (status === 400) await expectBad(answer, browser, 'issuer_mismatch')
  })

  it('SEC-063 login_required is told, not retried', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench, '?prompt=none')
    const answer = await browser.route(`/auth/callback?error=login_required&state=${stateOf(callback)}`)
    await expectBad(answer, browser, 'login_required', 401)
    expect(bench.eventsOf('login_started')).toHaveLength(1)
  })

  it('SEC-074 further members of the token response are ignored', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.answers.push(async (_form, good) => {
      const text = await (await good()).text()
      return new Response(text.replace('{', '{"__proto__":{"admin":true},"constructor":{"x":1},'))
    })
    expect((await browser.route(relative(callback))).status).toBe(303)
    expect(({} as Record<string, unknown>).admin).toBeUndefined()
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-231 a logout token is no ID token', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.answers.push(async (_form, good) => {
      const body = (await (await good()).json()) as Record<string, unknown>
      return Response.json({ ...body, id_token: await bench.provider.logoutToken({ sub: ada.sub }) })
    })
    await expectBad(await browser.route(relative(callback)), browser, 'id_token_invalid')
  })

  it.each([
    ['SEC-046 no transaction cookie', (browser: TestBrowser) => browser.kept.clear()],
    ['SEC-040 a tampered one', (browser: TestBrowser) => tamper(browser)],
  ])('%s', async (_label, change) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    change(browser)
    await expectBad(await browser.route(relative(callback)), browser, 'state_invalid')
    expect(bench.provider.tokenCalls).toEqual([])
  })

  it('SEC-048 the state of another browser', async () => {
    const bench = await createBench()
    const { callback } = await started(bench)
    const victim = (await started(bench)).browser
    await expectBad(await victim.route(relative(callback)), victim, 'state_invalid')
    expect(bench.provider.tokenCalls).toEqual([])
  })

  it('SEC-049 the back button after a login leads on without a second exchange', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench, '?return_to=/members')
    await browser.route(relative(callback))
    const again = await browser.route(relative(callback))
    expect([again.status, again.headers.get('location')]).toEqual([303, 'https://app.example/members'])
    expect(again.headers.getSetCookie()).toEqual([])
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it.each([
    ['in another browser', async (bench: Bench) => bench.browser()],
    ['in the browser of somebody else', async (bench: Bench) => bench.signedIn(bob)],
  ])('SEC-049 a replay %s is refused', async (_label, other) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    await browser.route(relative(callback))
    const thief = await other(bench)
    const calls = bench.provider.tokenCalls.length
    expect(await readBad(await thief.route(relative(callback)))).toEqual({ status: 400, code: 'state_replayed' })
    expect(bench.provider.tokenCalls).toHaveLength(calls)
  })

  it('SEC-049 a replay after logout is refused', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    await browser.route(relative(callback))
    await browser.route('/auth/logout', { form: {} })
    expect(await readBad(await browser.route(relative(callback)))).toEqual({ status: 400, code: 'state_replayed' })
  })

  it('SEC-050 two simultaneous callbacks: one exchange, one session, and both answers carry it', async () => {
    let hooks = 0
    const bench = await createBench({
      onLogin: () => {
        hooks += 1
      },
    })
    const { browser, callback } = await started(bench, '?return_to=/members')
    const tabs = [browser, browser.copy()]
    const answers = await Promise.all(tabs.map((tab) => tab.route(relative(callback))))
    expect(answers.map(({ status, headers }) => [status, headers.get('location')])).toEqual([
      [303, 'https://app.example/members'],
      [303, 'https://app.example/members'],
    ])
    expect([bench.provider.tokenCalls.length, hooks, bench.eventsOf('login_completed').length]).toEqual([1, 1, 1])
    for (const tab of tabs) {
      expect([...tab.cookies.keys()]).toEqual([sessionName])
      expect(await tab.user()).toBe('usr_ada')
    }
    const ids = await Promise.all(tabs.map((tab) => tab.page(async (context) => (await context.session())?.expiresAt)))
    expect(ids[0]).toBe(ids[1])
  })

  it('SEC-050 a second callback that was sent before the first was answered gets the same session', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench, '?return_to=/members')
    const late = browser.copy()
    await browser.route(relative(callback))
    bench.now += 2
    const answer = await late.route(relative(callback))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://app.example/members'])
    expect([...late.cookies.keys()]).toEqual([sessionName])
    expect([await browser.user(), await late.user()]).toEqual(['usr_ada', 'usr_ada'])
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it('SEC-050 a second callback of a browser that has the session by now leaves it as it is', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    const late = browser.copy()
    await browser.route(relative(callback))
    late.plant(sessionName, browser.cookies.get(sessionName) ?? '')
    const answer = await late.route(relative(callback))
    expect([answer.status, answer.headers.getSetCookie().map((line) => line.startsWith(`${sessionName}=`))]).toEqual([
      303,
      [false],
    ])
    expect([await late.user(), await browser.user()]).toEqual(['usr_ada', 'usr_ada'])
  })

  it('SEC-050 a failed exchange is not repeated by a second callback', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    const late = browser.copy()
    bench.provider.answers.push(() => new Response('', { status: 502 }))
    await expectBad(await browser.route(relative(callback)), browser, 'exchange_unavailable', 503)
    await expectBad(await late.route(relative(callback)), late, 'state_replayed')
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it('SEC-050 both of two simultaneous callbacks hear of a failure', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.answers.push(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return refusal('invalid_grant')
    })
    const tabs = [browser, browser.copy()]
    const answers = await Promise.all(tabs.map((tab) => tab.route(relative(callback))))
    for (const [index, tab] of tabs.entries()) {
      await expectBad(answers[index]!, tab, 'exchange_rejected')
      expect(tab.cookies.size).toBe(0)
    }
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it.each([
    ['SEC-051 after ten minutes', 600, 'state_expired'],
    ['SEC-051 with the clock set back', -3600, 'state_expired'],
    ['SEC-051 after two hours nothing opens it', 7200, 'state_invalid'],
  ])('%s the login is over, with a link to a new one', async (_label, seconds, code) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    // The cookie is kept by hand: the limit is inside the seal.
    const kept = new Map(browser.cookies)
    bench.now += seconds
    for (const [name, value] of kept) browser.plant(name, value)
    const answer = await browser.route(relative(callback))
    expect(await answer.clone().text()).toContain('href="https://app.example/auth/login"')
    await expectBad(answer, browser, code)
    expect(bench.provider.tokenCalls).toEqual([])
  })

  it('SEC-053 with both code and error the error wins', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    callback.searchParams.set('error', 'access_denied')
    await expectBad(await browser.route(relative(callback)), browser, 'access_denied', 403)
    expect(bench.provider.tokenCalls).toEqual([])
  })

  it('SEC-054 a code of another login does not fit the verifier', async () => {
    const bench = await createBench()
    const attacker = await started(bench)
    const { browser, callback } = await started(bench)
    callback.searchParams.set('code', attacker.callback.searchParams.get('code') ?? '')
    await expectBad(await browser.route(relative(callback)), browser, 'exchange_rejected')
  })

  it('SEC-054 nor does its ID token fit the nonce', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.claims.id = { nonce: 'x'.repeat(43) }
    await expectBad(await browser.route(relative(callback)), browser, 'id_token_invalid')
  })

  it('SEC-060 an error page repeats nothing of the request', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    callback.searchParams.set('error', '<script>alert(1)</script>')
    callback.searchParams.set('error_description', '"><img src=x>')
    const answer = await browser.route(relative(callback))
    const text = await answer.clone().text()
    for (const part of [
      'alert',
      '<script',
      '<img',
      'src=x',
      callback.searchParams.get('code') ?? '',
      stateOf(callback),
    ])
      expect(text).not.toContain(part)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    await expectBad(answer, browser, 'idp_error')
    expect(bench.eventsOf('login_refused')).toEqual([{ type: 'login_refused', at: bench.now, code: 'idp_error' }])
  })

  it('SEC-061 an error with a foreign state clears nobody’s login', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    await expectBad(
      await browser.route(`/auth/callback?error=access_denied&state=${'x'.repeat(43)}`),
      browser,
      'state_invalid',
    )
    expect((await browser.route(relative(callback))).status).toBe(303)
  })

  it('SEC-062 an error with our state ends the login', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    await expectBad(
      await browser.route(`/auth/callback?error=access_denied&state=${stateOf(callback)}`),
      browser,
      'access_denied',
      403,
    )
    expect(browser.cookies.size).toBe(0)
    expect(bench.eventsOf('login_refused')).toMatchObject([{ code: 'access_denied', reason: 'access_denied' }])
  })

  it.each([
    ['SEC-065 POST', 'POST', 405],
    ['SEC-066 HEAD', 'HEAD', 204],
    ['SEC-066 OPTIONS', 'OPTIONS', 204],
    ['SEC-353 PUT', 'PUT', 405],
  ])('%s does not spend the code', async (_label, method, status) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    expect((await browser.route(relative(callback), { method })).status).toBe(status)
    expect(bench.provider.tokenCalls).toEqual([])
    expect((await browser.route(relative(callback))).status).toBe(303)
  })

  it('SEC-066 nor does a prefetch', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    expect((await browser.route(relative(callback), { as: 'prefetch' })).status).toBe(204)
    expect((await browser.route(relative(callback))).status).toBe(303)
  })

  it.each([
    ['SEC-055 a code of another client', () => refusal('invalid_grant'), 'exchange_rejected', 400],
    ['SEC-067 invalid_grant', () => refusal('invalid_grant'), 'exchange_rejected', 400],
    ['SEC-068 invalid_client', () => refusal('invalid_client', 401), 'misconfigured', 500],
    ['SEC-069 429', () => new Response('', { status: 429 }), 'exchange_unavailable', 503],
    ['SEC-069 500', () => new Response('x', { status: 500 }), 'exchange_unavailable', 503],
    ['SEC-069 a reset', () => Promise.reject(new TypeError('canary')), 'exchange_unavailable', 503],
    [
      'SEC-070 a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
      'exchange_unavailable',
      503,
    ],
    ['SEC-071 HTML', () => new Response('<html>'), 'exchange_unavailable', 503],
    ['SEC-071 nothing', () => new Response(''), 'exchange_unavailable', 503],
    ['SEC-071 a list', () => Response.json([]), 'exchange_unavailable', 503],
    ['SEC-072 no access token', () => Response.json({ token_type: 'Bearer' }), 'exchange_unavailable', 503],
  ])('%s', async (_label, answerInstead, code, status) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.answers.push(answerInstead)
    const answer = await browser.route(relative(callback))
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null)
    await expectBad(answer, browser, code, status)
    expect(bench.provider.tokenCalls).toHaveLength(1)
    expect(browser.cookies.size).toBe(0)
    expect(JSON.stringify(bench.events)).not.toContain('canary')
    expect(bench.eventsOf('client_rejected')).toHaveLength(code === 'misconfigured' ? 1 : 0)
  })

  it.each([
    ['SEC-073 no ID token', async (good: Promise<Response>) => without(await good, 'id_token')],
    ['an ID token for the access token', async (good: Promise<Response>) => swapped(await good)],
  ])('%s', async (_label, change) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.answers.push((_form, good) => change(good()))
    await expectBad(await browser.route(relative(callback)), browser, 'id_token_invalid')
  })

  it.each([
    ['another subject', { sub: 'usr_evil' }, 'id_token_invalid'],
    ['another organization', { oid: 'org_9' }, 'id_token_invalid'],
    ['another issuer', { iss: 'https://evil.example' }, 'id_token_invalid'],
    ['another audience', { aud: ['somebody'] }, 'id_token_invalid'],
    ['an end in the past', { exp: 1 }, 'id_token_invalid'],
  ])('an access token with %s makes no session', async (_label, claims, code) => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.claims.access = claims
    await expectBad(await browser.route(relative(callback)), browser, code)
  })

  it('keys that cannot be had are an outage', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench)
    bench.provider.behaviour.keysDown = true
    await expectBad(await browser.route(relative(callback)), browser, 'exchange_unavailable', 503)
  })

  it('SEC-075 a planted session cookie is no use and is replaced', async () => {
    const bench = await createBench()
    const thief = await bench.signedIn(bob)
    const { browser, callback } = await started(bench)
    const planted = thief.cookies.get(sessionName) ?? ''
    browser.plant(sessionName, planted)
    bench.now += 1
    await browser.route(relative(callback))
    expect(browser.cookies.get(sessionName)).not.toBe(planted)
    expect(await browser.user()).toBe('usr_ada')
    // What was planted is dead everywhere: the attacker must not share a session with anybody.
    expect(await thief.user()).toBeNull()
  })

  it('SEC-076 logging in as somebody else ends the session that was there', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const before = browser.copy()
    bench.now += 5
    await browser.login(bob, '?prompt=login')
    const session = await browser.page((context) => context.session())
    expect([session?.user.id, session?.organizationId, session?.permissions]).toEqual(['usr_bob', 'org_2', []])
    expect(await before.user()).toBeNull()
  })

  it('SEC-076 a restart brings no copy of the replaced session back', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const before = browser.copy()
    bench.now += 5
    await browser.login(bob, '?prompt=login')
    expect(bench.provider.revoked).toHaveLength(1)
    bench.restart()
    expect(await before.user()).toBeNull()
    expect(await browser.user()).toBe('usr_bob')
  })

  it('leaves the tokens of the provider session in which it logs in once more', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    bench.now += 5
    await browser.login(ada, '?prompt=login')
    expect(bench.provider.revoked).toEqual([])
    bench.now += 400
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-078 a hook that throws leaves no session, and its error goes to the framework', async () => {
    const bench = await createBench({ onLogin: () => Promise.reject(new Error('of the app')) })
    const { browser, callback } = await started(bench)
    await expect(browser.route(relative(callback))).rejects.toThrow('of the app')
    expect(browser.cookies.has(sessionName)).toBe(false)
  })

  it.each([
    ['a path of the app', '/welcome', 'https://app.example/welcome', 0],
    ['nothing', undefined, 'https://app.example/members', 0],
    ['SEC-078 another host', '//evil.example', 'https://app.example/members', 1],
    ['SEC-078 the logout', '/auth/logout', 'https://app.example/members', 1],
  ])('a hook that sends people to %s', async (_label, target, location, refused) => {
    const bench = await createBench({ onLogin: () => (target === undefined ? undefined : { returnTo: target }) })
    const { browser, callback } = await started(bench, '?return_to=/members')
    expect((await browser.route(relative(callback))).headers.get('location')).toBe(location)
    expect(bench.eventsOf('return_to_refused')).toHaveLength(refused)
  })

  it('SEC-080 another organization than the one that was asked for', async () => {
    const bench = await createBench()
    const { browser, callback } = await started(bench, '?organization_id=org_9')
    await expectBad(await browser.route(relative(callback)), browser, 'organization_mismatch')
  })

  it('SEC-237 a logout that arrives between exchange and commit wins', async () => {
    const bench = await createBench({
      onLogin: async () => {
        await bench.backchannel({ sid: ada.sid, sub: undefined })
      },
    })
    const { browser, callback } = await started(bench)
    await expectBad(await browser.route(relative(callback)), browser, 'exchange_rejected')
    expect(bench.eventsOf('login_refused')).toMatchObject([{ reason: 'revoked' }])
    expect(bench.eventsOf('login_completed')).toEqual([])
  })

  it('F7 no query gets anywhere without the sealed transaction', async () => {
    const bench = await createBench()
    const { browser } = await started(bench)
    const name = fc.constantFrom('state', 'code', 'iss', 'error', 'error_description', 'session_state', 'x')
    const query = fc.array(fc.tuple(name, fc.oneof(fc.string(), fc.constant('a'.repeat(43)))), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(query, async (pairs) => {
        const answer = await browser.route(`/auth/callback?${new URLSearchParams(pairs)}`)
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
        expect(answer.headers.getSetCookie()).toEqual([])
      }),
    )
    expect(bench.provider.tokenCalls).toEqual([])
  })
})

function stateOf(url: URL): string {
  return url.searchParams.get('state') ?? ''
}

function flip(url: URL): string {
  const state = stateOf(url)
  return (state.startsWith('A') ? 'B' : 'A') + state.slice(1)
}

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
    .join('')
}

function tamper(browser: TestBrowser): void {
  for (const [key, cookie] of browser.kept) {
    const at = Math.floor(cookie.value.length / 2)
    const other = cookie.value[at] === 'A' ? 'B' : 'A'
    browser.kept.set(key, { ...cookie, value: cookie.value.slice(0, at) + other + cookie.value.slice(at + 1) })
  }
}

async function without(answer: Response, name: string): Promise<Response> {
  const { [name]: _left, ...rest } = (await answer.json()) as Record<string, unknown>
  return Response.json(rest)
}

async function swapped(answer: Response): Promise<Response> {
  const body = (await answer.json()) as Record<string, unknown>
  return Response.json({ ...body, access_token: body.id_token })
}
