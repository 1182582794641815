import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createConcurrencyLimit, createPlaces } from './concurrency-limit.js'

const original = Object.getOwnPropertyDescriptor(globalThis, 'navigator')

afterEach(() => {
  if (original === undefined) Reflect.deleteProperty(globalThis, 'navigator')
  else Object.defineProperty(globalThis, 'navigator', original)
})

/** Tasks that end when they are told to, and the outcome of each as soon as it has one. */
function bench({
  patience = 60,
  ...limits
}: {
  running?: number
  waiting?: number
  patience?: number
  longest?: number
} = {}) {
  const time = { now: 0 }
  const places = createPlaces()
  const make = () =>
    createConcurrencyLimit({
      places,
      now: () => time.now,
      running: 2,
      waiting: 3,
      longest: 100,
      refusal: () => new Error('refused'),
      ...limits,
    })
  const limit = make()
  const begun: string[] = []
  const outcomes: Record<string, string> = {}
  const ends = new Map<string, (error?: Error) => void>()
  const run = (name: string, using = limit) =>
    using(patience, async () => {
      begun.push(name)
      await new Promise<void>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())))
      return 'done'
    })
      .catch((error: Error) => error.message)
      .then((outcome) => {
        outcomes[name] = outcome
      })
  return { time, places, make, begun, outcomes, run, end: (name: string, error?: Error) => ends.get(name)?.(error) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('a concurrency limit', () => {
  it('SEC-359 runs so many, lets so many wait in their order, and refuses the rest at once', async () => {
    const { run, end, begun, outcomes } = bench()
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void run(name)
    await settled()
    expect(begun).toEqual(['a', 'b'])
    expect(outcomes).toEqual({ f: 'refused' })
    end('b')
    await settled()
    end('a', new Error('failed'))
    await settled()
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
    expect(outcomes).toEqual({ f: 'refused', b: 'done', a: 'failed' })
    for (const name of ['c', 'd']) end(name)
    await settled()
    end('e')
    await settled()
    expect(outcomes).toMatchObject({ c: 'done', d: 'done', e: 'done' })
  })

  it('SEC-359 lets nobody wait longer than the patience, and gives the place to the next one', async () => {
    const { run, end, begun, outcomes, places } = bench({ running: 1, patience: 0.05 })
    void run('a')
    void run('b')
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(outcomes).toEqual({ b: 'refused' })
    expect(places.waiting).toEqual([])
    void run('c')
    end('a')
    await settled()
    expect(begun).toEqual(['a', 'c'])
    end('c')
    await settled()
    expect(places.taken.size).toBe(0)
  })

  it('a newcomer does not go before those who wait', async () => {
    const { run, end, begun } = bench({ running: 1 })
    void run('a')
    void run('b')
    end('a')
    void run('c')
    await settled()
    expect(begun).toEqual(['a', 'b'])
  })

  it('counts over all programs that share the places', async () => {
    const { run, make, end, begun } = bench({ running: 1 })
    void run('a')
    void run('b', make())
    await settled()
    expect(begun).toEqual(['a'])
    end('a')
    await settled()
    expect(begun).toEqual(['a', 'b'])
  })

  it('takes a task for lost that does not end, and no place twice when it ends after all', async () => {
    const { time, run, end, begun, places } = bench({ running: 1 })
    void run('lost')
    void run('b')
    await settled()
    time.now += 99
    void run('c')
    await settled()
    expect(begun).toEqual(['lost'])
    time.now += 1
    void run('d')
    await settled()
    expect(begun).toEqual(['lost', 'b'])
    end('lost')
    await settled()
    expect(begun).toEqual(['lost', 'b'])
    expect(places.taken.size).toBe(1)
  })

  it('waits for nobody on workerd, and refuses at once', async () => {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true })
    const { run, end, begun, outcomes } = bench()
    for (const name of ['a', 'b', 'c']) void run(name)
    await settled()
    expect(begun).toEqual(['a', 'b'])
    expect(outcomes).toEqual({ c: 'refused' })
    end('a')
    await settled()
    void run('d')
    await settled()
    expect(begun).toEqual(['a', 'b', 'd'])
  })

  it('SEC-359 holds under any order of coming and ending, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 9 }), { maxLength: 60 }), async (steps) => {
        const { run, end, begun, outcomes, places } = bench({ running: 3, waiting: 4 })
        let asked = 0
        const ended = new Set<string>()
        for (const step of steps) {
          const under = begun.filter((name) => !ended.has(name))
          const one = under[step % 4]
          if (step < 6 || one === undefined) void run(`${asked++}`)
          else {
            ended.add(one)
            end(one)
          }
          await Promise.resolve()
          await settled()
          const now = begun.filter((name) => !ended.has(name)).length
          const waiting =
            asked - begun.length - Object.values(outcomes).filter((outcome) => outcome === 'refused').length
          expect(now).toBeLessThanOrEqual(3)
          expect(waiting).toBeLessThanOrEqual(4)
          if (waiting > 0) expect(now).toBe(3)
        }
        expect(begun).toEqual([...begun].sort((a, b) => Number(a) - Number(b)))
        while (ended.size < begun.length) {
          for (const name of begun) if (!ended.has(name)) end(name)
          for (const name of begun) ended.add(name)
          await settled()
        }
        expect(Object.keys(outcomes)).toHaveLength(asked)
        expect([places.taken.size, places.waiting.length]).toEqual([0, 0])
      }),
      { numRuns: 100 },
    )
  })
})
