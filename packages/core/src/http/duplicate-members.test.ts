import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasDuplicateMembers } from './duplicate-members.js'

describe('hasDuplicateMembers', () => {
  it.each([
    ['two of a kind', '{"a":1,"a":1}'],
    ['with others between', '{"a":1,"b":{"c":[2]},"a":3}'],
    ['one of them escaped', '{"iss":1,"\\u0069ss":2}'],
    ['inside another object', '{"a":{"b":1,"b":2}}'],
    ['inside an array', '[1,{"b":1,"b":2}]'],
    ['with white space before the colon', '{"a" \n\t\r:1,"a":2}'],
    ['__proto__', '{"__proto__":1,"__proto__":2}'],
    ['empty names', '{"":1,"":2}'],
    ['with quotes in them', '{"a\\"":1,"a\\"":2}'],
  ])('SEC-103 finds members named twice: %s', (_label, json) => {
    expect(hasDuplicateMembers(json)).toBe(true)
  })

  it.each([
    ['in different objects', '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}'],
    ['as values', '{"a":"b","b":"b","c":["b","b"]}'],
    ['in another case', '{"a":1,"A":2}'],
    ['in text that looks like members', '{"a":"\\"a\\":1,","b":"{\\"a\\":1}"}'],
    ['ending in a backslash', '{"a\\\\":1,"a":2}'],
    ['after an object that closed', '{"a":{"b":1},"b":2}'],
  ])('leaves alone names that repeat %s', (_label, json) => {
    expect(hasDuplicateMembers(json)).toBe(false)
  })

  it('never complains about what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(2), (value, indent) => {
        expect(hasDuplicateMembers(JSON.stringify(value, undefined, indent))).toBe(false)
      }),
    )
  })

  it('always finds a member that was added again', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
    fc.assert(
      fc.property(object, fc.nat(), fc.jsonValue(), (members, choice, value) => {
        const names = Object.keys(members)
        const again = JSON.stringify({ [names[choice % names.length]!]: value })
        const text = JSON.stringify(members)
        expect(hasDuplicateMembers(`${text.slice(0, -1)},${again.slice(1)}`)).toBe(true)
      }),
    )
  })

  it('SEC-361 takes time in proportion to the length', () => {
    const started = performance.now()
    for (const filler of ['"', '\\', '{', '[', ' ', ':']) hasDuplicateMembers(`{"${filler.repeat(100_000)}`)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
