import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from './base64url.js'

describe('encodeBase64url', () => {
  it('agrees with Node for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(encodeBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
      }),
    )
  })
})

describe('decodeBase64url', () => {
  it('undoes encodeBase64url for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes)
      }),
    )
  })

  it('accepts only the one spelling of any bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 }), (text) => {
        const bytes = decodeBase64url(text)
        const isCanonical = Buffer.from(text, 'base64url').toString('base64url') === text
        expect(bytes && encodeBase64url(bytes)).toBe(isCanonical ? text : undefined)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['padding', 'QQ=='],
    ['the alphabet of base64', 'a+b/'],
    ['a space at the end', 'QUJD '],
    ['a line break at the end', 'QUJD\n'],
    ['a length that no bytes have', 'QUJDR'],
    ['unused bits that are set, one byte over', 'QR'],
    ['unused bits that are set, two bytes over', 'QUJ'],
    ['a character outside ASCII', 'QUJÐ'],
  ])('refuses %s', (_label, text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })
})
