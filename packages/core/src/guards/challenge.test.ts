import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bearerChallenge, stepUpChallenge } from './challenge.js'

it.each([
  [undefined, 'Bearer'],
  ['invalid_token', 'Bearer error="invalid_token"'],
  ['insufficient_scope', 'Bearer error="insufficient_scope"'],
] as const)('%s → %s', (error, value) => {
  expect(bearerChallenge(error)).toBe(value)
})

it.each<[string, readonly string[], string]>([
  ['one', ['projects:read'], ', scope="projects:read"'],
  ['two', ['projects:read', 'a'], ', scope="projects:read a"'],
  ['the borders of what is allowed', ['!#[]~'], ', scope="!#[]~"'],
  ['a quote', ['a"b', 'c'], ', scope="c"'],
  ['a backslash', ['a\\b', 'c'], ', scope="c"'],
  ['a space', ['a b', 'c'], ', scope="c"'],
  ['a line break', ['a\r\nSet-Cookie: x=y', 'c\n'], ''],
  ['DEL', ['a\x7f'], ''],
  ['what is no ASCII', ['é', '\u{1f511}'], ''],
  ['nothing', [''], ''],
])('names scopes as RFC 6749 §3.3 spells them: %s', (_label, scopes, value) => {
  expect(bearerChallenge('insufficient_scope', scopes)).toBe(`Bearer error="insufficient_scope"${value}`)
})

it('names no scope where no token was sent (RFC 6750 §3.1)', () => {
  expect(bearerChallenge(undefined, ['projects:read'])).toBe('Bearer')
})

it('says how old a login may be (RFC 9470 §3)', () => {
  expect(stepUpChallenge(300)).toBe('Bearer error="insufficient_user_authentication", max_age="300"')
})

it('is a header of one challenge, whatever a scope is called', () => {
  const name = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', 'a", error="x', '\n'))
  fc.assert(
    fc.property(fc.array(name), (scopes) => {
      const value = bearerChallenge('insufficient_scope', scopes)
      expect(value).toMatch(/^Bearer error="insufficient_scope"(, scope="[\x20\x21\x23-\x5b\x5d-\x7e]+")?$/)
      expect(new Headers({ 'WWW-Authenticate': value }).get('www-authenticate')).toBe(value)
    }),
  )
})
