import { expect, it } from 'vitest'
import { createScalegate } from '../auth/scalegate.js'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import type { Store } from '../options/store.js'
import { memoryStore } from '../state/memory-store.js'
import { faultyStore } from '../test/faulty-store.js'
import { ada, type Bench, clientId, clientSecret, cookieSecret, createBench } from '../test/fixture.js'
import type { ReachedApp } from '../test/test-browser.js'

/** Another kit of the same environment in the process that is at work now. */
function kitBeside(bench: Bench, options: ScalegateOptions): ReachedApp {
  const kit = createScalegate(
    {
      issuer: bench.provider.issuer,
      clientId,
      clientSecret,
      cookieSecret,
      baseUrl: bench.base,
      fetch: bench.provider.fetch,
      clock: () => bench.now,
      ...options,
    },
    () => ({}),
  )
  kit.validate()
  return {
    kit,
    base: bench.base,
    get now() {
      return bench.now
    },
  }
}

it('I2 a kit that comes after one without a store hears of a back-channel logout that another process was sent', async () => {
  const store = memoryStore()
  const bench = await createBench({ store })
  const browser = await bench.signedIn()
  bench.another()
  kitBeside(bench, {})
  const second = kitBeside(bench, { store, revocation: { maxStaleness: 0 } })
  bench.now += 5
  expect(await browser.copy().at(second).status()).toBe(200)
  expect((await bench.backchannel({ sid: ada.sid })).status).toBe(200)
  expect([await browser.copy().status(), await browser.copy().at(second).status()]).toEqual([401, 401])
})

it('I2 a mark that a kit of short sessions writes lasts for those of a longer one beside it', async () => {
  const time = { now: 0 }
  const store = memoryStore({ clock: () => time.now })
  const bench = await createBench({
    store,
    revocation: { maxStaleness: 0 },
    session: { absolute: 86_400, idle: 86_400 },
  })
  time.now = bench.now
  const short = kitBeside(bench, { store, session: { absolute: 3600, idle: 3600 } })
  const browser = await bench.signedIn()
  const hour = 3700
  bench.provider.end(ada.sid)
  const answer = await bench
    .browser()
    .at(short)
    .route('/auth/backchannel-logout', {
      as: 'fetch',
      site: 'cross-site',
      form: { logout_token: await bench.provider.logoutToken({ sid: ada.sid }) },
    })
  expect(answer.status).toBe(200)
  bench.now += hour
  time.now = bench.now
  const later = bench.another()
  expect(await browser.at(later).status()).toBe(401)
  expect(bench.eventsOf('session_refused').at(-1)).toMatchObject({ reason: 'revoked' })
})

it('kits that share a store hear by one feed, however many there are', async () => {
  const engine = memoryStore()
  let followers = 0
  const store: Store = {
    ...engine,
    marks: {
      ...engine.marks,
      follow(follower) {
        followers += 1
        return engine.marks.follow(follower)
      },
    },
  }
  const bench = await createBench({ store })
  for (let count = 0; count < 20; count++) kitBeside(bench, { store })
  expect(followers).toBe(1)
})

it('a kit asks its own store, as often as its own options say', async () => {
  const engine = memoryStore()
  const first = faultyStore(() => engine)
  const bench = await createBench({ store: first })
  const browser = await bench.signedIn()
  const second = faultyStore(() => engine)
  const strict = kitBeside(bench, { store: second, revocation: { maxStaleness: 0 } })
  const reads = (store: Store & { readonly calls: readonly { readonly method: string }[] }) =>
    store.calls.filter(({ method }) => method === 'marks.read').length
  const before = reads(first)
  expect(await browser.copy().at(strict).status()).toBe(200)
  expect([reads(second), reads(first)]).toEqual([1, before])
  first.condition = 'down'
  expect(await browser.copy().at(strict).status()).toBe(200)
})

it('I2 what one kit of a process has heard, every kit of it knows, also one without a store', async () => {
  const bench = await createBench({ store: memoryStore() })
  const beside = kitBeside(bench, {})
  const browser = bench.browser().at(beside)
  bench.now += 5
  expect((await browser.login(ada)).status).toBe(303)
  expect(await browser.status()).toBe(200)
  expect((await bench.backchannel({ sid: ada.sid })).status).toBe(200)
  expect(await browser.status()).toBe(401)
})
