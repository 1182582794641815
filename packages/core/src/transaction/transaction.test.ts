import { describe, expect, it } from 'vitest'
import { parseTransaction, transactionTag } from './transaction.js'

const value = 'a'.repeat(43)
const good = { v: 1, state: value, nonce: value, verifier: value, returnTo: '/', startedAt: 1 }

describe('parseTransaction', () => {
  it('reads its own shape and drops what it does not know', () => {
    expect(parseTransaction({ ...good, organizationId: 'org_1', extra: 1 })).toEqual({
      ...good,
      organizationId: 'org_1',
    })
  })

  it.each([
    ['null', null],
    ['an error object', { message: 'x' }],
    ['another version', { ...good, v: 2 }],
    ['a short state', { ...good, state: 'a' }],
    ['a state with other characters', { ...good, state: `${value.slice(1)}=` }],
    ['no nonce', { ...good, nonce: undefined }],
    ['a start that is text', { ...good, startedAt: '1' }],
    ['a session record', { v: 1, id: value, accessToken: 'x', idToken: 'y' }],
  ])('refuses %s', (_label, data) => {
    expect(parseTransaction(data)).toBeUndefined()
  })
})

describe('transactionTag', () => {
  it('names a login without showing its state, each its own', async () => {
    const [first, second] = await Promise.all([transactionTag('one'), transactionTag('two')])
    expect(first).toMatch(/^[A-Za-z0-9_-]{16}$/)
    expect(first).not.toBe(second)
    expect(await transactionTag('one')).toBe(first)
  })
})
