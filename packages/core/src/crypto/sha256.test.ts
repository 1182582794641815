import { describe, expect, it } from 'vitest'
import { sha256, sha256Base64url } from './sha256.js'

describe('sha256', () => {
  it.each([
    ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['FIPS 180-4, one block', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['text outside ASCII, as UTF-8', 'é', '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c'],
  ])('hashes %s', async (_label, text, hex) => {
    expect(Buffer.from(await sha256(text)).toString('hex')).toBe(hex)
  })
})

describe('sha256Base64url', () => {
  it('gives the challenge of RFC 7636 appendix B', async () => {
    const challenge = await sha256Base64url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
    expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })
})
