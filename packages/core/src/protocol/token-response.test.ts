import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTokenResponse } from './token-response.js'

const good = {
  access_token: 'at',
  id_token: 'it',
  refresh_token: 'rt',
  token_type: 'Bearer',
  expires_in: 299,
  scope: 'openid',
}
const read = (changes: Record<string, unknown>) => readTokenResponse({ ...good, ...changes })

describe('readTokenResponse', () => {
  it('gives the tokens', () => {
    const tokens = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 299, scope: 'openid' }
    expect(read({})).toEqual(tokens)
  })

  it.each([
    ['access_token', undefined],
    ['access_token', ''],
    ['access_token', 7],
    ['access_token', null],
    ['access_token', ['at']],
    ['token_type', undefined],
    ['token_type', 'mac'],
    ['token_type', 'Bearer x'],
    ['token_type', null],
    ['id_token', 7],
    ['id_token', ''],
    ['refresh_token', {}],
    ['refresh_token', ''],
    ['expires_in', -1],
    ['expires_in', Number.POSITIVE_INFINITY],
    ['expires_in', Number.NaN],
    ['expires_in', 1.5],
    ['expires_in', 2 ** 31],
    ['expires_in', null],
    ['expires_in', ''],
    ['expires_in', '-1'],
    ['expires_in', '1e3'],
    ['expires_in', ' 300'],
    ['expires_in', '99999999999'],
    ['expires_in', [300]],
    ['expires_in', true],
  ])('SEC-072 refuses %s: %j', (name, value) => {
    expect(read({ [name]: value })).toBe(name)
  })

  it.each([
    ['a numeric string', '300', 300],
    ['0', 0, 0],
    ['1', 1, 1],
    ['the largest', 2 ** 31 - 1, 2 ** 31 - 1],
    ['absent', undefined, undefined],
  ])('SEC-072 SEC-193 reads expires_in: %s', (_label, value, expected) => {
    expect(read({ expires_in: value })).toMatchObject({ expiresIn: expected })
  })

  it.each(['bearer', 'BEARER', 'Bearer'])('accepts token_type %s (suite: token-type-case-insensitivity)', (type) => {
    expect(read({ token_type: type })).toMatchObject({ accessToken: 'at' })
  })

  it('SEC-187 leaves absent what is absent or null', () => {
    const tokens = { accessToken: 'at', idToken: undefined, refreshToken: undefined, expiresIn: 299, scope: undefined }
    expect(read({ id_token: undefined, refresh_token: undefined, scope: undefined })).toEqual(tokens)
    expect(read({ id_token: null, refresh_token: null, scope: 7 })).toEqual(tokens)
  })

  it('F25 a lifetime is an integer that a timer and a sum can bear, or it is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.double(), fc.integer().map(String)), (value) => {
        const result = read({ expires_in: value })
        if (typeof result === 'string') return
        const seconds = result.expiresIn ?? 0
        expect(Number.isInteger(seconds) && seconds >= 0 && seconds < 2 ** 31).toBe(true)
      }),
    )
  })
})
