import { describe, expect, it } from 'vitest'
import { createDeliveryMemory, deliveryMemory } from './delivery-memory.js'
import { processState } from './process-state.js'

function bench(capacity = 10) {
  const time = { now: 1_000 }
  return { time, store: createDeliveryMemory({ clock: () => time.now, capacity }) }
}

describe('createDeliveryMemory', () => {
  it('SEC-268 of many claims one gets it', async () => {
    const { store } = bench()
    const claims = await Promise.all(Array.from({ length: 50 }, () => store.claim('a', 60)))
    expect(claims.filter((claim) => claim === 'claimed')).toHaveLength(1)
    expect(claims.filter((claim) => claim === 'in_progress')).toHaveLength(49)
    expect(await store.claim('b', 60)).toBe('claimed')
  })

  it('SEC-268 what is complete stays so for its time', async () => {
    const { store, time } = bench()
    await store.claim('a', 60)
    await store.complete('a', 100)
    await store.release('a')
    time.now += 99
    expect(await store.claim('a', 60)).toBe('handled')
    time.now += 1
    expect(await store.claim('a', 60)).toBe('claimed')
  })

  it('SEC-269 a claim ends by release, and by itself', async () => {
    const { store, time } = bench()
    await store.claim('a', 60)
    await store.release('a')
    expect(await store.claim('a', 60)).toBe('claimed')
    time.now += 60
    expect(await store.claim('a', 60)).toBe('claimed')
  })

  it('SEC-278 gives the latest instant noted before, and an earlier one does not replace it', async () => {
    const { store, time } = bench()
    expect(await store.latest('o', '002', 100)).toBeUndefined()
    expect(await store.latest('o', '001', 100)).toBe('002')
    expect(await store.latest('o', '003', 100)).toBe('002')
    expect(await store.latest('o', '003', 100)).toBe('003')
    expect(await store.latest('p', '001', 100)).toBeUndefined()
    time.now += 100
    expect(await store.latest('o', '001', 100)).toBeUndefined()
  })

  it('keeps deliveries and objects apart, and few of both', async () => {
    const { store } = bench(2)
    await store.claim('a', 60)
    expect(await store.latest('a', '1', 60)).toBeUndefined()
    for (const key of ['b', 'c']) await store.claim(key, 60)
    expect([await store.claim('c', 60), await store.claim('a', 60)]).toEqual(['in_progress', 'claimed'])
  })
})

it('SEC-268 one process has one memory, for each client and route', async () => {
  const store = (client: string, route = '/auth/webhooks') =>
    deliveryMemory(processState('https://delivery-memory.example', client), route, () => 1)
  await store('one').claim('a', 60)
  expect([
    await store('one').claim('a', 60),
    await store('two').claim('a', 60),
    await store('one', '/other/webhooks').claim('a', 60),
  ]).toEqual(['in_progress', 'claimed', 'claimed'])
})
