import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { type FaultyStore, faultyStore } from '../test/faulty-store.js'
import { ada, type Bench, bob, createBench, readBad } from '../test/fixture.js'
import { relative, type TestBrowser } from '../test/test-browser.js'
import { eventBody, signedHeaders, webhookSecret } from '../test/webhook-sender.js'

const sessionName = '__Host-scalegate'
const refreshes = (bench: Bench) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length
const codes = (bench: Bench) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'authorization_code').length

const unhandled: unknown[] = []
const listen = (reason: unknown) => void unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', listen)
})
afterEach(() => {
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
})

async function create(storage: 'cookie' | 'store', options: ScalegateOptions = {}) {
  const store = faultyStore()
  // Asked at each request, so that nothing hides behind a copy.
  const bench = await createBench({ store, session: { storage }, revocation: { maxStaleness: 0 }, ...options })
  return { bench, store }
}

/** The status, with the time it took. */
async function timed(browser: TestBrowser): Promise<{ status: number; seconds: number }> {
  const begun = performance.now()
  const status = await browser.status()
  return { status, seconds: (performance.now() - begun) / 1000 }
}

describe.each(['cookie', 'store'] as const)('a store that fails, sessions in the %s', (storage) => {
  it('I1 I4 I8 503 while it is down, the cookie untouched, and well again at once', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    store.condition = 'down'
    await browser.page(async (context, jar) => {
      const { refusal } = await context.authorize({})
      expect([refusal?.status, refusal?.headers.get('retry-after')]).toEqual([503, '2'])
      expect(refusal?.headers.get('set-cookie')).toBeNull()
      expect(jar.setCookies()).toEqual([])
    })
    await expect(browser.page((context) => context.session())).rejects.toMatchObject({ code: 'store_unavailable' })
    store.condition = 'up'
    expect(await browser.status()).toBe(200)
    expect(bench.eventsOf('store_unavailable')).toHaveLength(1)
    // Said when it has not failed for a second.
    await vi.waitFor(
      async () => {
        await browser.status()
        expect(bench.eventsOf('store_available')).toHaveLength(1)
      },
      { timeout: 5000, interval: 100 },
    )
    expect(bench.eventsOf('session_ended')).toEqual([])
  })

  it('I5 503 about a second after the question where it hangs, for all that ask at once', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    store.condition = 'hang'
    const answers = await Promise.all(Array.from({ length: 20 }, () => timed(browser.copy())))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
    expect(Math.max(...answers.map(({ seconds }) => seconds))).toBeLessThan(1.8)
    store.condition = 'up'
    expect(await browser.status()).toBe(200)
  })

  it('a slow one makes requests slow, and nothing else', async () => {
    const { bench, store } = await create(storage)
    store.condition = 60
    const browser = await bench.signedIn()
    bench.now += 280
    expect(await browser.status()).toBe(200)
    expect((await browser.route('/auth/logout', { form: {} })).status).toBe(200)
    expect(await browser.status()).toBe(401)
  })

  it('SEC-172 I9 strangers never reach it, whatever state it is in', async () => {
    const { bench, store } = await create(storage)
    const before = store.calls.length
    for (const condition of ['up', 'down', 'hang'] as const) {
      store.condition = condition
      for (const as of ['navigation', 'fetch', 'prefetch'] as const) {
        const browser = bench.browser()
        expect(await browser.user({ as })).toBeNull()
        expect(await browser.status({ as })).toBe(as === 'navigation' ? 303 : 401)
        browser.plant(sessionName, 'junk'.repeat(20))
        expect(await browser.user({ as })).toBeNull()
      }
      expect((await bench.browser().route('/auth/login')).status).toBe(303)
      expect((await bench.browser().route('/auth/session', { as: 'fetch' })).status).toBe(200)
      expect((await bench.browser().route('/auth/logout', { form: {} })).status).toBe(200)
    }
    await Promise.all(Array.from({ length: 1000 }, () => bench.browser().user()))
    expect(store.calls.slice(before)).toEqual([])
  })

  it('prefetch and HEAD are answered by it like others, and write nothing', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    bench.now += 280
    const before = store.calls.length
    expect(await browser.status({ as: 'prefetch' })).toBe(200)
    expect(await browser.status({ as: 'fetch', method: 'HEAD' })).toBe(200)
    const methods = store.calls.slice(before).map(({ method }) => method)
    expect(methods.filter((method) => method !== 'get' && method !== 'marks.read')).toEqual([])
    store.condition = 'down'
    expect(await browser.status({ as: 'prefetch' })).toBe(503)
    expect(await browser.status({ as: 'fetch', method: 'HEAD' })).toBe(503)
    expect(refreshes(bench)).toBe(0)
  })
})

describe.each(['cookie', 'store'] as const)('a refresh while the store fails, sessions in the %s', (storage) => {
  it('I1 nothing is sent where the store cannot be told: the token is unspent', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    bench.now += 400
    for (const condition of ['down', 'hang'] as const) {
      store.condition = condition
      expect(await browser.status()).toBe(503)
      expect(refreshes(bench)).toBe(0)
      bench.now += 2
    }
    store.condition = 'up'
    expect(await browser.status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_ended')).toEqual([])
  })

  it('I1 nothing is sent either where it can be read and not be written', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    bench.now += 400
    store.condition = ({ method }) => (method === 'set' || method === 'delete' ? 'down' : 'up')
    expect(await browser.status()).toBe(503)
    expect(refreshes(bench)).toBe(0)
    store.condition = 'up'
    bench.now += 2
    expect(await browser.status()).toBe(200)
  })

  it('a touch that cannot be written is left out', async () => {
    const { bench, store } = await create(storage, {
      session: { storage, idle: 600 },
    })
    const browser = await bench.signedIn()
    bench.now += 70
    store.condition = ({ method }) => (method === 'set' ? 'down' : 'up')
    expect(await browser.status()).toBe(200)
    store.condition = 'up'
    expect(await browser.status()).toBe(200)
  })

  it.each(['down', 'hang'] as const)(
    'I1 I6 it fails (%s) after the provider has rotated: the new tokens are not lost, here or elsewhere',
    async (fault) => {
      const { bench, store } = await create(storage)
      const browser = await bench.signedIn()
      const late = browser.copy()
      bench.now += 400
      bench.provider.answers.push(async (_form, good) => {
        store.condition = fault
        return good()
      })
      // Sealed cookies carry the tokens themselves, but whether the session was ended meanwhile cannot be asked.
      const { status, seconds } = await timed(browser)
      expect(status).toBe(503)
      expect(seconds).toBeLessThan(2.9)
      store.condition = 'up'
      bench.now += 2
      await expect.poll(() => late.at(bench.another()).status(), { timeout: 5000 }).toBe(200)
      expect(await browser.status()).toBe(200)
      expect(refreshes(bench)).toBe(1)
      expect(bench.eventsOf('session_ended')).toEqual([])
    },
    15_000,
  )

  it('I8 the lock of a process that could not hear that it had it is not waited for', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    bench.now += 400
    store.condition = ({ key }) => (key.endsWith(':lock') ? 'hang' : 'up')
    expect(await browser.status()).toBe(503)
    store.condition = 'hang'
    store.condition = 'up'
    bench.now += 2
    const { status, seconds } = await timed(browser.at(bench.another()))
    expect(status).toBe(200)
    expect(seconds).toBeLessThan(3)
    expect(refreshes(bench)).toBe(1)
  }, 15_000)
})

describe.each(['cookie', 'store'] as const)('a login while the store fails, sessions in the %s', (storage) => {
  it.each(['down', 'hang'] as const)(
    'SEC-077 I6 the code is not sent (%s), no cookie is set, and the same address works afterwards',
    async (fault) => {
      const { bench, store } = await create(storage)
      const browser = bench.browser()
      store.condition = fault
      const address = relative(await browser.startLogin(ada))
      const answer = await browser.route(address)
      expect(await readBad(answer)).toEqual({ status: 503, code: 'exchange_unavailable' })
      expect(answer.headers.get('retry-after')).toBe('5')
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(codes(bench)).toBe(0)
      store.condition = 'up'
      expect((await browser.route(address)).status).toBe(303)
      expect(await browser.user()).toBe('usr_ada')
      expect(codes(bench)).toBe(1)
    },
    15_000,
  )

  it('I6 nor by another process, which finds a login that never began', async () => {
    const { bench, store } = await create(storage)
    const browser = bench.browser()
    const address = relative(await browser.startLogin(ada))
    store.condition = 'hang'
    expect((await browser.route(address)).status).toBe(503)
    store.condition = 'up'
    expect((await browser.at(bench.another()).route(address)).status).toBe(303)
    expect(codes(bench)).toBe(1)
  }, 15_000)

  it('one that goes away while the code is exchanged signs nobody in, and the person can log in anew', async () => {
    const { bench, store } = await create(storage)
    const browser = bench.browser()
    const address = relative(await browser.startLogin(ada))
    bench.provider.answers.push(async (_form, good) => {
      store.condition = 'down'
      return good()
    })
    const answer = await browser.route(address)
    expect(answer.status).toBe(503)
    expect(browser.cookies.has(sessionName)).toBe(false)
    store.condition = 'up'
    expect([303, 400]).toContain((await browser.route(address)).status)
    expect((await browser.login(ada)).status).toBe(303)
    expect(await browser.user()).toBe('usr_ada')
  })

  it('I2 SEC-076 a session that could not be ended is not replaced: 503, and the same address works afterwards', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn(ada)
    const copy = browser.copy()
    const address = relative(await browser.startLogin(bob, '?prompt=login'))
    store.condition = ({ method }) => (method === 'marks.write' ? 'down' : 'up')
    const answer = await browser.route(address)
    expect(answer.status).toBe(503)
    expect(await browser.user()).toBe('usr_ada')
    store.condition = 'up'
    expect((await browser.route(address)).status).toBe(303)
    expect(await browser.user()).toBe('usr_bob')
    expect(await copy.user()).toBeNull()
    expect(codes(bench)).toBe(2)
  })

  it('a repeated callback is 503, and is answered afterwards', async () => {
    const { bench, store } = await create(storage)
    const browser = bench.browser()
    const address = relative(await browser.startLogin(ada))
    await browser.route(address)
    const elsewhere = browser.at(bench.another())
    store.condition = 'down'
    expect(await readBad(await elsewhere.route(address))).toEqual({ status: 503, code: 'exchange_unavailable' })
    store.condition = 'up'
    expect((await elsewhere.route(address)).headers.get('location')).toBe('https://app.example/')
  })

  it('an IdP-initiated login is 503, and its token is good afterwards, once', async () => {
    const { bench, store } = await create(storage)
    const token = await bench.provider.sign({
      iss: bench.provider.issuer,
      organization_id: 'org_1',
      iat: bench.now,
      nbf: bench.now,
      exp: bench.now + 300,
    })
    const arrive = () => bench.browser().route(`/auth/login?idp_initiated_login=${token}`, { site: 'cross-site' })
    store.condition = 'down'
    expect((await arrive()).status).toBe(503)
    store.condition = 'up'
    expect((await arrive()).status).toBe(303)
    expect((await arrive()).status).toBe(400)
  })
})

describe.each(['cookie', 'store'] as const)('a log-out while the store fails, sessions in the %s', (storage) => {
  const unable: readonly [string, (store: FaultyStore) => void][] = [
    ['down', (store) => Object.assign(store, { condition: 'down' })],
    ['hangs', (store) => Object.assign(store, { condition: 'hang' })],
    [
      'cannot be written',
      (store) => {
        store.condition = ({ method }) => (method === 'marks.write' || method === 'delete' ? 'down' : 'up')
      },
    ],
  ]

  it.each(unable)('SEC-205 I7 %s: 503, no cookie goes, and the next attempt ends the session', async (label, fail) => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    const copy = browser.copy()
    fail(store)
    for (const visit of [{ form: {} }, { form: {}, as: 'fetch' }] as const) {
      const answer = await browser.route('/auth/logout', visit)
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []])
    }
    expect(bench.eventsOf('logout')).toEqual([])
    store.condition = 'up'
    // What hung is carried out after all.
    if (label !== 'hangs') expect(await browser.status()).toBe(200)
    expect((await browser.route('/auth/logout', { form: {} })).status).toBe(200)
    expect(await browser.status()).toBe(401)
    expect(await copy.status()).toBe(401)
    expect(await copy.at(bench.another()).status()).toBe(401)
  })

  it('SEC-205 I7 by the app: it throws, and nothing has ended', async () => {
    const { bench, store } = await create(storage)
    const browser = await bench.signedIn()
    store.condition = 'down'
    await browser.page(async (context, jar) => {
      await expect(context.logout()).rejects.toMatchObject({ code: 'store_unavailable' })
      expect(jar.setCookies()).toEqual([])
    })
    store.condition = 'up'
    expect(await browser.status()).toBe(200)
  })

  it.each(['down', 'hang'] as const)(
    'I6 I7 a logout token is 400 (%s), and is carried out afterwards',
    async (fault) => {
      const { bench, store } = await create(storage)
      const browser = await bench.signedIn()
      const token = await bench.provider.logoutToken({ sid: ada.sid })
      const send = () =>
        bench
          .browser()
          .route('/auth/backchannel-logout', { as: 'fetch', site: 'cross-site', form: { logout_token: token } })
      store.condition = fault
      const refused = await send()
      expect([refused.status, await refused.json()]).toEqual([
        400,
        { error: 'temporarily_unavailable', error_description: 'revocation_unavailable' },
      ])
      store.condition = 'up'
      expect((await send()).status).toBe(200)
      expect((await send()).status).toBe(200)
      expect(bench.eventsOf('backchannel_logout').map(({ replayed }) => replayed)).toEqual([false, true])
      expect(await browser.at(bench.another()).status()).toBe(401)
    },
  )

  it.each(['down', 'hang', 'marks'] as const)(
    'SEC-270 I6 I7 a webhook is 503 (%s), and is handled afterwards, once',
    async (fault) => {
      const heard: string[] = []
      const { bench, store } = await create(storage, {
        webhooks: { secret: webhookSecret, onOther: (event) => void heard.push(event.type) },
      })
      const browser = await bench.signedIn()
      const body = eventBody(
        'user.logout',
        { user_session: { user_id: 'usr_ada', session_id: ada.sid } },
        { occurred_at: new Date(bench.now * 1000).toISOString() },
      )
      const send = async (kit = bench.kit) =>
        kit.handle(
          new Request('https://app.example/auth/webhooks', {
            method: 'POST',
            body,
            headers: await signedHeaders(body, { timestamp: bench.now }),
          }),
        )
      store.condition = fault === 'marks' ? ({ method }) => (method === 'marks.write' ? 'down' : 'up') : fault
      expect((await send())?.status).toBe(503)
      expect(heard).toEqual([])
      store.condition = 'up'
      expect((await send())?.status).toBe(200)
      expect((await send(bench.another().kit))?.status).toBe(200)
      expect(heard).toEqual(['user.logout'])
      expect(await browser.status()).toBe(401)
    },
  )

  it('a bearer token is 503, and passes afterwards', async () => {
    const { bench, store } = await create(storage)
    const token = await (await bench.signedIn()).page((context) => context.accessToken())
    const call = async () => {
      const visit = { as: 'fetch', headers: { authorization: `Bearer ${token}` } } as const
      return bench.browser().page(async (context) => {
        const { refusal } = await context.authorizeBearer({ audience: 'skc_12345', callers: 'any' })
        return refusal === undefined ? 200 : refusal.status
      }, visit)
    }
    expect(await call()).toBe(200)
    store.condition = 'down'
    expect(await call()).toBe(503)
    store.condition = 'up'
    expect(await call()).toBe(200)
    await bench.backchannel({ sid: ada.sid })
    expect(await call()).toBe(401)
  })
})

describe('a copy of the marks that is fresh enough', () => {
  it('serves sealed sessions without the store, and for no longer than the app allows', async () => {
    const store = faultyStore()
    const bench = await createBench({ store, revocation: { maxStaleness: 0.6 } })
    const browser = await bench.signedIn()
    await expect.poll(() => store.calls.length).toBeGreaterThan(0)
    const before = store.calls.length
    for (let i = 0; i < 20; i++) expect(await browser.status()).toBe(200)
    expect(store.calls.length).toBe(before)
    store.condition = 'down'
    expect(await browser.status()).toBe(200)
    await expect.poll(() => browser.status(), { timeout: 2000 }).toBe(503)
    store.condition = 'up'
    expect(await browser.status()).toBe(200)
  })

  it('opted in, sessions are believed for a while although nobody can be asked, and it is said', async () => {
    const store = faultyStore()
    const bench = await createBench({ store, revocation: { maxStaleness: 0, failOpenFor: 1 } })
    const browser = await bench.signedIn()
    store.condition = 'down'
    expect(await browser.status()).toBe(200)
    expect(bench.eventsOf('revocation_unchecked')).toHaveLength(1)
    await expect.poll(() => browser.status(), { timeout: 3000 }).toBe(503)
  })

  it('opted in, a process that never heard the marks believes nobody', async () => {
    const store = faultyStore()
    const bench = await createBench({ store, revocation: { maxStaleness: 0, failOpenFor: 60 } })
    const browser = await bench.signedIn()
    store.condition = 'down'
    expect(await browser.at(bench.another()).status()).toBe(503)
  })
})
