import { expect, it } from 'vitest'
import { bearerChallenge } from './challenge.js'

it.each([
  [undefined, 'Bearer'],
  ['invalid_token', 'Bearer error="invalid_token"'],
  ['insufficient_scope', 'Bearer error="insufficient_scope"'],
] as const)('%s → %s', (error, value) => {
  expect(bearerChallenge(error)).toBe(value)
})
