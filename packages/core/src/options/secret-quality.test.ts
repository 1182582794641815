import { describe, expect, it } from 'vitest'
import { secretProblems } from './secret-quality.js'

const good = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'

const problemsOf = (values: readonly string[], clientSecret?: string) =>
  secretProblems(
    values.map((value, index) => ({ path: `cookieSecret.${index}`, value })),
    clientSecret,
  )

describe('secretProblems', () => {
  it.each([
    ['SEC-135 31 bytes', good.slice(1), 'must be at least 32 bytes; make one with `openssl rand -base64 32`'],
    [
      'SEC-135 one character',
      'a'.repeat(64),
      'is a pattern, not a random value; make one with `openssl rand -base64 32`',
    ],
    [
      'SEC-135 few characters',
      'abcdefghi'.repeat(5),
      'is a pattern, not a random value; make one with `openssl rand -base64 32`',
    ],
    [
      'SEC-135 the sample of iron-session',
      'complex_password_at_least_32_characters_long',
      'looks like a sample from a document; make one with `openssl rand -base64 32`',
    ],
    [
      'SEC-135 a template value',
      `your-secret-${good}`,
      'looks like a sample from a document; make one with `openssl rand -base64 32`',
    ],
  ])('%s', (_label, value, message) => {
    expect(problemsOf([value])).toEqual([{ path: 'cookieSecret.0', message }])
  })

  it('SEC-135 the client secret once more', () => {
    expect(problemsOf([good], good)).toEqual([
      { path: 'cookieSecret.0', message: 'must not be used for anything else as well' },
    ])
  })

  it('SEC-133 accepts a list for rotation, but not the same secret twice', () => {
    expect(problemsOf([good, `${good}X`])).toEqual([])
    expect(problemsOf([good, good])).toEqual([
      { path: 'cookieSecret.1', message: 'must not be used for anything else as well' },
    ])
  })

  it('counts bytes, not characters', () => {
    expect(problemsOf(['äöüßéèêçñôûîâàùëï'])).toEqual([])
  })
})
