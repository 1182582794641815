import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalsConstantTime } from './constant-time.js'

describe('equalsConstantTime', () => {
  it('is equality for any two strings', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(equalsConstantTime(a, b)).toBe(a === b)
        expect(equalsConstantTime(a, a)).toBe(true)
      }),
    )
  })

  it.each([
    ['a prefix', 'abc', 'abcd'],
    ['a longer one', 'abcd', 'abc'],
    ['another case', 'abc', 'abC'],
    ['one bit', 'abc', 'abb'],
    ['a NUL at the end', 'abc', 'abc\0'],
    ['nothing against something', '', 'a'],
  ])('tells %s from the original', (_label, a, b) => {
    expect(equalsConstantTime(a, b)).toBe(false)
  })
})
