import { defaultSeed } from '@scalegate/emulator'
import { Browser, type Page, raw, type Visit } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks, makeKit } from '../support/app.js'
import { arrive, logIn } from '../support/journey.js'
import {
  expect401,
  expectBad,
  expectLogin,
  expectLoginPage,
  expectPrivate,
  sessionCookies,
} from '../support/refusals.js'
import { requestRowsFor, useStage } from '../support/stage.js'

/** Attack list 4.A: the start of a login. */
describe.each(frameworks)('login on %s', (framework) => {
  const stage = useStage({ framework })
  const at = (path: string) => stage().app.origin + path
  const start = (query = '', visit: Visit = {}) => new Browser().navigate(at(`/auth/login?${query}`), visit)

  /** What the provider is asked for. */
  function authorizationOf(page: Page): URLSearchParams {
    expect(page.status).toBe(303)
    const url = new URL(page.next ?? '')
    expect(url.origin + url.pathname).toBe(`${stage().emulator.url}/oauth/authorize`)
    return url.searchParams
  }

  const prefetches: readonly (readonly [string, Record<string, string>])[] = [
    ['Sec-Purpose: prefetch', { 'sec-purpose': 'prefetch' }],
    ['Sec-Purpose: prefetch;prerender', { 'sec-purpose': 'prefetch;prerender' }],
    ['Purpose: prefetch', { purpose: 'prefetch' }],
    ['Next-Router-Prefetch', { 'next-router-prefetch': '1' }],
    ['X-Middleware-Prefetch', { 'x-middleware-prefetch': '1' }],
  ]
  it.each(requestRowsFor(framework, prefetches))('SEC-001 prefetch: %s', async (_label, headers) => {
    const page = await start('', { headers })
    expect([page.status, page.text, page.next, page.headers.getSetCookie()]).toEqual([204, '', undefined, []])
    expectPrivate(page)
    expect(await stage().requests()).toEqual([])
  })

  const programs: readonly (readonly [string, Record<string, string>])[] = [
    ['fetch of a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['React Server Component', { rsc: '1' }],
    ['server action', { 'next-action': 'abc' }],
    ['frame', { 'sec-fetch-dest': 'iframe' }],
    ['image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ]
  it.each(requestRowsFor(framework, programs))('SEC-002 no login is started for a %s', async (_label, headers) => {
    const guarded = await new Browser().navigate(at('/private'), { headers })
    expect401(guarded)
    expect(JSON.parse(guarded.text)).toMatchObject({ login_url: at('/auth/login') })
    expect401(await start('', { headers }))
  })

  it('SEC-002 an old client without fetch metadata that asks for JSON', async () => {
    for (const target of ['/private', '/auth/login']) {
      const answer = await raw(stage().app.origin, { target, headers: ['Accept: application/json'] })
      expect401({ ...answer, url: at(target), next: undefined })
    }
  })

  it('SEC-003 HEAD starts nothing', async () => {
    const page = await start('', { method: 'HEAD' })
    expect([page.status, page.text, page.headers.getSetCookie()]).toEqual([204, '', []])
    expectPrivate(page)
  })

  it('SEC-004 POST from another site', async () => {
    const page = await start('', { form: { return_to: '/private' }, from: 'https://evil.example/' })
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect([page.next, page.headers.getSetCookie()]).toEqual([undefined, []])
    expectPrivate(page)
  })

  it('SEC-005 masses of logins that nobody finishes', async () => {
    const browser = new Browser()
    const first = await browser.navigate(at('/auth/login'))
    // Within one second nobody knows which login is the older one.
    await stage().advance(1)
    for (let count = 1; count < (framework === 'Express 5' ? 199 : 9); count++)
      await browser.navigate(at('/auth/login'))
    const { callback } = await arrive(browser, stage().app)
    const pending = [...(await browser.cookies(at('/')))].filter(([name]) => name.startsWith('scalegate-login.'))
    expect(pending.length).toBeLessThanOrEqual(5)
    expect(pending.map((pair) => pair.join('=')).join('; ').length).toBeLessThanOrEqual(4096)

    const evicted = await browser.navigate(at(`/auth/callback?code=abc&state=${authorizationOf(first).get('state')}`))
    await expectBad(stage(), evicted, 'state_invalid')
    expect((await browser.navigate(callback.href)).status).toBe(303)
  })

  it('SEC-006 parameters that are ours or nobody asked for', async () => {
    const query =
      'prompt=none&max_age=0&client_id=evil&redirect_uri=https://evil.example&scope=admin&state=x&nonce=y&response_type=token'
    const sent = authorizationOf(await start(query))
    expect([...sent.keys()].sort()).toEqual([
      'client_id', 'code_challenge', 'code_challenge_method', 'nonce', 'prompt', 'redirect_uri', 'response_type', 'scope', 'state',
    ]) // biome-ignore format: a list
    expect(Object.fromEntries(sent)).toMatchObject({
      client_id: stage().emulator.clientId,
      redirect_uri: at('/auth/callback'),
      scope: 'openid profile email offline_access',
      response_type: 'code',
      prompt: 'none',
    })
    expect([sent.get('state'), sent.get('nonce')]).not.toEqual(['x', 'y'])
  })

  it('SEC-007 control characters in a selector', async () => {
    const page = await start('organization_id=org_x&connection_id=conn_y&login_hint=%0d%0aSet-Cookie:%20a=b')
    const sent = authorizationOf(page)
    expect([sent.get('organization_id'), sent.get('connection_id'), sent.get('login_hint')]).toEqual([
      'org_x',
      'conn_y',
      null,
    ])
    expect(page.headers.getSetCookie().every((line) => line.startsWith('scalegate-login.'))).toBe(true)
  })

  it.each(['organization_id=a&organization_id=b', 'organization_id[]=aaaaaaaa', 'login_hint[0]=aaaaaaaa'])(
    'SEC-008 a parameter as a list: %s',
    async (query) => expectBad(stage(), await start(query), 'request_invalid'),
  )

  it('SEC-009 a login_hint that is too long', async () => {
    await expectBad(stage(), await start(`login_hint=${'a'.repeat(513)}`), 'request_invalid')
    await expectBad(stage(), await start(`login_hint=${'a'.repeat(10_000)}`), 'request_invalid')
    // Node's own limit on the head of a request stands before the kit.
    expect((await start(`login_hint=${'a'.repeat(100_000)}`)).status).toBe(431)
    const longest = ['login_hint', 'organization_id', 'connection_id', 'domain'].map(
      (name) => `${name}=${'%C3%A4'.repeat(512)}`,
    )
    const page = await start(longest.join('&'))
    if (page.status === 303) expect(page.next!.length).toBeLessThan(8192)
    else await expectBad(stage(), page, 'request_invalid')
  })

  it('SEC-010 somebody who is signed in already', async () => {
    const browser = new Browser()
    await logIn(browser, stage().app)
    const page = await browser.navigate(at('/auth/login?return_to=/members'))
    expect([page.status, page.next, page.headers.getSetCookie()]).toEqual([303, at('/members'), []])

    const before = browser.copy()
    const answer = await logIn(browser, stage().app, { query: 'prompt=login' })
    expect(sessionCookies(answer)).not.toEqual([])
    expect((await browser.fetch(at('/private'))).status).toBe(200)
    expect401(await before.fetch(at('/private')))
  })

  it.each(['screen_hint=signup', 'prompt=evil', 'provider=myspace'])('SEC-011 unknown value: %s', async (query) => {
    const sent = authorizationOf(await start(query))
    expect(['screen_hint', 'prompt', 'provider'].filter((name) => sent.has(name))).toEqual([])
  })

  it.each(['Host', 'X-Forwarded-Host', 'Forwarded', 'X-Original-Host', 'X_Forwarded_Host'])(
    'SEC-012 SEC-337 %s does not choose the redirect URI',
    async (name) => {
      const value = name === 'Forwarded' ? 'host=evil.example;proto=https' : 'evil.example'
      const page = await start('', { headers: { [name]: value, 'x-forwarded-proto': 'https' } })
      expect(authorizationOf(page).get('redirect_uri')).toBe(at('/auth/callback'))
      expectLogin(await new Browser().navigate(at('/private'), { headers: { [name]: value } }), '/private')
    },
  )

  it.each(['evil.example', 'evil.example:1', 'user@evil.example', 'evil.example/path', '[::1]', 'a, b', ''])(
    'SEC-341 Host: "%s"',
    async (host) => {
      // What is no host in a URL is none for the server below Hono, which has to make one; nothing gets to the kit.
      const refused = framework === 'Hono' && ['user@evil.example', 'evil.example/path', 'a, b', ''].includes(host)
      const headers = [
        'Sec-Fetch-Mode: navigate',
        'Sec-Fetch-Dest: document',
        'X-Forwarded-Host: evil.example, evil.example',
      ]
      const answer = await raw(stage().app.origin, { target: '/auth/login', host, headers })
      if (refused) {
        expect([answer.status, answer.text, answer.headers.getSetCookie()]).toEqual([400, '', []])
        return
      }
      const sent = authorizationOf({
        ...answer,
        url: at('/auth/login'),
        next: answer.headers.get('location') ?? undefined,
      })
      expect(sent.get('redirect_uri')).toBe(at('/auth/callback'))
    },
  )

  it('SEC-013 two tabs at once, each to its own page', async () => {
    const browser = new Browser()
    const one = await arrive(browser, stage().app, { query: 'return_to=/one' })
    const two = await arrive(browser, stage().app, { query: 'return_to=/two' })
    const answers = await Promise.all([two, one].map(({ callback }) => browser.navigate(callback.href)))
    expect(answers.map(({ next }) => next)).toEqual([at('/two'), at('/one')])
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  it('SEC-014 every start is random, and Math.random has no part in it', async () => {
    const { random } = Math
    let calls = 0
    Math.random = () => {
      calls++
      return random()
    }
    const sent: URLSearchParams[] = []
    for (let count = 0; count < 30; count++) sent.push(authorizationOf(await start()))
    Math.random = random
    expect(calls).toBe(0)
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = sent.map((parameters) => parameters.get(name) ?? '')
      expect(new Set(values).size).toBe(30)
      expect(values.filter((value) => !/^[A-Za-z0-9_-]{43}$/.test(value))).toEqual([])
    }
    expect(new Set(sent.map((parameters) => parameters.get('code_challenge_method')))).toEqual(new Set(['S256']))
  })

  it('SEC-015 there is no way to ask for less than PKCE with S256', () => {
    for (const option of ['pkce', 'codeChallengeMethod', 'usePkce'])
      expect(() => makeKit(framework, { [option]: 'plain' })).toThrowError(
        expect.objectContaining({ code: 'configuration_invalid' }),
      )
  })

  it('SEC-016 a transaction of another client with the same secret, on the same host', async () => {
    const [client] = defaultSeed.clients
    const clientId = 'skc_101000000000000002'
    const other = await stage().open({ options: { clientId, clientSecret: client!.secret } })
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().forget()
    // Cookies ignore ports, so this browser really sends the first app's transaction to the other one.
    await expectBad(
      stage(),
      await browser.navigate(other.origin + callback.pathname + callback.search),
      'state_invalid',
    )
  })

  it('SEC-017 no redirect keeps a POST alive: 303 from the login, a page from a guard', async () => {
    expect((await start()).status).toBe(303)
    const page = await new Browser().navigate(at('/private'), { form: { a: 'b' }, from: at('/form') })
    expectLoginPage(page, '/form')
  })
})
