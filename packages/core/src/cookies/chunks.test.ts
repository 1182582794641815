import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinChunks, splitIntoChunks, staleChunkNames, valueNames } from './chunks.js'

const name = '__Host-scalegate'
const jar = (cookies: Record<string, string>) => new Map(Object.entries(cookies))
const room = 3800 - name.length - 1

describe('splitIntoChunks', () => {
  it.each([
    ['nothing', 0, [name]],
    ['one character', 1, [name]],
    ['all that fits in one', room, [name]],
    ['one more', room + 1, [`${name}.0`, `${name}.1`]],
    ['two full ones', 2 * (room - 2), [`${name}.0`, `${name}.1`]],
    ['one more than two', 2 * (room - 2) + 1, [`${name}.0`, `${name}.1`, `${name}.2`]],
    ['16 KB', 16_384, [0, 1, 2, 3, 4].map((index) => `${name}.${index}`)],
  ])('%s', (_label, length, names) => {
    const chunks = splitIntoChunks(name, 'a'.repeat(length))
    expect(chunks.map(([chunk]) => chunk)).toEqual(names)
  })

  it('SEC-145 throws a typed error for what no browser would keep', () => {
    expect(() => splitIntoChunks(name, 'a'.repeat(16_385))).toThrow(
      expect.objectContaining({ code: 'session_too_large', status: 500 }),
    )
    // A name this long leaves so little room that eight cookies are not enough.
    expect(() => splitIntoChunks('n'.repeat(2000), 'a'.repeat(16_384))).toThrow(
      expect.objectContaining({ code: 'session_too_large' }),
    )
  })

  it('SEC-145 keeps every cookie within 3800 bytes, and joins to the same again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16_384 }), fc.integer({ min: 1, max: 64 }), (length, nameLength) => {
        const own = 'n'.repeat(nameLength)
        const value = Array.from({ length }, (_, index) => String.fromCharCode(0x61 + (index % 26))).join('')
        const chunks = splitIntoChunks(own, value)
        for (const [chunk, part] of chunks) expect(`${chunk}=${part}`.length).toBeLessThanOrEqual(3800)
        expect(chunks.length).toBeLessThanOrEqual(8)
        expect(joinChunks(own, new Map(chunks))).toBe(value)
      }),
    )
  })
})

describe('joinChunks', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['nothing', {}, undefined],
    ['one cookie', { s: 'a' }, 'a'],
    ['chunks in order', { 's.0': 'a', 's.1': 'b', 's.2': 'c' }, 'abc'],
    ['SEC-141 chunks sent in another order', { 's.2': 'c', 's.0': 'a', 's.1': 'b' }, 'abc'],
    ['all eight', Object.fromEntries(Array.from('abcdefgh', (part, index) => [`s.${index}`, part])), 'abcdefgh'],
    ['SEC-141 no first', { 's.1': 'b', 's.2': 'c' }, undefined],
    ['SEC-141 no middle', { 's.0': 'a', 's.2': 'c' }, undefined],
    ['SEC-141 a gap further on', { 's.0': 'a', 's.1': 'b', 's.3': 'd' }, undefined],
    ['SEC-141 a first alone, which is never written', { 's.0': 'a' }, undefined],
    ['SEC-141 a ninth', { 's.0': 'a', 's.1': 'b', 's.8': 'x', 's.9999': 'x' }, 'ab'],
    [
      'SEC-141 indices not in canonical form',
      { 's.00': 'x', 's.01': 'x', 's.-1': 'x', 's.1e0': 'x', 's.1e3': 'x', 's. 0': 'x' },
      undefined,
    ],
    ['SEC-141 a count', { s_chunks: '99999999', 's.count': '2', 's.chunks': '2', 's.0': 'a', 's.1': 'b' }, 'ab'],
    [
      'SEC-141 500 chunks',
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`s.${index}`, 'x'])),
      'xxxxxxxx',
    ],
    ['SEC-141 more than 16 KB', { 's.0': 'a'.repeat(8192), 's.1': 'b'.repeat(8193) }, undefined],
    ['SEC-141 more than 16 KB in one', { s: 'a'.repeat(16_385) }, undefined],
    ['SEC-143 both forms: the chunks count', { s: 'x', 's.0': 'a', 's.1': 'b' }, 'ab'],
    ['SEC-143 both forms, in the other order', { 's.1': 'b', 's.0': 'a', s: 'x' }, 'ab'],
    ['SEC-143 both forms, the chunks with a gap', { s: 'x', 's.0': 'a', 's.2': 'c' }, 'x'],
    ['SEC-143 both forms, a first alone', { s: 'x', 's.0': 'a' }, 'x'],
    ['SEC-143 both forms, a stray', { s: 'x', 's.5': 'a' }, 'x'],
    ['another cookie', { t: 'x', 's.0x': 'x', 'xs.0': 'x' }, undefined],
  ])('%s', (_label, cookies, expected) => {
    expect(joinChunks('s', jar(cookies))).toBe(expected)
  })
})

describe('staleChunkNames', () => {
  it.each<[string, string[], string[], string[]]>([
    ['SEC-144 three chunks become one', ['s.0', 's.1', 's.2'], ['s'], ['s.0', 's.1', 's.2']],
    ['SEC-144 three become two', ['s.0', 's.1', 's.2'], ['s.0', 's.1'], ['s.2']],
    ['one becomes two', ['s'], ['s.0', 's.1'], ['s']],
    ['nothing to clean', ['s'], ['s'], []],
    ['everything goes', ['s', 's.0', 's.7'], [], ['s', 's.0', 's.7']],
    ['names that are not ours stay', ['t', 's.8', 's.00', 's.x', 'xs.0'], ['s'], []],
  ])('%s', (_label, present, written, expected) => {
    const all = new Map(present.map((own) => [own, 'x']))
    expect(staleChunkNames('s', all, written)).toEqual(expected)
  })
})

describe('valueNames', () => {
  it('lists every name a value can occupy', () => {
    expect(valueNames('s')).toEqual(['s', 's.0', 's.1', 's.2', 's.3', 's.4', 's.5', 's.6', 's.7'])
  })
})
