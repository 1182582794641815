import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMarkTable } from './mark-table.js'

const start = 1_000_000

function bench(capacity = 1000, lifetime = 100) {
  const time = { now: start }
  const table = createMarkTable({ clock: () => time.now, capacity })
  table.keepFor(lifetime)
  return { time, table, forgotten: () => !table.isWhole() }
}

describe('a table of marks', () => {
  it('covers what lies at the mark or before it', () => {
    const { table } = bench()
    table.raise('a', 50.5)
    expect([50, 50.5, 50.501, 51].map((at) => table.covers('a', at))).toEqual([true, true, false, false])
    expect(table.covers('b', 0)).toBe(false)
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty', ''])('SEC-301 knows no name that nobody wrote: %j', (name) => {
    const { table } = bench()
    expect(table.covers(name, 0)).toBe(false)
    table.raise(name, 5)
    expect(table.covers(name, 5)).toBe(true)
  })

  it('I2 never moves back, in whatever order marks come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.double({ min: 0, max: 100, noNaN: true }))),
        (marks) => {
          const { table } = bench()
          const latest = new Map<string, number>()
          for (const [name, at] of marks) {
            table.raise(name, at)
            latest.set(name, Math.max(latest.get(name) ?? 0, at))
            for (const [known, mark] of latest) expect(table.covers(known, mark)).toBe(true)
          }
          expect(table.size()).toBe(latest.size)
        },
      ),
    )
  })

  it('keeps a mark for as long as a session can meet it', () => {
    const { table, time, forgotten } = bench(2, 100)
    table.raise('a', start)
    table.raise('b', start)
    time.now += 100 + 899
    table.raise('c', time.now)
    // It had to go before its time.
    expect([table.covers('a', start), forgotten()]).toEqual([false, true])
    time.now += 700
    table.raise('d', time.now)
    expect([table.covers('b', start), table.covers('c', start), forgotten()]).toEqual([false, true, true])
  })

  it('sweeps now and then, also while there is room', () => {
    const { table, time, forgotten } = bench(1000, 100)
    for (let i = 0; i < 100; i++) table.raise(`old ${i}`, start)
    time.now += 1001
    table.raise('new', time.now)
    expect([table.size(), forgotten()]).toEqual([1, false])
  })

  it('keeps for the longest that was asked for', () => {
    const { table, time } = bench(1000, 100)
    table.keepFor(10_000)
    table.keepFor(50)
    table.raise('a', start)
    time.now += 10_000
    table.raise('b', time.now)
    expect(table.covers('a', start)).toBe(true)
  })

  it('I5 is bounded, says what it forgot, and forgets the oldest written', () => {
    const { table, forgotten } = bench(3)
    for (const name of ['a', 'b', 'c']) table.raise(name, start)
    table.raise('a', start + 1)
    table.raise('d', start)
    expect([table.size(), forgotten()]).toEqual([3, true])
    expect(['a', 'b', 'c', 'd'].map((name) => table.covers(name, start))).toEqual([true, false, true, true])
  })

  it('a mark that says nothing new moves nothing', () => {
    const { table } = bench(2)
    table.raise('a', start + 5)
    table.raise('b', start)
    table.raise('a', start)
    table.raise('c', start)
    expect(table.covers('a', start)).toBe(false)
    expect(table.covers('b', start)).toBe(true)
  })
})
