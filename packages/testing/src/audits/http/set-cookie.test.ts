import { describe, expect, it } from 'vitest'
import { isDeletion } from './set-cookie.js'

const past = 'Thu, 01 Jan 1970 00:00:00 GMT'
const future = 'Fri, 01 Jan 2100 00:00:00 GMT'

describe('isDeletion', () => {
  it.each([
    'a=; Max-Age=0; Path=/',
    'a=; path=/; max-age=0',
    `a=; Path=/; Expires=${past}`,
    `a=; Path=/; expires=${past}; HttpOnly`,
    `a=; Max-Age=0; Expires=${future}`,
    'a=; Max-Age=-1',
  ])('%s', (line) => expect(isDeletion(line)).toBe(true))

  it.each([
    'a=; Path=/',
    'a=1; Max-Age=0',
    `a=1; Expires=${past}`,
    'a=; Max-Age=10',
    `a=; Expires=${future}`,
    `a=; Max-Age=10; Expires=${past}`,
    'a=; Expires=never',
  ])('not %s', (line) => expect(isDeletion(line)).toBe(false))
})
