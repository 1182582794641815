import { describe, expect, it } from 'vitest'
import { createClock } from './clock.js'

describe('createClock', () => {
  it('stands still, advances and is set', () => {
    const clock = createClock(1000)
    expect([clock.now(), clock.now()]).toEqual([1000, 1000])
    clock.advance(60)
    expect(clock.now()).toBe(1060)
    clock.set(10)
    expect(clock.now()).toBe(10)
  })

  it('starts now', () => {
    const now = Math.floor(Date.now() / 1000)
    expect(Math.abs(createClock().now() - now)).toBeLessThanOrEqual(1)
  })

  it.each([
    ['milliseconds', () => createClock(Date.now()), /milliseconds/],
    ['half a second', () => createClock(0.5), /whole number of seconds/],
    ['backwards by advance', () => createClock().advance(-1), /use set\(\)/],
    ['not a number', () => createClock().advance(Number.NaN), /zero or more/],
  ])('refuses %s and says why', (_label, call, message) => {
    expect(call).toThrow(message)
  })
})
