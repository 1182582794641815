import { describe, expect, it, onTestFinished } from 'vitest'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { memoryStore } from '../state/memory-store.js'
import { faultyStore } from '../test/faulty-store.js'
import { ada, createBench, start } from '../test/fixture.js'
import { relative } from '../test/test-browser.js'

const refreshes = (bench: Awaited<ReturnType<typeof createBench>>) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length

describe.each(['cookie', 'store'] as const)('several processes with one store, sessions in the %s', (storage) => {
  const create = (options: ScalegateOptions = {}) =>
    createBench({ store: memoryStore(), session: { storage }, ...options })

  it('a session of one is known in all', async () => {
    const bench = await create()
    const browser = await bench.signedIn()
    expect(await browser.at(bench.another()).user()).toBe('usr_ada')
    expect(refreshes(bench)).toBe(0)
  })

  it('SEC-178 I6 a refresh token is redeemed once, whichever processes ask', async () => {
    const bench = await create()
    const browser = await bench.signedIn()
    const others = [bench.another(), bench.another(), bench.another()]
    bench.now += 280
    const statuses = await Promise.all(
      [browser, ...others.map((app) => browser.at(app))].flatMap((one) =>
        Array.from({ length: 12 }, () => one.copy().status()),
      ),
    )
    expect(statuses.filter((status) => status !== 200)).toEqual([])
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_refreshed')).toHaveLength(1)
  })

  it('a request that left before finds the new tokens in another process', async () => {
    const bench = await create()
    const browser = await bench.signedIn()
    const late = browser.copy()
    bench.now += 280
    expect(await browser.status()).toBe(200)
    bench.now += 30
    expect(await late.at(bench.another()).status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
  })

  it('I2 a log-out in one ends every copy in all', async () => {
    const bench = await create()
    const browser = await bench.signedIn()
    const copy = browser.copy()
    const other = bench.another()
    await browser.route('/auth/logout', { form: {} })
    expect(await copy.at(other).status()).toBe(401)
    expect(await copy.status()).toBe(401)
  })

  it('I2 a back-channel logout that one hears ends the session in all, also in one that starts later', async () => {
    const bench = await create()
    const browser = await bench.signedIn()
    const other = bench.another()
    expect((await bench.backchannel({ sid: ada.sid })).status).toBe(200)
    expect(await browser.at(other).status()).toBe(401)
    expect(await browser.at(bench.another()).status()).toBe(401)
  })

  it('a restart asks the provider about nobody: the marks are in the store', async () => {
    const bench = await create()
    const browser = await bench.signedIn()
    bench.now += 60
    bench.restart()
    expect(await browser.status()).toBe(200)
    expect(refreshes(bench)).toBe(0)
  })

  it('SEC-049 a callback that reaches two processes at once sends the code once, and both sign in', async () => {
    const bench = await create()
    const other = bench.another()
    const browser = bench.browser()
    const address = relative(await browser.startLogin(ada))
    const [first, second] = await Promise.all([browser.copy().route(address), browser.copy().at(other).route(address)])
    expect([first.status, second.status]).toEqual([303, 303])
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })
})

it('an answer of now is had through however many refreshes of others lie between', async () => {
  const bench = await createBench({ store: memoryStore() })
  const browser = await bench.signedIn()
  const old = browser.copy()
  const fresh = (one: typeof old) =>
    one.page(async (context) => (await context.authorize({ fresh: true })).refusal?.status ?? 200)
  for (const app of [bench.another(), bench.another(), bench.another(), bench.another()]) {
    bench.now += 2
    expect(await fresh(old.copy().at(app))).toBe(200)
  }
})

it('a store whose clock is an hour ahead keeps no session from its refresh', async () => {
  const ahead = { of: start + 3600 }
  const bench = await createBench({ store: memoryStore({ clock: () => ahead.of }) })
  const browser = await bench.signedIn()
  bench.now += 280
  ahead.of += 280
  expect(await browser.status()).toBe(200)
  expect(refreshes(bench)).toBe(1)
})

it('a store in memory does not make one process of several', async () => {
  Object.defineProperty(globalThis, 'EdgeRuntime', { value: 'edge-runtime', configurable: true })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'EdgeRuntime'))
  const answer = await (await createBench({ store: memoryStore() })).backchannel({ sid: ada.sid })
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: 'invalid_request', error_description: 'revocation_store_required' },
  ])
})

it('SEC-183 I1 rotated tokens reach the browser where the marks cannot be asked after it', async () => {
  const store = faultyStore()
  const bench = await createBench({ store, revocation: { maxStaleness: 0 } })
  const browser = await bench.signedIn()
  bench.now += 280
  store.condition = ({ method }) => (method === 'marks.read' && refreshes(bench) > 0 ? 'down' : 'up')
  const before = [...browser.cookies.values()].join()
  expect(await browser.status()).toBe(503)
  expect([...browser.cookies.values()].join()).not.toBe(before)
  store.condition = 'up'
  bench.restart()
  await store.empty()
  expect(await browser.status()).toBe(200)
})
