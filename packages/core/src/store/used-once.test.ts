import { describe, expect, it } from 'vitest'
import { memoryStore } from '../state/memory-store.js'
import { processState } from '../state/process-state.js'
import { faultyStore } from '../test/faulty-store.js'
import { createUsedOnce } from './used-once.js'

let made = 0

function bench(kind: 'store' | 'memory') {
  made += 1
  const time = { now: 1_800_000_000 }
  const clock = () => time.now
  const store = faultyStore(() => memoryStore({ clock }))
  const process = (owner = 'one', name = 'jti') => {
    const state = processState(`https://used-${made}-${owner}.example`, 'skc_1')
    return createUsedOnce({ name, owner, store: kind === 'store' ? store : undefined, clock, state })
  }
  return { time, store, process }
}

describe.each(['store', 'memory'] as const)('what may be used once, in the %s', (kind) => {
  it('is used by the first of many', async () => {
    const { process, time } = bench(kind)
    expect(await process().isUsed('a')).toBe(false)
    const uses = await Promise.all(Array.from({ length: 20 }, () => process().use('a', time.now + 60)))
    expect(uses.filter(Boolean)).toHaveLength(1)
    expect([await process().isUsed('a'), await process().isUsed('b')]).toEqual([true, false])
  })

  it('is remembered until its end', async () => {
    const { process, time } = bench(kind)
    await process().use('a', time.now + 60)
    time.now += 59
    expect(await process().isUsed('a')).toBe(true)
    time.now += 1
    expect(await process().isUsed('a')).toBe(false)
  })

  it('of another kind, or of another app on the same store, is another one', async () => {
    const { process, time } = bench(kind)
    await process().use('a', time.now + 60)
    expect(await process('one', 'step').isUsed('a')).toBe(false)
    expect(await process('two').isUsed('a')).toBe(false)
  })
})

describe('what may be used once, in the store', () => {
  it.each([0, -1, -1e9, 0.2])('has a positive lifetime, %d seconds before its end', async (seconds) => {
    const { process, time } = bench('store')
    expect(await process().use('a', time.now + seconds)).toBe(true)
    expect(await process().isUsed('a')).toBe(true)
    time.now += 1
    expect(await process().isUsed('a')).toBe(false)
  })

  it.each(['*', 'a:b', 'a\r\nFLUSHALL', '{tag}', '\u0000', 'x'.repeat(1_000_000)])(
    'SEC-161 nothing of it is in a key: %j',
    async (id) => {
      const { process, store, time } = bench('store')
      expect(await process().use(id, time.now + 60)).toBe(true)
      expect(store.written).toEqual([expect.stringMatching(/^used:jti:[A-Za-z0-9_-]{43}$/), '1'])
    },
  )

  it('cannot be told where the store does not answer', async () => {
    const { process, store, time } = bench('store')
    store.condition = 'down'
    await expect(process().isUsed('a')).rejects.toThrow()
    await expect(process().use('a', time.now + 60)).rejects.toThrow()
  })
})
