import { describe, expect, it } from 'vitest'
import { ReloadBudget } from './reload-budget.js'

describe('ReloadBudget', () => {
  it('has three loads in a minute', () => {
    const budget = new ReloadBudget()
    expect([0, 1, 2, 3, 59_999].map((now) => budget.take(now))).toEqual([true, true, true, false, false])
  })

  it('has each one again a minute after it', () => {
    const budget = new ReloadBudget()
    for (const now of [0, 30_000, 50_000]) budget.take(now)
    expect([60_000, 60_001, 90_000].map((now) => budget.take(now))).toEqual([true, false, true])
  })

  it('is full again when a person asks', () => {
    const budget = new ReloadBudget()
    for (const now of [0, 1, 2]) budget.take(now)
    budget.refill()
    expect(budget.take(3)).toBe(true)
  })
})
