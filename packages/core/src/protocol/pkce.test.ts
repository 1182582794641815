import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createPkce } from './pkce.js'

describe('createPkce', () => {
  it('SEC-014 gives a verifier of 43 characters that is never used again, and its S256 challenge', async () => {
    const pairs = await Promise.all(Array.from({ length: 1000 }, createPkce))
    expect(new Set(pairs.map(({ verifier }) => verifier)).size).toBe(1000)
    for (const { verifier, challenge } of pairs) {
      expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/)
      expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'))
    }
  })
})
