import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createExpiringMap } from './expiring-map.js'

function bench(capacity: number) {
  const time = { now: 100 }
  const evicted = { count: 0 }
  const map = createExpiringMap<number>({
    clock: () => time.now,
    capacity,
    onEvicted: () => {
      evicted.count += 1
    },
  })
  return { time, evicted, map }
}

describe('createExpiringMap', () => {
  it('forgets at the instant an entry ends', () => {
    const { time, map } = bench(10)
    map.set('a', 1, 110)
    time.now = 109
    expect(map.get('a')).toBe(1)
    time.now = 110
    expect(map.get('a')).toBeUndefined()
    expect(map.size()).toBe(0)
  })

  it('drops expired entries first, and nobody needs to hear of it', () => {
    const { time, map, evicted } = bench(2)
    map.set('short', 1, 105)
    map.set('long', 2, 200)
    time.now = 106
    map.set('new', 3, 200)
    expect([map.get('long'), map.get('new'), evicted.count]).toEqual([2, 3, 0])
  })

  it('drops the oldest live entry when there is no other way, and says so', () => {
    const { map, evicted } = bench(2)
    map.set('a', 1, 200)
    map.set('b', 2, 200)
    map.set('a', 3, 200)
    map.set('c', 4, 200)
    expect([map.get('a'), map.get('b'), map.get('c'), evicted.count]).toEqual([3, undefined, 4, 1])
  })

  it('writing an entry again evicts nobody', () => {
    const { map, evicted } = bench(1)
    map.set('a', 1, 200)
    map.set('a', 2, 200)
    expect([map.get('a'), map.size(), evicted.count]).toEqual([2, 1, 0])
  })

  it('deletes', () => {
    const { map } = bench(1)
    map.set('a', 1, 200)
    map.delete('a')
    expect(map.get('a')).toBeUndefined()
  })

  it('SEC-360 never holds more than its capacity, and every live loss is told', () => {
    const step = fc.record({ key: fc.nat(20), life: fc.integer({ min: 1, max: 30 }), wait: fc.nat(5) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { time, map, evicted } = bench(5)
        const model = new Map<string, number>()
        for (const { key, life, wait } of steps) {
          time.now += wait
          const before = evicted.count
          map.set(`k${key}`, key, time.now + life)
          model.set(`k${key}`, time.now + life)
          expect(map.size()).toBeLessThanOrEqual(5)
          const lost = [...model].filter(([name, end]) => end > time.now && map.get(name) === undefined)
          if (lost.length > 0) expect(evicted.count).toBeGreaterThan(before)
          for (const [name] of lost) model.delete(name)
        }
      }),
    )
  })
})
