import { describe, expect, it } from 'vitest'
import { ada, createBench } from '../test/fixture.js'

const refreshes = (bench: Awaited<ReturnType<typeof createBench>>) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length

describe('answers that arrive late, in the wrong order, or not at all', () => {
  it('I1 tokens that waited for keys longer than they live are refreshed in their turn', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 700
    bench.restart()
    bench.now += 10
    bench.provider.behaviour.keysDown = true
    expect(await browser.status()).toBe(503)
    bench.now += 2000
    expect(await browser.status()).toBe(503)
    bench.provider.behaviour.keysDown = false
    bench.now += 40
    expect(await browser.status()).toBe(200)
    expect(bench.eventsOf('session_ended')).toEqual([])
  })

  it('SEC-180 a slow response that puts the old cookie back over the new one ends no session', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 280
    const before = browser.copy()
    expect(await browser.status()).toBe(200)
    // The answer of a request that began earlier arrives last.
    for (const [key, cookie] of before.kept) browser.kept.set(key, cookie)
    bench.now += 120
    expect(await browser.status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
  })

  it('SEC-013 a page load that left with the old session takes nothing from the new one', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const underWay = browser.copy()
    await browser.login(ada, '?prompt=login')
    await underWay.page(async (context, jar) => {
      expect(await context.session()).toBeNull()
      expect(jar.setCookies()).toEqual([])
    })
  })

  it('a login right after a logout is let in, though the provider’s clock is behind and its session survived', async () => {
    const bench = await createBench()
    bench.provider.behaviour.ahead = -30
    const browser = await bench.signedIn()
    const copy = browser.copy()
    bench.now += 1
    await browser.route('/auth/logout', { form: {} })
    bench.now += 1
    expect((await browser.login(ada)).status).toBe(303)
    expect(await browser.status()).toBe(200)
    expect(await copy.status()).toBe(401)
  })

  it('SEC-209 a logout withdraws the refresh token, so that a copy is worth nothing after a restart either', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const copy = browser.copy()
    await browser.route('/auth/logout', { form: {} })
    expect(bench.provider.revoked).toHaveLength(1)
    bench.restart()
    bench.now += 10
    expect(await copy.status()).toBe(401)
  })

  it('SEC-145 many cookies of others cost nobody the session at a refresh', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    browser.plant('junk', 'x'.repeat(9500))
    bench.now += 400
    expect(await browser.status()).toBe(200)
    browser.kept.delete('junk||/')
    bench.now += 70
    expect(await browser.status()).toBe(200)
    expect(bench.eventsOf('cookie_budget_exceeded').length).toBeGreaterThan(0)
  })
})

describe('permissions that are pending', () => {
  const source = { down: true }
  const permissions = async () => {
    if (source.down) throw new Error('down')
    return ['sk_org_sso_read']
  }

  it('decide nothing, also where no cookie can be stored, and the token is no substitute', async () => {
    const bench = await createBench({ permissions })
    const browser = await bench.signedIn()
    const ask = (visit: object) =>
      browser.page(
        async (context) => (await context.authorize({ permissions: ['sk_org_users_read'] })).refusal?.status ?? 200,
        visit,
      )
    bench.now += 280
    expect(await ask({ as: 'fetch', method: 'HEAD' })).toBe(401)
    expect(await ask({ as: 'prefetch' })).toBe(401)
    expect(await ask({ as: 'fetch', writable: false })).toBe(401)
    expect(await ask({ as: 'fetch' })).toBe(503)
    source.down = false
    bench.now += 2
    expect(await ask({ as: 'fetch' })).toBe(403)
  })

  it('show as none to the login hook', async () => {
    source.down = true
    const seen: (readonly string[])[] = []
    const bench = await createBench({ permissions, onLogin: ({ session }) => void seen.push(session.permissions) })
    await bench.signedIn()
    expect(seen).toEqual([[]])
  })
})

describe('two kits of one process', () => {
  it('keep a mark for the longest session that either of them allows', async () => {
    const bench = await createBench({ session: { absolute: 60, idle: 60 } })
    const { createScalegate } = await import('../auth/scalegate.js')
    const long = createScalegate(
      {
        issuer: bench.provider.issuer,
        clientId: 'skc_12345',
        clientSecret: 'test_canary-client-secret',
        cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
        baseUrl: 'https://app.example',
        fetch: bench.provider.fetch,
        clock: () => bench.now,
      },
      () => ({}),
    )
    long.validate()
    const { TestBrowser } = await import('../test/test-browser.js')
    const app = {
      kit: long,
      base: 'https://app.example',
      get now() {
        return bench.now
      },
    }
    const browser = new TestBrowser(app, bench.provider)
    await browser.login(ada)
    await bench.backchannel({ sid: ada.sid, sub: undefined })
    bench.now += 70
    expect(await browser.status()).toBe(401)
  })
})
