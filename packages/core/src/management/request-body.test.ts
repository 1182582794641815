import { describe, expect, it } from 'vitest'
import { type BodyFields, requestBody } from './request-body.js'

const fields: BodyFields = {
  displayName: 'value',
  metadata: 'map',
  membership: { roles: 'names', inviterEmail: 'value' },
}

describe('requestBody', () => {
  it('has the names of the wire, and nothing that is undefined', () => {
    expect(
      requestBody(fields, {
        displayName: 'Acme',
        metadata: undefined,
        membership: { roles: ['admin'], inviterEmail: undefined },
      }),
    ).toStrictEqual({ display_name: 'Acme', membership: { roles: [{ name: 'admin' }] } })
  })

  it.each([
    [
      'the name on the wire',
      { display_name: 'Acme' },
      '`display_name` is no field of this call (did you mean `displayName`?)',
    ],
    ['a misspelt one inside', { membership: { role: ['a'] } }, '`membership.role` is no field'],
    ['a name that every object has', { constructor: 'x' }, '`constructor` is no field'],
    ['SEC-332 a field of another call', { isOwner: true }, '`isOwner` is no field'],
    ['an object for a text', { displayName: { $ne: '' } }, '`displayName` must be'],
    ['a function', { displayName: () => 'x' }, '`displayName` must be'],
    ['not a number', { displayName: Number.NaN }, '`displayName` must be'],
    ['null', { displayName: null }, '`displayName` must be'],
    ['SEC-330 one role as a text', { membership: { roles: '__proto__' } }, '`membership.roles` must be a list'],
    ['SEC-330 roles that are no names', { membership: { roles: [{ name: 'admin' }] } }, '`membership.roles` must be'],
    ['a list for a map', { metadata: ['a'] }, '`metadata` must be an object'],
    ['a text for a part', { membership: 'admin' }, '`membership` must be an object'],
  ])('refuses %s', (_label, input, message) => {
    expect(() => requestBody(fields, input)).toThrowError(
      expect.objectContaining({ code: 'management_request_invalid', message: expect.stringContaining(message) }),
    )
  })

  it('repeats no name that is no name', () => {
    expect(() => requestBody(fields, { 'ada@corp.example': 1 })).toThrowError(/^(?!.*ada)/)
  })
})
