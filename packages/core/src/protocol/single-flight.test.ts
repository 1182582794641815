import { afterEach, describe, expect, it } from 'vitest'
import { singleFlight } from './single-flight.js'

const original = Object.getOwnPropertyDescriptor(globalThis, 'navigator')

afterEach(() => {
  if (original === undefined) Reflect.deleteProperty(globalThis, 'navigator')
  else Object.defineProperty(globalThis, 'navigator', original)
})

function counted(): { readonly runs: () => number; readonly fly: () => Promise<number> } {
  let runs = 0
  const fly = singleFlight(async () => {
    runs += 1
    const run = runs
    await new Promise((done) => setTimeout(done, 5))
    return run
  })
  return { runs: () => runs, fly }
}

describe('singleFlight', () => {
  it('runs once for all who ask meanwhile, and again for the next', async () => {
    const { runs, fly } = counted()
    expect(await Promise.all([fly(), fly(), fly()])).toEqual([1, 1, 1])
    expect(await fly()).toBe(2)
    expect(runs()).toBe(2)
  })

  it('gives a failure to all who wait, and forgets it', async () => {
    let runs = 0
    const fly = singleFlight(async () => {
      runs += 1
      if (runs === 1) throw new Error('first')
      return runs
    })
    const outcomes = await Promise.allSettled([fly(), fly()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await fly()).toBe(2)
  })

  it('shares no promise on workerd', async () => {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true })
    const { fly } = counted()
    expect(await Promise.all([fly(), fly()])).toEqual([1, 2])
  })
})
