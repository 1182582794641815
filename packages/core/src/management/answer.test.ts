import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerObject, count, flag, id, list, map, optional, optionalList, text, wrapped } from './answer.js'
import { requestBody } from './request-body.js'
import { snakeCase } from './wire-name.js'

const camelName = fc.stringMatching(/^[a-z][a-z0-9]*([A-Z][a-z0-9]+)*$/)
// `__proto__` is among them, and a name that an object has anyway.
const userKey = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'snake_key', 'camelKey', 'toString'))
const userMap = fc
  .uniqueArray(fc.tuple(userKey, fc.string()), { selector: ([key]) => key, minLength: 1 })
  .map((entries) => JSON.stringify(Object.fromEntries(entries)))

describe('names', () => {
  it('come back from the wire as they went', () => {
    fc.assert(
      fc.property(fc.uniqueArray(camelName, { minLength: 1 }), (names) => {
        const shape = Object.fromEntries(names.map((name) => [name, text]))
        const input = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
        const fields = Object.fromEntries(names.map((name) => [name, 'value'] as const))
        const wire = requestBody(fields, input)
        expect(Object.keys(wire).every((name) => name === name.toLowerCase())).toBe(true)
        expect(answerObject(shape).parse(wire)).toEqual(input)
      }),
    )
  })

  it.each([
    ['displayName', 'display_name'],
    ['isOrgRole', 'is_org_role'],
    ['id', 'id'],
    ['defaultMemberRole', 'default_member_role'],
  ])('%s is %s', (name, wire) => expect(snakeCase(name)).toBe(wire))
})

describe('maps', () => {
  it('go out and come back with the keys of the user, whatever they are', () => {
    fc.assert(
      fc.property(userMap, (written) => {
        const sent = JSON.stringify(requestBody({ customAttributes: 'map' }, { customAttributes: JSON.parse(written) }))
        expect(JSON.parse(sent).custom_attributes).toEqual(JSON.parse(written))
        expect(sent).toBe(`{"custom_attributes":${written}}`)
        const read = answerObject({ customAttributes: map }).parse(JSON.parse(sent))
        expect(JSON.stringify(read)).toBe(`{"customAttributes":${written}}`)
      }),
    )
  })
})

const organization = answerObject({
  id,
  displayName: text,
  enabled: flag,
  total: count,
  inner: optional(answerObject({ id })),
})

describe('answerObject', () => {
  it('ignores what it does not know, and what has another type is absent', () => {
    const answer = { id: 'a', new_field: 1, display_name: 7, enabled: 'yes', total: null, displayName: 'camel' }
    expect(organization.parse(answer)).toStrictEqual({ id: 'a' })
  })

  it('is frozen', () => expect(Object.isFrozen(organization.parse({ id: 'a' }))).toBe(true))

  it.each([[{}], [{ id: '' }], [{ id: 7 }], [{ id: null }], [null], ['text'], [[]]])('needs its id: %j', (answer) =>
    expect(organization.safeParse(answer).success).toBe(false),
  )

  it('needs the id of a part that is there', () => {
    expect(organization.parse({ id: 'a', inner: null })).toStrictEqual({ id: 'a' })
    expect(organization.safeParse({ id: 'a', inner: {} }).success).toBe(false)
  })

  it.each([
    ['7', 7],
    [7, 7],
    ['seven', undefined],
    ['-7', undefined],
    [true, undefined],
  ])('a number written as %j is %j', (total, read) => expect(organization.parse({ id: 'a', total }).total).toBe(read))

  it('reads a second name where the first is missing', () => {
    const profile = answerObject({ givenName: text }, { givenName: 'first_name' })
    expect(profile.parse({ first_name: 'Ada' })).toEqual({ givenName: 'Ada' })
    expect(profile.parse({ first_name: 'Ada', given_name: 'Augusta' })).toEqual({ givenName: 'Augusta' })
  })
})

describe('lists', () => {
  const all = wrapped('items', list(organization))
  it.each([[{}], [{ items: null }], [{ items: [] }]])('%j is empty', (answer) => expect(all.parse(answer)).toEqual([]))
  it.each([[{ items: {} }], [{ items: [{}] }], [{ items: ['a'] }], [{ items: 'a' }]])('%j is no list', (answer) =>
    expect(all.safeParse(answer).success).toBe(false),
  )
  it('one that may be absent is absent', () => {
    const holder = answerObject({ parts: optionalList(organization) })
    expect(holder.parse({})).toStrictEqual({})
    expect(holder.parse({ parts: [] })).toStrictEqual({ parts: [] })
    expect(holder.safeParse({ parts: [{}] }).success).toBe(false)
  })
})
