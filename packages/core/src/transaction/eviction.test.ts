import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evictions, type PendingCookie } from './eviction.js'

const cookie = (name: string, startedAt: number, bytes = 500): PendingCookie => ({ name, startedAt, bytes })
const limits = { max: 3, maxBytes: 4096 }

describe('evictions', () => {
  it.each([
    ['nothing pending', [], 500, []],
    ['room for one more', [cookie('a', 1), cookie('b', 2)], 500, []],
    ['SEC-005 the oldest goes', [cookie('b', 2), cookie('a', 1), cookie('c', 3)], 500, ['a']],
    ['SEC-005 the oldest go until the bytes fit', [cookie('a', 1), cookie('b', 2, 3000)], 1000, ['a']],
    ['a new one that fills everything drops all others', [cookie('a', 1), cookie('b', 2)], 4096, ['b', 'a']],
    ['the same second is decided by name', [cookie('b', 1), cookie('a', 1), cookie('c', 1)], 500, ['c']],
  ] as const)('%s', (_label, pending, bytes, expected) => {
    expect(evictions(pending, bytes, limits)).toEqual(expected)
  })

  it('SEC-005 leaves at most max - 1, within the bytes, and never drops a newer one than it keeps by count', () => {
    const pending = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 3 }),
        startedAt: fc.nat(50),
        bytes: fc.integer({ min: 1, max: 2000 }),
      }),
      { selector: ({ name }) => name },
    )
    fc.assert(
      fc.property(
        pending,
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 10 }),
        (cookies, bytes, max) => {
          const dropped = new Set(evictions(cookies, bytes, { max, maxBytes: 4096 }))
          const kept = cookies.filter(({ name }) => !dropped.has(name))
          expect(kept.length).toBeLessThanOrEqual(max - 1)
          expect(kept.reduce((sum, one) => sum + one.bytes, bytes)).toBeLessThanOrEqual(Math.max(4096, bytes))
        },
      ),
    )
  })
})
