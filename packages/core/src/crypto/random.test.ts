import { describe, expect, it } from 'vitest'
import { randomToken } from './random.js'

describe('randomToken', () => {
  it('SEC-014 gives 10 000 distinct values of 256 bits and never asks Math.random', () => {
    const original = Math.random
    let asked = 0
    Math.random = () => {
      asked += 1
      return 0.5
    }
    try {
      const tokens = Array.from({ length: 10_000 }, randomToken)
      expect(new Set(tokens).size).toBe(10_000)
      expect(tokens.every((token) => /^[A-Za-z0-9_-]{43}$/.test(token))).toBe(true)
      expect(asked).toBe(0)
    } finally {
      Math.random = original
    }
  })
})
