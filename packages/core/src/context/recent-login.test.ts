import { describe, expect, it } from 'vitest'
import { requirement } from '../guards/requirement.js'
import { ada, createBench, readBad } from '../test/fixture.js'
import type { TestBrowser, Visit } from '../test/test-browser.js'
import { signedHeaders, webhookSecret } from '../test/webhook-sender.js'

const ask = (browser: TestBrowser, asked: Parameters<typeof requirement>[0], visit: Visit = {}) =>
  browser.page((context) => context.authorize(requirement(asked)), visit)

describe('a guard of recent logins', () => {
  it('measures by auth_time, on our own clock', async () => {
    const bench = await createBench()
    // The provider's clock is two minutes ahead, and the person proved who they are 100 seconds before the login.
    bench.provider.behaviour.ahead = 30
    bench.provider.claims.id = { auth_time: bench.now + 30 - 100 }
    const browser = await bench.signedIn()
    expect((await ask(browser, { recentLogin: 100 })).session?.authenticatedAt).toBe(bench.now - 100)
    bench.now += 1
    expect((await ask(browser, { recentLogin: 100 })).why).toBe('login_too_old')
  })

  it('without auth_time only a login that had to ask counts: the provider may have answered from its own session', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    expect((await ask(browser, { recentLogin: 300 })).why).toBe('login_too_old')
    await browser.login(ada, '?prompt=login')
    expect((await ask(browser, { recentLogin: 300 })).session?.user.id).toBe('usr_ada')
  })

  it('sends a page load to a login that asks, in the same organization, and back', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const { refusal } = await ask(browser, { recentLogin: 300 })
    const location = new URL(refusal?.headers.get('location') ?? '')
    expect([refusal?.status, location.pathname, Object.fromEntries(location.searchParams)]).toEqual([
      303,
      '/auth/login',
      { return_to: '/page', prompt: 'login', organization_id: 'org_1' },
    ])
    const done = await browser.login(ada, location.search)
    expect(done.headers.get('location')).toBe('https://app.example/page')
    expect((await ask(browser, { recentLogin: 300 })).session).toBeDefined()
    expect(bench.eventsOf('login_started').at(-1)?.by).toBe('step_up')
  })

  it('tells a program 401 with the challenge of RFC 9470', async () => {
    const bench = await createBench()
    const { refusal } = await ask(await bench.signedIn(), { recentLogin: 300 }, { as: 'fetch' })
    expect([refusal?.status, refusal?.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", max_age="300"',
    ])
    expect(await refusal?.json()).toMatchObject({
      code: 'recent_login_required',
      max_age: 300,
      login_url: expect.stringContaining('prompt=login'),
    })
  })

  it('does not ask again and again where the provider does not do what it was asked for', async () => {
    const bench = await createBench()
    bench.provider.claims.id = { auth_time: bench.now - 5000 }
    const browser = bench.browser()
    expect(await readBad(await browser.login(ada, '?prompt=login'))).toEqual({ status: 401, code: 'login_required' })
  })

  it('permissions come first: nobody logs in once more to be told no', async () => {
    const bench = await createBench()
    const { refusal } = await ask(await bench.signedIn(), { recentLogin: 300, permissions: ['projects:delete'] })
    expect(refusal?.status).toBe(403)
  })

  it('a refresh does not make a login recent', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    await browser.login(ada, '?prompt=login')
    bench.now += 290
    expect(await browser.user()).toBe('usr_ada')
    expect(bench.provider.tokenCalls).toHaveLength(2)
    bench.now += 11
    expect((await ask(browser, { recentLogin: 300 })).why).toBe('login_too_old')
  })

  it.each([0, 29, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '300' as never])(
    'SEC-300 %s seconds cannot be asked for',
    (recentLogin) => {
      expect(() => requirement({ recentLogin })).toThrow(TypeError)
    },
  )
})

describe('fresh', () => {
  it('SEC-307 what was taken away a moment ago is gone, though the token still says it', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const asked = { permissions: ['sk_org_users_read'] }
    expect((await ask(browser, asked)).session).toBeDefined()
    bench.provider.claims.access = { permissions: [] }
    expect((await ask(browser, asked)).session).toBeDefined()
    expect((await ask(browser, { ...asked, fresh: true })).refusal?.status).toBe(403)
    expect((await ask(browser, asked)).refusal?.status).toBe(403)
  })

  it('gives the session, and later guards of the request decide from it', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.provider.claims.access = { permissions: [], roles: ['guest'] }
    const seen = await browser.page(async (context) => [
      (await context.session())?.roles,
      (await context.fresh()).roles,
      (await context.authorize({ permissions: ['sk_org_users_read'] })).refusal?.status,
    ])
    expect(seen).toEqual([['member'], ['guest'], 403])
  })

  it('asks again though somebody asked a moment ago, also by an older cookie', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const older = browser.copy()
    await browser.page((context) => context.fresh())
    bench.provider.claims.access = { permissions: [] }
    const { permissions } = await older.page((context) => context.fresh())
    expect([permissions, bench.provider.tokenCalls.length]).toEqual([[], 3])
  })

  it('whoever asks while a call is under way shares the next one', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const before = bench.provider.tokenCalls.length
    await Promise.all(Array.from({ length: 20 }, () => browser.copy().page((context) => context.fresh())))
    expect(bench.provider.tokenCalls.length - before).toBeLessThanOrEqual(2)
  })

  it('an outage is 503 and not the old answer, and the session is kept', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.provider.answers.push(() => new Response('down', { status: 500 }))
    expect((await ask(browser, { fresh: true })).refusal?.status).toBe(503)
    bench.now += 2
    expect(await browser.user()).toBe('usr_ada')
  })

  it('a session without a refresh token cannot be confirmed', async () => {
    const bench = await createBench()
    bench.provider.behaviour.refreshTokens = false
    const browser = await bench.signedIn()
    expect((await ask(browser, { fresh: true })).refusal?.status).toBe(503)
    expect(await browser.user()).toBe('usr_ada')
  })

  it('nothing is spent where no cookie can be stored', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const before = bench.provider.tokenCalls.length
    await expect(browser.page((context) => context.fresh(), { writable: false })).rejects.toMatchObject({
      code: 'refresh_required',
    })
    expect(bench.provider.tokenCalls.length).toBe(before)
  })

  it('a stranger is told so', async () => {
    const bench = await createBench()
    await expect(bench.browser().page((context) => context.fresh())).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('a webhook that says that a membership has changed', () => {
  async function changed(bench: Awaited<ReturnType<typeof createBench>>): Promise<number | undefined> {
    const body = JSON.stringify({
      spec_version: '1',
      id: 'evt_1',
      type: 'user.organization_membership_updated',
      object: 'OrgMembership',
      occurred_at: new Date(bench.now * 1000).toISOString(),
      environment_id: 'env_1',
      data: { organization: { id: 'org_1' }, user: { id: 'usr_ada' } },
    })
    const headers = await signedHeaders(body, { timestamp: bench.now })
    return (await bench.kit.handle(new Request('https://app.example/auth/webhooks', { method: 'POST', headers, body })))
      ?.status
  }
  const asked = { permissions: ['sk_org_users_read'] }

  it('is not answered from a refresh of before, by an old cookie either', async () => {
    const bench = await createBench({ webhooks: { secret: webhookSecret } })
    const browser = await bench.signedIn()
    const old = browser.copy()
    bench.now += 20
    await browser.route('/auth/refresh')
    bench.now += 1
    bench.provider.claims.access = { permissions: [] }
    expect(await changed(bench)).toBe(200)
    expect((await ask(old, asked)).refusal?.status).toBe(403)
    expect((await ask(browser, asked)).refusal?.status).toBe(403)
  })

  it('is not answered from a refresh that was under way', async () => {
    const bench = await createBench({ webhooks: { secret: webhookSecret } })
    const browser = await bench.signedIn()
    bench.now += 280
    let answer = (): void => undefined
    const waits = new Promise<void>((resolve) => {
      answer = resolve
    })
    bench.provider.answers.push(async (_form, good) => {
      const tokens = await good()
      await waits
      return tokens
    })
    const early = ask(browser.copy(), asked)
    await new Promise((resolve) => setTimeout(resolve, 20))
    bench.provider.claims.access = { permissions: [] }
    expect(await changed(bench)).toBe(200)
    const late = ask(browser.copy(), asked)
    answer()
    expect([(await early).refusal?.status, (await late).refusal?.status]).toEqual([403, 403])
  })

  it('is not answered from the old token either, where the provider does not answer', async () => {
    const bench = await createBench({ webhooks: { secret: webhookSecret } })
    const browser = await bench.signedIn()
    bench.now += 280
    bench.provider.answers.push(async () => {
      await changed(bench)
      return new Response('down', { status: 500 })
    })
    expect((await ask(browser, asked)).refusal?.status).toBe(503)
  })
})
