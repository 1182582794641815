import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStore } from '../state/memory-store.js'
import { faultyStore } from '../test/faulty-store.js'
import { guardStore } from './guarded-store.js'
import { createLateWrites } from './late-writes.js'
import { storedDeliveries } from './stored-deliveries.js'

function bench() {
  const time = { now: 1_800_000_000 }
  const store = faultyStore(() => memoryStore({ clock: () => time.now }))
  const process = () =>
    storedDeliveries(
      guardStore(store, () => undefined),
      createLateWrites(),
    )
  return { time, store, here: process(), there: process() }
}

afterEach(() => void vi.restoreAllMocks())

describe('deliveries in the store', () => {
  it('one of several processes gets one', async () => {
    const { here, there } = bench()
    const claims = await Promise.all([here, there, here, there].map((one) => one.claim('a', 300)))
    expect(claims.toSorted()).toEqual(['claimed', 'in_progress', 'in_progress', 'in_progress'])
    expect(await there.claim('b', 300)).toBe('claimed')
  })

  it('a handled one stays handled, for as long as it is to be remembered', async () => {
    const { here, there, time } = bench()
    await here.claim('a', 300)
    await here.complete('a', 1000)
    time.now += 999
    expect(await there.claim('a', 300)).toBe('handled')
    time.now += 1
    expect(await there.claim('a', 300)).toBe('claimed')
  })

  it('a released one is free, and so is that of a process that died', async () => {
    const { here, there, time } = bench()
    await here.claim('a', 300)
    await here.release('a')
    expect(await there.claim('a', 300)).toBe('claimed')
    time.now += 300
    expect(await here.claim('a', 300)).toBe('claimed')
  })

  it('a handled one is not released by somebody who comes late', async () => {
    const { here, there } = bench()
    await here.claim('a', 300)
    await there.complete('a', 1000)
    await here.release('a')
    expect(await there.claim('a', 300)).toBe('handled')
  })

  it('SEC-270 what another process has claimed meanwhile is not given back by one whose claim has ended', async () => {
    const { here, there, time } = bench()
    await here.claim('a', 300)
    time.now += 300
    await there.claim('a', 300)
    await here.release('a')
    expect(await here.claim('a', 300)).toBe('in_progress')
  })

  it('I8 a claim whose answer never came, or that could not be given back, is free soon after', async () => {
    const { here, there, store } = bench()
    store.condition = 'hang'
    await expect(here.claim('a', 300)).rejects.toMatchObject({ code: 'store_unavailable' })
    store.condition = 'up'
    await expect.poll(() => there.claim('a', 300), { timeout: 3000 }).toBe('claimed')
    store.condition = 'down'
    await there.release('a')
    store.condition = 'up'
    await expect.poll(() => here.claim('a', 300), { timeout: 3000 }).toBe('claimed')
  })

  it('a claim that could not be completed is forgotten when it is over', async () => {
    const { here, store } = bench()
    let passed = 0
    const begun = performance.now()
    vi.spyOn(performance, 'now').mockImplementation(() => begun + passed)
    for (const key of ['a', 'b']) {
      await here.claim(key, 300)
      store.condition = 'down'
      await expect(here.complete(key, 1000)).rejects.toMatchObject({ code: 'store_unavailable' })
      store.condition = 'up'
    }
    passed = 299_000
    await here.release('a')
    passed = 300_001
    await here.release('b')
    expect(store.calls.filter(({ method }) => method === 'delete').map(({ key }) => key)).toEqual(['delivery:a'])
  })

  it('one that ends between the two questions is told to come again', async () => {
    const { here, there, store } = bench()
    await here.claim('a', 300)
    store.condition = ({ method }) => (method === 'get' ? 20 : 'up')
    const claim = there.claim('a', 300)
    await here.release('a')
    expect(await claim).toBe('in_progress')
  })

  it('keeps the greatest order of an object, and says what was before', async () => {
    const { here, there } = bench()
    const orders = ['2', '1', '3'].map((order) => () => here.latest('object', order, 60))
    const before = []
    for (const ask of orders) before.push(await ask())
    expect(before).toEqual([undefined, '2', '2'])
    expect(await there.latest('object', '0', 60)).toBe('3')
    expect(await there.latest('another', '0', 60)).toBeUndefined()
  })

  it.each(['claim', 'complete', 'latest'] as const)('SEC-270 %s fails where the store does', async (method) => {
    const { here, store } = bench()
    store.condition = 'down'
    const asked = {
      claim: () => here.claim('a', 1),
      complete: () => here.complete('a', 1),
      latest: () => here.latest('a', '1', 1),
    }
    await expect(asked[method]()).rejects.toThrow()
  })
})
