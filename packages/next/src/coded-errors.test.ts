import { RefreshError } from '@scalegate/core'
import { describe, expect, it } from 'vitest'
import { coded } from './coded-errors.js'

describe('coded', () => {
  it('gives the code of the kit’s errors to error.tsx', async () => {
    const error = new RefreshError('refresh_unavailable', 'timeout')
    await expect(coded(() => Promise.reject(error))()).rejects.toMatchObject({ digest: 'refresh_unavailable' })
  })

  it('leaves what is the app’s or Next’s alone', async () => {
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/;307;' })
    await expect(coded(() => Promise.reject(redirect))()).rejects.toMatchObject({ digest: redirect.digest })
    await expect(coded(() => Promise.reject(new Error('own')))()).rejects.not.toHaveProperty('digest')
  })

  it('passes arguments and answers through', async () => {
    expect(await coded(async (a: number, b: number) => a + b)(1, 2)).toBe(3)
  })
})
