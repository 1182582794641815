import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { secretWeaknesses } from './secret-quality.js'

const good = 'kV1mZ0c5pXq8rT2uY7wB4nD9sF3gH6jL'

describe('secretWeaknesses', () => {
  it.each([
    ['32 random characters', good],
    ['base64', randomBytes(32).toString('base64')],
    ['hexadecimal', randomBytes(32).toString('hex')],
    [
      '32 bytes in fewer characters',
      '\u00e4\u00f6\u00fc\u00df\u20ac\u03b1\u03b2\u03b3\u0436\u0448\u0449\u044f\u0644\u0645\u4e2d',
    ],
  ])('accepts %s', (_label, secret) => {
    expect(secretWeaknesses(secret, ['another'])).toEqual([])
  })

  it.each([
    ['an empty one', '', 'at least 32 bytes'],
    ['31 bytes', good.slice(1), 'at least 32 bytes'],
    ['one character', 'x'.repeat(64), 'pattern'],
    ['few characters', 'abcabbcaacbbacbacbbcaabcbacbabca', 'pattern'],
    ['a piece repeated', 'k3J9xQ2mP7vL'.repeat(3), 'pattern'],
    ['a piece repeated and cut', 'k3J9xQ2mP7vL'.repeat(4).slice(0, 40), 'pattern'],
    ['a run', 'abcdefghijklmnopqrstuvwxyz0123456789', 'pattern'],
    ['a run downwards', 'zyxwvutsrqponmlkjihgfedcba9876543210', 'pattern'],
    ['changeme', 'ChangeMe-ChangeMe-ChangeMe-now-really', 'sample'],
    ['change-me', 'please-change-me-9f3k2j5h6g8d1s0a7q4w', 'sample'],
    ["iron-session's README", 'complex_password_at_least_32_characters_long', 'sample'],
    ["express-session's README", 'keyboard cat, keyboard dog and the mouse', 'sample'],
    ['a template', 'your-secret-key-goes-here-0123456789', 'sample'],
  ])('SEC-135 refuses %s', (_label, secret, word) => {
    expect(secretWeaknesses(secret, [])).toContainEqual(expect.stringContaining(word))
  })

  it('SEC-135 refuses one that is in use elsewhere, such as the webhook secret', () => {
    expect(secretWeaknesses(good, ['x', good])).toEqual(['must not be used for anything else as well'])
  })

  it('SEC-135 says everything at once and repeats no part of the secret', () => {
    const problems = secretWeaknesses('hunter2hunter2', ['hunter2hunter2'])
    expect(problems).toHaveLength(3)
    expect(problems.join(' ')).not.toContain('hunter2')
  })

  it.each(['hex', 'base64', 'base64url'] as const)('finds nothing wrong with 2000 random secrets in %s', (spelling) => {
    for (let count = 0; count < 2000; count++)
      expect(secretWeaknesses(randomBytes(32).toString(spelling), [])).toEqual([])
  })
})
