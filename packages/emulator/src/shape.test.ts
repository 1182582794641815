import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flag, listOf, mapOf, number, object, oneOf, read, ShapeError, text } from './shape.js'

describe('object', () => {
  const shape = object({ name: text }, { tags: listOf(text), on: flag, size: number(0), kind: oneOf('a', 'b') })

  it('gives back what it was given, for every value of the shape', () => {
    const arbitrary = fc.record(
      {
        name: fc.string({ minLength: 1 }),
        tags: fc.array(fc.string({ minLength: 1 })),
        on: fc.boolean(),
        size: fc.nat(),
      },
      { requiredKeys: ['name'] },
    )
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(read(shape, value)).toEqual({ ...value })
      }),
    )
  })

  it('throws a ShapeError, and nothing else, for any other value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          read(shape, value)
        } catch (error) {
          expect(error).toBeInstanceOf(ShapeError)
        }
      }),
    )
  })

  it('knows no inherited members', () => {
    expect(() => read(shape, JSON.parse('{"name":"a","__proto__":{}}'))).toThrow('__proto__ is not known here')
    expect(() => read(shape, Object.create({ name: 'a' }))).toThrow('name is missing')
  })
})

describe('paths', () => {
  it.each<[unknown, string]>([
    [{ list: ['a', ''] }, 'list[1] must be a non-empty string'],
    [{ map: { b: 1 } }, 'map.b must be a non-empty string'],
    [{ list: 'a' }, 'list must be a list'],
    [{ map: [] }, 'map must be an object'],
    [{ size: Number.NaN }, 'size must be a number'],
    [{ size: 1 }, 'size must be at least 2'],
    [{ kind: 'c' }, 'kind must be one of a, b'],
  ])('%j', (value, message) => {
    const shape = object({}, { list: listOf(text), map: mapOf(text), size: number(2), kind: oneOf('a', 'b') })
    expect(() => read(shape, value)).toThrow(message)
  })
})
