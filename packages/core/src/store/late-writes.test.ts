import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StoreError } from '../errors/scalegate-error.js'
import { createLateWrites } from './late-writes.js'

let now = 0
let isDown = false
let log: string[] = []
let attempts = 0

const write = (text: string) => async () => {
  attempts += 1
  if (isDown) throw new StoreError('store_unavailable')
  log.push(text)
}

/** Timers and the monotonic clock together. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds * 10; i++) {
    now += 100
    await vi.advanceTimersByTimeAsync(100)
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  isDown = false
  log = []
  attempts = 0
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('a write that may be late', () => {
  it('is done at once while the store answers, and keeps no timer', async () => {
    const late = createLateWrites()
    expect(await late.tell('a', write('one'))).toBe(true)
    expect([log, late.isWaiting('a'), vi.getTimerCount()]).toEqual([['one'], false, 0])
  })

  it('is done within a quarter of a second of the return', async () => {
    const late = createLateWrites()
    isDown = true
    expect(await late.tell('a', write('one'))).toBe(false)
    expect(late.isWaiting('a')).toBe(true)
    await pass(30)
    isDown = false
    await pass(0.3)
    expect([log, late.isWaiting('a'), vi.getTimerCount()]).toEqual([['one'], false, 0])
  })

  it('is the latest of its key, and the earlier one is not written after it', async () => {
    const late = createLateWrites()
    isDown = true
    await late.tell('a', write('tokens'))
    await late.tell('a', write('session'))
    await late.tell('b', write('other'))
    isDown = false
    await pass(1)
    expect(log).toEqual(['session', 'other'])
  })

  it('replaces one that is under way', async () => {
    const late = createLateWrites()
    isDown = true
    await late.tell('a', write('zero'))
    let finish: () => void = () => undefined
    const slow = new Promise<void>((resolve) => {
      finish = resolve
    })
    await late.tell('a', () => slow)
    isDown = false
    await pass(0.2)
    await late.tell('a', write('second'))
    finish()
    await pass(1)
    expect(log).toEqual(['second'])
  })

  it('I5 a thousand of them ask an absent store fifteen times a second, not five thousand times', async () => {
    const late = createLateWrites()
    isDown = true
    for (let i = 0; i < 1000; i++) await late.tell(`key ${i}`, write(String(i)))
    attempts = 0
    await pass(2)
    expect(attempts).toBeLessThanOrEqual(30)
    isDown = false
    await pass(0.3)
    expect(log).toHaveLength(1000)
  })

  it('I1 one that keeps failing holds up no other', async () => {
    const late = createLateWrites()
    let isPartDown = true
    const inPart = (text: string) => async () => {
      if (isPartDown) throw new StoreError('store_unavailable')
      log.push(text)
    }
    await late.tell('a', inPart('a'))
    expect([await late.tell('b', write('b')), log]).toEqual([true, ['b']])
    isDown = true
    await late.tell('c', write('c'))
    isDown = false
    await pass(1)
    expect([log, late.isWaiting('a'), late.isWaiting('c')]).toEqual([['b', 'c'], true, false])
    isPartDown = false
    await pass(0.3)
    expect([log, vi.getTimerCount()]).toEqual([['b', 'c', 'a'], 0])
  })

  it('I1 any number of them that keep failing hold up no other for long', async () => {
    const late = createLateWrites()
    const dead = async () => {
      throw new StoreError('store_unavailable')
    }
    for (let i = 0; i < 30; i++) await late.tell(`dead ${i}`, dead)
    isDown = true
    await late.tell('b', write('b'))
    isDown = false
    await pass(3)
    expect(log).toEqual(['b'])
  })

  it('is not asked for at once while an earlier one of its key waits', async () => {
    const late = createLateWrites()
    isDown = true
    await late.tell('a', write('one'))
    attempts = 0
    await late.tell('a', write('two'))
    expect(attempts).toBe(0)
  })

  it('I1 is given up after ten minutes, and what came later has ten of its own', async () => {
    const late = createLateWrites()
    isDown = true
    await late.tell('a', write('one'))
    await pass(550)
    expect(late.isWaiting('a')).toBe(true)
    await late.tell('b', write('two'))
    await pass(55)
    isDown = false
    await pass(1)
    expect([log, vi.getTimerCount()]).toEqual([['two'], 0])
  })

  it('may be worth less than that, and then takes nobody’s place', async () => {
    const late = createLateWrites()
    isDown = true
    await late.tell('tokens', write('tokens'))
    for (let second = 0; second < 60; second++) {
      for (let i = 0; i < 200; i++) await late.tell(`lock ${second} ${i}`, write('lock'), 10)
      await pass(1)
    }
    isDown = false
    await pass(1)
    expect([log.includes('tokens'), log.length < 2500]).toEqual([true, true])
  })

  it('keeps a process from ending for a minute, and goes on in one that stays', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const staysFor = () => (timers.mock.results.at(-1)?.value as NodeJS.Timeout | undefined)?.hasRef()
    const late = createLateWrites()
    isDown = true
    await late.tell('a', write('one'))
    await pass(59)
    expect(staysFor()).toBe(true)
    await pass(2)
    expect(staysFor()).toBe(false)
    await late.tell('b', write('two'))
    expect(staysFor()).toBe(true)
    await pass(1)
    expect(staysFor()).toBe(true)
    isDown = false
    await pass(1)
    expect([log.toSorted(), vi.getTimerCount()]).toEqual([['one', 'two'], 0])
  })

  it('is not tried again where it fails for another reason', async () => {
    const late = createLateWrites()
    const broken = async () => {
      attempts += 1
      throw new TypeError('too large')
    }
    expect(await late.tell('a', broken)).toBe(true)
    isDown = true
    await late.tell('b', write('b'))
    await late.tell('a', write('a'))
    await late.tell('a', broken)
    isDown = false
    attempts = 0
    await pass(2)
    expect([attempts, late.isWaiting('a')]).toEqual([2, false])
  })

  it('is bounded: the oldest goes', async () => {
    const late = createLateWrites()
    isDown = true
    for (let i = 0; i < 10_001; i++) await late.tell(`key ${i}`, write(String(i)))
    isDown = false
    await pass(1)
    expect([log.length, log[0]]).toEqual([10_000, '1'])
  })

  it('takes nobody’s place by a later write of its own key', async () => {
    const late = createLateWrites()
    isDown = true
    for (let i = 0; i < 10_000; i++) await late.tell(`key ${i}`, write(String(i)))
    await late.tell('key 5', write('later'))
    isDown = false
    await pass(1)
    expect([log.length, log[0], log.includes('later')]).toEqual([10_000, '0', true])
  })
})
