import { memoryStore } from '@scalegate/core/store'
import { describe, expect, it } from 'vitest'
import { createClock } from '../clock.js'
import { storeContract } from './contract.js'

describe('a store in memory', () => {
  const store = memoryStore()
  for (const { name, run } of storeContract({ open: async () => store })) it(name, run)
})

describe('a store in memory, on a clock of its own', () => {
  const clock = createClock()
  const store = memoryStore({ clock: clock.now })
  for (const { name, run } of storeContract({ open: async () => store, advance: clock.advance })) it(name, run)
})

describe('the contract', () => {
  it('has no two checks of one name', () => {
    const never = async () => undefined
    const names = storeContract({
      open: async () => memoryStore(),
      empty: never,
      outage: { begin: never, end: never },
    }).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(20)
  })
})
