import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeWebhookSecret, webhookSecretProblem } from './webhook-secret.js'

const encode = (length: number) => Buffer.alloc(length, 7).toString('base64')

describe('webhookSecretProblem', () => {
  it.each([24, 32, 64])('takes %i bytes, with and without the prefix', (length) => {
    expect([webhookSecretProblem(`whsec_${encode(length)}`), webhookSecretProblem(encode(length))]).toEqual([
      undefined,
      undefined,
    ])
  })

  const good = `whsec_${encode(32)}`
  it.each([
    ['empty', ''],
    ['the prefix alone', 'whsec_'],
    ['23 bytes', `whsec_${encode(23)}`],
    ['65 bytes', `whsec_${encode(65)}`],
    ['bad base64', 'whsec_!!!!'],
    ['base64url', `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`],
    ['with "_" inside', `whsec_ab_c${encode(32)}`],
    ['two prefixes', `whsec_${good}`],
    ['without padding', good.replace('=', '')],
    ['too much padding', `${good}=`],
    ['bits that are not zero', `${good.slice(0, -2)}B=`],
    ['a space before', ` ${good}`],
    ['a line end after', `${good}\n`],
    ['a space inside', `${good.slice(0, 12)} ${good.slice(12)}`],
    ['another prefix', `WHSEC_${encode(32)}`],
  ])('SEC-273 refuses one that is %s, and does not repeat it', (_label, secret) => {
    const problem = webhookSecretProblem(secret)
    expect(problem).toMatch(/^must /)
    expect(problem).not.toContain(encode(32).slice(0, 8))
  })

  it('decodes what Node encodes, and nothing that is spelt otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), (bytes) => {
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`
        expect(webhookSecretProblem(secret)).toBeUndefined()
        expect(decodeWebhookSecret(secret)).toEqual(new Uint8Array(bytes))
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = decodeWebhookSecret(text)
        if (bytes !== undefined) expect(Buffer.from(bytes).toString('base64')).toBe(text.replace(/^whsec_/, ''))
      }),
    )
  })
})
