import { describe, expect, it } from 'vitest'
import { createIronSealer } from '../seal/iron-sealer.js'
import { memoryStore } from '../state/memory-store.js'
import { createSealedRecords } from '../store/sealed-records.js'
import { type FaultyStore, faultyStore } from '../test/faulty-store.js'
import { ada, clientId, cookieSecret, createBench, start } from '../test/fixture.js'
import { refreshes } from '../test/several-processes.js'

/** A process beside which another version of the kit is at work on the same store. */
async function deploy(storage: 'cookie' | 'store') {
  const time = { now: start }
  const store = faultyStore(() => memoryStore({ clock: () => time.now }))
  const bench = await createBench({ store, session: { storage }, timeouts: { refresh: 1, exchange: 1 } })
  const pass = (seconds: number) => {
    bench.now += seconds
    time.now = bench.now
  }
  pass(0)
  const context = { issuer: bench.provider.issuer, clientId }
  const sealer = (purpose: string, name: string) =>
    createIronSealer({ secrets: [cookieSecret], clock: () => bench.now, context: { purpose, name, ...context } })
  /** What a later version would write under a key. */
  const write = (name: string, key: string, data: unknown = { v: 2 }) =>
    createSealedRecords({
      store,
      name,
      sealer: sealer('store', name),
      parse: () => undefined,
      emit: () => undefined,
    }).write(key, data, 3600)
  return { bench, store, pass, write, sealer }
}

async function keysOf(store: FaultyStore, kind: string): Promise<readonly string[]> {
  return [...(await store.entries()).keys()].filter((key) => key.startsWith(kind) && !key.endsWith(':lock'))
}

/** The name under which the refreshes of a session are settled. */
const asked = (store: FaultyStore) =>
  store.calls.map(({ key }) => key).findLast((key) => key.startsWith('refresh:') && !key.endsWith(':lock')) ?? ''

describe('beside another version of the kit, during a deploy', () => {
  it('SEC-163 a session in the store that it wrote is a stranger’s here, and is left to it', async () => {
    const { bench, store, write } = await deploy('store')
    const browser = await bench.signedIn()
    const [key = ''] = await keysOf(store, 'session:')
    await write('session', key)
    const before = await store.entries()
    const cookies = new Map(browser.cookies)
    expect([await browser.status(), await browser.status()]).toEqual([401, 401])
    expect((await browser.page(async (context) => context.session())) ?? null).toBeNull()
    expect(await store.entries()).toEqual(before)
    expect(browser.cookies).toEqual(cookies)
    expect(bench.eventsOf('record_refused')).toMatchObject([{ record: 'session', reason: 'other_version' }])
    expect(bench.eventsOf('session_refused').at(-1)).toMatchObject({ reason: 'other_version' })
    // A login here is a session of its own.
    expect((await browser.login(ada)).status).toBe(303)
    expect(await browser.status()).toBe(200)
  })

  it('SEC-155 a cookie that it wrote is a stranger’s here, and stays in the browser', async () => {
    const { bench, sealer } = await deploy('cookie')
    const browser = await bench.signedIn()
    const name = [...browser.cookies.keys()].find((each) => each.startsWith('__Host-scalegate')) ?? ''
    const sealed = await sealer('session', name).seal({ v: 2 }, 3600)
    browser.plant(name, sealed)
    expect(await browser.page(async (context, jar) => [await context.session(), jar.setCookies()])).toEqual([null, []])
    expect(bench.eventsOf('session_refused')).toMatchObject([{ reason: 'other_version' }])
  })

  it('I1 SEC-165 a session that it wrote while one is written here stays, and nobody is signed out', async () => {
    const { bench, store, pass, write } = await deploy('store')
    const browser = await bench.signedIn()
    const [key = ''] = await keysOf(store, 'session:')
    pass(400)
    bench.provider.answers.push(async (_form, good) => {
      await write('session', key)
      return good()
    })
    expect(await browser.status()).toBe(200)
    expect(bench.eventsOf('session_ended')).toEqual([])
    const [after] = await keysOf(store, 'session:')
    expect(after).toBe(key)
  })

  describe.each(['cookie', 'store'] as const)('sessions in the %s', (storage) => {
    it.each([
      ['what it came to', { kind: 'session', record: { v: 2 } }],
      ['what this one has no word for', { kind: 'handed-over' }],
    ])('I1 a refresh that it has made is not made again: %s', async (_label, entry) => {
      const { bench, store, pass, write } = await deploy(storage)
      const browser = await bench.signedIn()
      pass(400)
      // Before it is asked for the first time, its name is not known here.
      bench.provider.answers.push(() => Promise.reject(new Error('down')))
      expect(await browser.status()).toBe(503)
      await write('refresh', asked(store), entry)
      pass(5)
      const calls = refreshes(bench)
      expect([await browser.status(), await browser.status()]).toEqual([503, 503])
      expect(refreshes(bench)).toBe(calls)
      expect(bench.eventsOf('refresh_failed').at(-1)).toMatchObject({ reason: 'refreshed_by_other_version' })
      expect(bench.eventsOf('session_ended')).toEqual([])
      expect(await keysOf(store, 'refresh:')).toEqual([asked(store)])
    })

    it('I1 a refresh that it has made while the provider was asked here ends nobody', async () => {
      const { bench, store, pass, write } = await deploy(storage)
      const browser = await bench.signedIn()
      pass(400)
      bench.provider.answers.push(async () => {
        await write('refresh', asked(store), { kind: 'session', record: { v: 2 } })
        return new Response('{"error":"invalid_grant"}', { status: 400 })
      })
      expect(await browser.status()).toBe(503)
      expect(bench.eventsOf('session_ended')).toEqual([])
      expect(bench.eventsOf('refresh_failed')).toMatchObject([{ reason: 'refreshed_by_other_version' }])
    })

    it('SEC-049 a login that it has answered is not answered again', async () => {
      const { bench, store, write } = await deploy(storage)
      const browser = bench.browser()
      await bench.signedIn()
      const calls = bench.provider.tokenCalls.length
      const [known = ''] = await keysOf(store, 'login:')
      expect(known).not.toBe('')
      store.condition = ({ method, key }) => {
        if (method !== 'set' || !key.startsWith('login:') || key === known) return 'up'
        store.condition = 'up'
        void write('login', key)
        return 50
      }
      const begun = performance.now()
      expect((await browser.login(ada)).status).toBe(400)
      expect(performance.now() - begun).toBeLessThan(900)
      expect(bench.provider.tokenCalls.length).toBe(calls)
    })
  })
})
