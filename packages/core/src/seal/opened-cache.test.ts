import { describe, expect, it } from 'vitest'
import { createOpenedCache } from './opened-cache.js'

const bytesOf = (sealed: string) => sealed.length * 2 + 2560
/** A text of the length and shape of a seal; the last 43 characters differ. */
const seal = (index: number, length = 1000) => `Fe26.2*1*${'x'.repeat(length - 52)}${String(index).padStart(43, '0')}`

function cacheAt(now: number, maxBytes?: number) {
  const clock = { now }
  const cache = createOpenedCache<string>({ clock: () => clock.now, ...(maxBytes === undefined ? {} : { maxBytes }) })
  return { cache, clock }
}

describe('createOpenedCache', () => {
  it('gives back what was set, and nothing else', () => {
    const { cache } = cacheAt(0)
    expect(cache.get(seal(1))).toBeUndefined()
    cache.set(seal(1), 'one', 60)
    cache.set(seal(2), 'two', 60)
    expect(cache.get(seal(1))).toBe('one')
    expect(cache.get(seal(2))).toBe('two')
    cache.set(seal(1), 'uno', 60)
    expect(cache.get(seal(1))).toBe('uno')
    cache.delete(seal(1))
    expect(cache.get(seal(1))).toBeUndefined()
    expect(cache.get(seal(2))).toBe('two')
  })

  it('T14 compares the whole text: a known end opens nothing and removes nothing', () => {
    const { cache } = cacheAt(0)
    cache.set(seal(1), 'one', 60)
    const forged = `${'y'.repeat(957)}${seal(1).slice(-43)}`
    for (const other of [forged, seal(1).slice(-43), seal(1).slice(1), `x${seal(1)}`]) {
      expect(cache.get(other)).toBeUndefined()
      cache.delete(other)
      expect(cache.get(seal(1))).toBe('one')
    }
  })

  it('remembers nothing at or beyond its expiry', () => {
    const { cache, clock } = cacheAt(100)
    cache.set(seal(1), 'one', 160)
    clock.now = 159
    expect(cache.get(seal(1))).toBe('one')
    clock.now = 160
    expect(cache.get(seal(1))).toBeUndefined()
    clock.now = 159
    expect(cache.get(seal(1))).toBeUndefined()
    cache.set(seal(2), 'two', 159)
    expect(cache.get(seal(2))).toBeUndefined()
  })

  it('T14 never holds more than its bytes, and keeps what is in use', () => {
    const entry = bytesOf(seal(0))
    const { cache } = cacheAt(0, 20 * entry)
    cache.set(seal(0), 'in use', 60)
    for (let index = 1; index <= 500; index++) {
      cache.set(seal(index), String(index), 60)
      expect(cache.get(seal(0))).toBe('in use')
    }
    const held = Array.from({ length: 501 }, (_, index) => index).filter(
      (index) => cache.get(seal(index)) !== undefined,
    )
    expect(held.length).toBeLessThanOrEqual(20)
    expect(held.length).toBeGreaterThanOrEqual(10)
    expect(held).toContain(500)
    expect(held).not.toContain(1)
  })

  it('does not count an entry twice that is set again', () => {
    const entry = bytesOf(seal(0))
    const { cache } = cacheAt(0, 4 * entry)
    cache.set(seal(1), 'one', 60)
    for (let count = 0; count < 50; count++) cache.set(seal(2), 'two', 60)
    expect(cache.get(seal(1))).toBe('one')
  })

  it('leaves out what would fill a generation by itself', () => {
    const { cache } = cacheAt(0, 2 * bytesOf(seal(0)))
    cache.set(seal(0), 'fits', 60)
    cache.set(seal(1, 1001), 'does not', 60)
    expect(cache.get(seal(0))).toBe('fits')
    expect(cache.get(seal(1, 1001))).toBeUndefined()
  })

  it('T14 is untouched by a flood of cookies it has never seen', () => {
    const { cache } = cacheAt(0)
    const known = Array.from({ length: 500 }, (_, index) => seal(index))
    for (const sealed of known) cache.set(sealed, 'known', 60)
    for (let index = 1000; index < 51_000; index++) expect(cache.get(seal(index, 200))).toBeUndefined()
    expect(known.filter((sealed) => cache.get(sealed) === 'known')).toHaveLength(500)
  })
})
