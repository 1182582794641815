import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Emit, ScalegateEvent } from '../model/events.js'
import type { MarkFollower, Store } from '../options/store.js'
import { type FaultyStore, faultyStore, storeCanary } from '../test/faulty-store.js'
import { createStoreHealth, guardStore } from './guarded-store.js'

const methods: readonly [string, (store: Store) => Promise<unknown>][] = [
  ['get', (store) => store.get('a')],
  ['set', (store) => store.set('a', 'x', 60)],
  ['delete', (store) => store.delete('a')],
  ['raise', (store) => store.raise('a', 'x', 60)],
  ['marks.write', (store) => store.marks.write([{ key: 'a', name: 'a', at: 1 }], 60)],
  ['marks.read', (store) => store.marks.read(['a'])],
]

let engine: FaultyStore
let store: Store
let events: ScalegateEvent[]
const unhandled: unknown[] = []
const listen = (reason: unknown) => void unhandled.push(reason)

beforeEach(() => {
  engine = faultyStore()
  events = []
  store = guardStore(engine, (type, details) => void events.push({ type, at: 0, ...details } as never))
  unhandled.length = 0
  process.on('unhandledRejection', listen)
})
afterEach(() => {
  vi.useRealTimers()
  process.off('unhandledRejection', listen)
})

describe('the store of the app', () => {
  it('is asked as it is while it answers', async () => {
    expect(await store.set('a', 'x', 60, 'absent')).toBe(true)
    expect(await store.set('a', 'y', 60, 'absent')).toBe(false)
    expect(await store.set('a', 'y', 60, { is: 'x' })).toBe(true)
    expect(await store.get('a')).toBe('y')
    expect(await store.delete('a', { is: 'x' })).toBe(false)
    expect(await store.delete('a', { is: 'y' })).toBe(true)
    expect(await store.raise('a', '1', 60)).toBeUndefined()
    await store.marks.write([{ key: 'a', name: 'a', at: 1 }], 60)
    expect((await store.marks.read(['a', 'b'])).at).toEqual([1, undefined])
    expect(events).toEqual([])
  })

  it('may say `null` for nothing, as clients of Redis do', async () => {
    const asClients = guardStore(
      {
        get: async () => null,
        raise: async () => null,
        marks: { read: async () => ({ since: 1, at: [null, 2] }) },
      } as never,
      () => undefined,
    )
    expect([await asClients.get('a'), await asClients.raise('a', '1', 60)]).toEqual([undefined, undefined])
    expect(await asClients.marks.read(['a', 'b'])).toEqual({ since: 1, at: [undefined, 2] })
  })

  it.each<[string, object, (store: Store) => Promise<unknown>]>([
    ['a text that is none', { get: async () => 1 }, (one) => one.get('a')],
    ['an object', { raise: async () => ({}) }, (one) => one.raise('a', '1', 60)],
    ['“OK” for written', { set: async () => 'OK' }, (one) => one.set('a', 'x', 60)],
    ['nothing for written', { set: async () => undefined }, (one) => one.set('a', 'x', 60, 'absent')],
    ['no beginning', { marks: { read: async () => ({ at: [] }) } }, (one) => one.marks.read([])],
    ['a beginning in text', { marks: { read: async () => ({ since: '1', at: [] }) } }, (one) => one.marks.read([])],
    ['too few instants', { marks: { read: async () => ({ since: 1, at: [] }) } }, (one) => one.marks.read(['a'])],
    ['instants in text', { marks: { read: async () => ({ since: 1, at: ['2'] }) } }, (one) => one.marks.read(['a'])],
    ['no reading at all', { marks: { read: async () => undefined } }, (one) => one.marks.read([])],
  ])('I4 %s is no answer', async (_label, broken, ask) => {
    await expect(ask(guardStore(broken as Store, () => undefined))).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('I4 a feed that cannot say since when it is complete, or when a mark was made, says nothing', () => {
    const heard: number[] = []
    const marks = {
      follow(follower: MarkFollower) {
        follower.current(0, Number.NaN)
        follower.current(Number.NaN, 1)
        follower.current(0, 2)
        follower.marks([{ name: 'a', at: Number.NaN }, { name: 'b' } as never, { name: 'c', at: 3 }])
        return () => undefined
      },
    }
    guardStore({ marks } as unknown as Store, () => undefined).marks.follow({
      marks: (told) => void heard.push(...told.map(({ at }) => at)),
      current: (_age, since) => void heard.push(since),
    })
    expect(heard).toEqual([2, 3])
  })

  it.each(methods)('%s that fails is store_unavailable, and nothing of the failure is told', async (method, ask) => {
    engine.condition = 'down'
    const error = await ask(store).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_unavailable', status: 503 })
    expect(inspect(error, { depth: 9 })).not.toContain(storeCanary)
    expect(events).toEqual([{ type: 'store_unavailable', at: 0, during: method }])
  })

  it.each(methods)('%s that throws at once is store_unavailable', async (_method, ask) => {
    const broken = guardStore({ marks: {} } as Store, () => undefined)
    await expect(ask(broken)).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it.each(methods)('%s that hangs is given up after a second, and its late failure is nobody’s', async (_, ask) => {
    vi.useFakeTimers()
    engine.condition = 'hang'
    const settled: string[] = []
    const asked = ask(store).catch((error: { code: string }) => void settled.push(error.code))
    await vi.advanceTimersByTimeAsync(990)
    expect(settled).toEqual([])
    await vi.advanceTimersByTimeAsync(20)
    await asked
    expect(settled).toEqual(['store_unavailable'])
    expect(vi.getTimerCount()).toBe(0)
    engine.condition = 'up'
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(unhandled).toEqual([])
  })

  it('says once that it is away and once that it is back, however many ask', async () => {
    engine.condition = 'down'
    await Promise.allSettled(Array.from({ length: 20 }, () => store.get('a')))
    expect(events.map(({ type }) => type)).toEqual(['store_unavailable'])
    engine.condition = 'up'
    await sleep(1_050)
    await Promise.all(Array.from({ length: 20 }, () => store.get('a')))
    expect(events).toEqual([
      { type: 'store_unavailable', at: 0, during: 'get' },
      { type: 'store_available', at: 0, seconds: 1 },
    ])
    engine.condition = 'down'
    await store.get('a').catch(() => undefined)
    expect(events).toHaveLength(3)
  })

  it('is not well where it reads and cannot write, whatever it answers between', async () => {
    for (let round = 0; round < 5; round++) {
      engine.condition = ({ method }) => (method === 'set' ? 'down' : 'up')
      await store.set('a', 'x', 60).catch(() => undefined)
      await store.get('a')
    }
    expect(events.map(({ type }) => type)).toEqual(['store_unavailable'])
  })

  it('an answer that comes late does not say that it is back', async () => {
    vi.useFakeTimers()
    engine.condition = 1500
    const late = store.get('a').catch(() => undefined)
    await vi.advanceTimersByTimeAsync(2000)
    await late
    expect(events.map(({ type }) => type)).toEqual(['store_unavailable'])
  })

  it('keeps no timer, and with it no process, for questions that were answered', async () => {
    vi.useFakeTimers()
    await Promise.all(methods.map(([, ask]) => ask(store)))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('begins anew where it can, and does not fail at it', () => {
    store.reset?.()
    expect(engine.resets()).toBe(1)
    expect(() => guardStore({ ...engine, reset: boom }, () => undefined).reset?.()).not.toThrow()
  })

  it('tells its followers, and is closed', async () => {
    const heard: string[] = []
    const stop = store.marks.follow({
      marks: (marks) => void heard.push(...marks.map(({ name }) => name)),
      current: () => undefined,
    })
    await store.marks.write([{ key: 'a', name: 'sid:1', at: 1 }], 60)
    stop()
    await store.marks.write([{ key: 'b', name: 'sid:2', at: 1 }], 60)
    expect(heard).toEqual(['sid:1'])
    await expect(store.close()).resolves.toBeUndefined()
  })

  it('answers again where the feed is heard, whatever program of the process had asked', async () => {
    const health = createStoreHealth()
    const emit: Emit = (type, details) => void events.push({ type, at: 0, ...details } as never)
    const [one, other] = [guardStore(engine, emit, health), guardStore(engine, emit, health)]
    engine.condition = 'down'
    await Promise.allSettled([one.get('a'), other.get('a')])
    expect(events.map(({ type }) => type)).toEqual(['store_unavailable'])
    engine.condition = 'up'
    await sleep(1_050)
    onTestFinished(other.marks.follow({ marks: () => undefined, current: () => undefined }))
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(['store_unavailable', 'store_available']))
  })
})

function boom(): never {
  throw new Error(storeCanary)
}
