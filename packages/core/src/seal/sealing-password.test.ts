import { hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sealingPassword } from './sealing-password.js'

const context = { purpose: 'session', name: 's', issuer: 'https://auth.example', clientId: 'skc_1' }

describe('sealingPassword', () => {
  it('is 256 bits by HKDF-SHA-256, as another implementation computes them', async () => {
    const { createHash } = await import('node:crypto')
    const info = createHash('sha256')
      .update('["scalegate seal 1","session","s","https://auth.example","skc_1"]')
      .digest()
    const expected = Buffer.from(hkdfSync('sha256', 'secret', '', info, 32)).toString('base64url')
    expect(await sealingPassword('secret', context)).toBe(expected)
    expect(expected).toHaveLength(43)
  })

  it('differs for parts that join to the same text, and takes contexts of any length', async () => {
    const shifted = { ...context, purpose: 'sessions', name: '' }
    expect(await sealingPassword('secret', shifted)).not.toBe(await sealingPassword('secret', context))
    expect(await sealingPassword('secret', { ...context, issuer: 'x'.repeat(5000) })).toHaveLength(43)
  })
})
