import type { FaultInput } from '@scalegate/emulator'
import { Browser, type Page } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { logIn, logOut, organizations, people } from '../support/journey.js'
import { expect401, expect503, expectLogin, sessionCookies } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

/** Seconds after which the access token of the emulator is over; thirty seconds earlier a refresh is due. */
const lifetime = 299
const due = lifetime - 20

/** Attack list 4.H: a refresh token works once, so each of these is about who has it, who loses it and who waits. */
describe.each(['Express 5', 'Hono'] as const)('refresh on %s', (framework) => {
  /** Refresh tokens that the provider gave out: what another process, or a thief, would have. */
  const refreshTokens: string[] = []
  const stage = useStage({
    framework,
    options: { fetch: recording(refreshTokens) },
    routes: [
      {
        path: '/streamed',
        answer: ({ session }) => ({ first: 'a', body: async () => JSON.stringify(await session()) }),
      },
    ],
  })
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control

  async function signedIn(user: string = people.ada) {
    const browser = new Browser()
    await logIn(browser, stage().app, { user })
    await stage().forget()
    return browser
  }
  const many = (browser: Browser, count: number, path = '/private') =>
    Promise.all(Array.from({ length: count }, () => browser.fetch(at(path))))
  const statuses = (pages: readonly Page[]) => [...new Set(pages.map(({ status }) => status))]
  const refreshes = () => stage().tokenCalls('refresh_token')
  const endings = () => stage().app.events.filter(({ type }) => type === 'session_ended')

  it('SEC-177 100 requests with an expired access token', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    const pages = await many(browser.copy(), 100)
    expect([statuses(pages), await refreshes()]).toEqual([[200], 1])
    // Each answer carries the same tokens under a seal of its own, so whichever arrives last is as good as the first.
    for (const page of pages.slice(0, 3)) {
      const cookie = page.headers
        .getSetCookie()
        .map((line) => line.slice(0, line.indexOf(';')))
        .join('; ')
      expect((await new Browser().fetch(at('/private'), { headers: { cookie } })).status).toBe(200)
    }
    expect(await refreshes()).toBe(1)
  })

  it('SEC-177 requests that left with the old cookie find the new tokens for a minute', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    const late = browser.copy()
    expect((await browser.fetch(at('/private'))).status).toBe(200)
    await stage().advance(50)
    expect((await late.copy().fetch(at('/private'))).status).toBe(200)
    expect(await refreshes()).toBe(1)
  })

  it('SEC-179 another process was faster: refused, and its cookie is not overwritten', async () => {
    const browser = await signedIn()
    await redeemElsewhere(refreshTokens.at(-1))
    await stage().forget()
    await stage().advance(lifetime)
    expect401(await browser.copy().fetch(at('/private')))
    expectLogin(await browser.copy().navigate(at('/private')), '/private')
    expect(await refreshes()).toBe(1)
  })

  it('SEC-181 many people at once, each with their own result', async () => {
    const everybody = Object.values(people)
    const browsers = await Promise.all([...everybody, ...everybody].map((user) => signedIn(user)))
    await stage().advance(lifetime)
    const answers = await Promise.all([...browsers, ...browsers].map((browser) => browser.fetch(at('/private'))))
    const users = answers.map((page) => JSON.parse(page.text).user.id)
    expect(users).toEqual([...everybody, ...everybody, ...everybody, ...everybody])
  })

  it('SEC-183 the answer was lost after the provider had rotated: signed out once, cleanly', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    await control().addFault({ endpoint: 'token', kind: 'lose_response' })
    expect503(await browser.fetch(at('/private')))
    await stage().advance(2)
    expect401(await browser.fetch(at('/private')))
    expectLogin(await browser.navigate(at('/private')), '/private')
    expect((await logIn(browser, stage().app)).status).toBe(303)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  it('SEC-183 with a grace at the provider the next attempt succeeds', async () => {
    await control().settings({ refreshGrace: 30 })
    const browser = await signedIn()
    await stage().advance(lifetime)
    await control().addFault({ endpoint: 'token', kind: 'lose_response' })
    expect503(await browser.fetch(at('/private')))
    await stage().advance(2)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  const outages: readonly (readonly [string, Omit<FaultInput, 'endpoint'>, string])[] = [
    ['408', { kind: 'status', status: 408 }, '5'],
    ['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }, '7'],
    ['500', { kind: 'status', status: 500 }, '5'],
    ['502 with HTML', { kind: 'status', status: 502, body: '<h1>Bad gateway</h1>', contentType: 'text/html' }, '5'],
    ['503 that says invalid_grant', { kind: 'status', status: 503, body: '{"error":"invalid_grant"}' }, '5'],
    ['connection closed', { kind: 'drop' }, '5'],
    ['200 with HTML', { kind: 'body', body: '<h1>Sign in to the hotel network</h1>', contentType: 'text/html' }, '5'],
    ['200 with half of the JSON', { kind: 'body', body: '{"access_token":"ab' }, '5'],
    ['200 without tokens', { kind: 'body', body: '{}' }, '5'],
    ['redirect', { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } }, '5'],
    ['SEC-186 invalid_client', { kind: 'status', status: 401, body: '{"error":"invalid_client"}' }, '5'],
    ['SEC-186 unauthorized_client', { kind: 'status', status: 400, body: '{"error":"unauthorized_client"}' }, '5'],
  ]
  it.each(rowsFor(framework, outages))('SEC-184 %s keeps the session', async (_label, fault, retryAfter) => {
    const browser = await signedIn()
    await control().addFault({ endpoint: 'token', times: 0, ...fault })
    await stage().advance(due)
    expect(statuses(await many(browser, 10))).toEqual([200])
    expect(await refreshes()).toBe(1)

    await stage().advance(lifetime - due + 1)
    const down = await many(browser, 10)
    for (const page of down) expect503(page)
    expect(down[0]!.headers.get('retry-after')).toBe(retryAfter)
    expect503(await browser.navigate(at('/private')))
    expect((await new Browser().fetch(at('/'))).text).toBe('stranger')
    expect(await refreshes()).toBe(2)

    await control().clearFaults()
    await stage().advance(31)
    expect(statuses(await many(browser, 10))).toEqual([200])
    expect([await refreshes(), endings()]).toEqual([3, []])
  })

  it('SEC-184 a provider that does not answer', async () => {
    const hasty = await stage().open({ options: { timeouts: { refresh: 1 } } })
    const browser = await signedIn()
    await stage().advance(lifetime)
    await control().addFault({ endpoint: 'token', kind: 'delay', delay: 1.5 })
    expect503(await browser.fetch(`${hasty.origin}/private`))
  })

  it('SEC-185 invalid_grant ends the session: one attempt, no loop', async () => {
    const browser = await signedIn()
    const { sessions } = await control().state()
    await control().revokeSession(sessions[0]!.id, { notify: false })
    await stage().advance(lifetime)
    for (const page of await many(browser, 10)) expect401(page)
    expectLogin(await browser.navigate(at('/private')), '/private')
    expect((await browser.fetch(at('/'))).text).toBe('stranger')
    expect([await refreshes(), endings().length]).toEqual([1, 1])
  })

  it('SEC-187 no new refresh token in the answer: the old one goes on', async () => {
    await control().settings({ refreshGrace: 3600 })
    const browser = await signedIn()
    for (const round of [1, 2]) {
      await control().nextTokenResponse({ grantType: 'refresh_token', response: { refresh_token: null } })
      await stage().advance(lifetime)
      expect((await browser.fetch(at('/private'))).status).toBe(200)
      expect(await refreshes()).toBe(round)
    }
  })

  it('SEC-187 no new ID token in the answer: the old one goes on', async () => {
    await control().settings({ idTokenOnRefresh: false })
    const browser = await signedIn()
    await stage().advance(lifetime)
    expect(JSON.parse((await browser.fetch(at('/private'))).text)).toMatchObject({
      user: { id: people.ada, name: 'Ada Admin' },
    })
    expect(new URL((await logOut(browser, stage().app)).next ?? '').searchParams.has('id_token_hint')).toBe(true)
  })

  it.each<[string, string, Record<string, string>]>([
    ['prefetch', 'GET', { 'sec-purpose': 'prefetch' }],
    ['HEAD', 'HEAD', {}],
  ])('SEC-191 %s refreshes nothing', async (_label, method, headers) => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    const page = await browser.navigate(at('/'), { method, headers })
    expect([page.status, page.headers.getSetCookie(), await refreshes()]).toEqual([200, [], 0])
    const guarded = await browser.navigate(at('/private'), { method, headers })
    expect([guarded.headers.getSetCookie(), await refreshes()]).toEqual([[], 0])
    expect([303, 401]).toContain(guarded.status)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  it('SEC-191 a page that does not ask who is there', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    const page = await browser.navigate(at('/public'))
    expect([page.text, page.headers.getSetCookie(), await refreshes()]).toEqual(['public', [], 0])
  })

  it('SEC-192 our clock is far ahead: at most one refresh in ten seconds', async () => {
    stage().shift(290)
    const browser = await signedIn()
    for (const second of [0, 3, 3, 3]) {
      await stage().advance(second)
      expect(statuses(await many(browser, 3))).toEqual([200])
    }
    expect(await refreshes()).toBeLessThanOrEqual(1)
  })

  it.each([0, 1])('SEC-193 expires_in %i does not loop', async (seconds) => {
    const browser = new Browser()
    await control().nextTokenResponse({ response: { expires_in: seconds }, times: 0 })
    await logIn(browser, stage().app)
    for (const pause of [0, 3, 3, 3]) {
      await stage().advance(pause)
      expect((await browser.fetch(at('/private'))).status).toBe(200)
    }
    expect(await refreshes()).toBeLessThanOrEqual(1)
  })

  it('SEC-195 SEC-206 log-out while a refresh is under way wins', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    await control().addFault({ endpoint: 'token', kind: 'delay', delay: 0.3 })
    const copy = browser.copy()
    const refreshing = copy.fetch(at('/private'))
    await stage().faultsTaken()
    expect((await logOut(browser, stage().app)).status).toBe(200)
    const page = await refreshing
    expect401(page)
    expect(sessionCookies(page)).toEqual([])
    expect((await copy.fetch(at('/'))).text).toBe('stranger')
  })

  it('SEC-196 another organization is another session', async () => {
    const browser = new Browser()
    await logIn(browser, stage().app, { user: people.bea, organization: organizations.globex })
    const before = browser.copy()
    await logIn(browser, stage().app, { user: people.bea, query: `organization_id=${organizations.acme}` })
    expect(JSON.parse((await browser.fetch(at('/private'))).text)).toMatchObject({
      organizationId: organizations.acme,
      roles: ['member'],
    })
    expect401(await before.fetch(at('/private')))
  })

  it('SEC-197 where no cookie can be written any more, nothing is refreshed', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    const page = await browser.fetch(at('/streamed'))
    expect(JSON.parse(page.text.slice(1))).toMatchObject({ user: { id: people.ada }, stale: true })
    expect([page.headers.getSetCookie(), await refreshes()]).toEqual([[], 0])
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  })

  it('the refresh route comes back, and not for ever', async () => {
    const browser = await signedIn()
    await stage().advance(lifetime)
    const page = await browser.navigate(at('/auth/refresh?return_to=/private'))
    expect([page.status, page.next, await refreshes()]).toEqual([303, at('/private'), 1])
    for (const visit of [2, 3])
      expect((await browser.navigate(at('/auth/refresh?return_to=/private'))).status, String(visit)).toBe(303)
    const stopped = await browser.navigate(at('/auth/refresh?return_to=/private'))
    expect([stopped.status, stopped.headers.get('retry-after')]).toEqual([503, '30'])
  })

  /** Spends a refresh token as another process of the app would. */
  async function redeemElsewhere(refreshToken: string | undefined): Promise<void> {
    const { clientId, clientSecret, url } = stage().emulator
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken ?? '',
      client_id: clientId,
      client_secret: clientSecret,
    })
    expect((await fetch(`${url}/oauth/token`, { method: 'POST', body })).status).toBe(200)
  }
})

/** `fetch` that notes the refresh tokens it sees. */
function recording(refreshTokens: string[]) {
  return async (input: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(input, init)
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined)
    const token = (body as { refresh_token?: unknown } | undefined)?.refresh_token
    if (typeof token === 'string') refreshTokens.push(token)
    return response
  }
}
