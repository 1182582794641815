import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { withDeadline } from './deadline.js'

const late = () => new Error('late')
const never = () => new Promise<never>(() => undefined)

/** Keeps the process from everything else. */
function busy(seconds: number): void {
  for (const until = performance.now() + seconds * 1000; performance.now() < until; );
}

describe('work with a deadline', () => {
  it('gives what comes in time, or how it fails', async () => {
    expect(await withDeadline(Promise.resolve(1), 60, late)).toBe(1)
    await expect(withDeadline(Promise.reject(new TypeError('down')), 60, late)).rejects.toThrow('down')
  })

  it.each([0.05, 0])('rejects after %d seconds, and hears no failure that comes later', async (seconds) => {
    const fails = new Promise<never>((_, reject) => setTimeout(reject, 1000, new Error('failed')))
    await expect(withDeadline(fails, seconds, late)).rejects.toThrow('late')
    await expect(fails).rejects.toThrow('failed')
  })

  it('I1 hears in a process that was busy beyond the deadline what had come in time', async () => {
    // From here on timers come before files and sockets.
    await stat('/')
    const answer = withDeadline(stat('/'), 0.05, late)
    busy(0.15)
    await expect(answer).resolves.toBeDefined()
  })

  it('rejects all the same where nothing had come', async () => {
    const answer = withDeadline(never(), 0.05, late)
    busy(0.15)
    await expect(answer).rejects.toThrow('late')
  })

  it('SEC-364 leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await withDeadline(Promise.resolve(), 60, late)
    await withDeadline(Promise.reject(new Error('down')), 60, late).catch(() => undefined)
    expect(timers()).toBe(before)
  })
})
