import { beforeAll, describe, expect, it } from 'vitest'
import { decodeAccessToken, verifyAccessToken } from './access-token.js'
import {
  accessClaims,
  clientId,
  createTestIssuer,
  createTestProvider,
  idClaims,
  issuer,
  logoutClaims,
  type Members,
  now,
  type TestIssuer,
  withRaw,
} from './test/test-issuer.js'

let test: TestIssuer

beforeAll(async () => {
  test = await createTestIssuer()
})

/** `accepted`, or the reason of the refusal. */
async function verdict(claims: Members, header: Members = {}, provider = test.provider): Promise<string> {
  try {
    await verifyAccessToken(provider, await test.sign(claims, header))
    return 'accepted'
  } catch (error) {
    expect(error).toMatchObject({ name: 'TokenError', code: 'token_invalid', status: 401 })
    return (error as { reason: string }).reason
  }
}

const claimsOf = async (claims: Members) => verifyAccessToken(test.provider, await test.sign(claims))

describe('verifyAccessToken', () => {
  it('accepts the token of the documents and names its claims', async () => {
    const claims = await claimsOf(accessClaims())
    expect({ ...claims, raw: undefined }).toEqual({
      sub: 'usr_1',
      oid: 'org_1',
      sid: 'ses_1',
      clientId,
      roles: ['admin'],
      permissions: ['sk_org_users_read', 'invoices:read'],
      scopes: ['openid', 'profile'],
      exp: now + 300,
      iat: now,
      jti: 'tkn_1',
      raw: undefined,
    })
    expect(Object.isFrozen(claims)).toBe(true)
    expect(Object.isFrozen(claims.permissions)).toBe(true)
  })

  it('accepts the token of modular SSO, which names no organization', async () => {
    const claims = await claimsOf({
      iss: issuer,
      aud: [clientId],
      sub: 'conn_1;00u1',
      client_id: clientId,
      jti: 'tkn_1',
      iat: now,
      nbf: now,
      exp: now + 899,
    })
    expect(Object.keys(claims).sort()).toEqual(
      ['clientId', 'exp', 'iat', 'jti', 'permissions', 'raw', 'roles', 'scopes', 'sub'].sort(),
    )
    expect([claims.roles, claims.permissions, claims.scopes]).toEqual([[], [], []])
  })

  it('accepts a machine token with its array of scopes', async () => {
    const machine = {
      sub: 'm2morg_1',
      client_id: 'm2morg_1',
      scope: undefined,
      scopes: ['read:a', 'write:a', 'read:a'],
    }
    expect((await claimsOf(accessClaims(machine))).scopes).toEqual(['read:a', 'write:a'])
  })

  it('accepts a token with the type of RFC 9068', async () => {
    expect(await verdict(accessClaims(), { typ: 'at+jwt' })).toBe('accepted')
  })

  it.each<[string, Members, Members, string]>([
    ['an ID token', idClaims(), {}, 'nonce'],
    ['an ID token of a refresh', idClaims({ nonce: undefined, at_hash: 'x' }), {}, 'at_hash'],
    ['an ID token with c_hash', idClaims({ nonce: undefined, c_hash: 'x' }), {}, 'c_hash'],
    ['a logout token', logoutClaims(), { typ: 'logout+jwt' }, 'typ'],
    ['a logout token without type', logoutClaims(), { typ: undefined }, 'events'],
    [
      'an IdP-initiated login',
      { iss: issuer, organization_id: 'org_1', connection_id: 'conn_1', exp: now + 300 },
      {},
      'aud',
    ],
    ['a nonce of null', accessClaims({ nonce: null }), {}, 'nonce'],
  ])('SEC-117 SEC-231 refuses %s', async (_label, claims, header, reason) => {
    expect(await verdict(claims, header)).toBe(reason)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no exp', { exp: undefined }, 'exp_missing'],
    ['an exp that is past', { exp: now - 60 }, 'expired'],
    ['a foreign iss', { iss: 'https://evil.example' }, 'iss'],
    ['no iss', { iss: undefined }, 'iss'],
    ['a foreign aud', { aud: ['https://api.example'] }, 'aud'],
    ['a foreign aud, with our client_id', { aud: 'other', client_id: clientId }, 'aud'],
    ['no aud', { aud: undefined }, 'aud'],
    ['an empty aud', { aud: [] }, 'aud'],
    ['an aud that holds a number', { aud: [clientId, 1] }, 'aud'],
    ['no sub', { sub: undefined }, 'sub'],
    ['an nbf in the future', { nbf: now + 61 }, 'nbf'],
    ['an iat in the future', { iat: now + 61 }, 'iat'],
    ['an iat that is text', { iat: 'now' }, 'iat'],
  ])('SEC-118 refuses a token with %s', async (_label, change, reason) => {
    expect(await verdict(accessClaims(change))).toBe(reason)
  })

  it.each([
    ['exp', '1e999'],
    ['nbf', '1e999'],
    ['iat', '-1e999'],
    ['exp', '"1900000000"'],
  ])('SEC-093 refuses %s: %s', async (name, text) => {
    expect(await verdict(withRaw(accessClaims(), name, text))).toBe(name)
  })

  it('accepts any of the configured audiences, and then no other', async () => {
    const provider = createTestProvider([test.jwk], { audience: ['https://api.example', 'https://beta.example'] })
    expect(await verdict(accessClaims({ aud: 'https://api.example' }), {}, provider)).toBe('accepted')
    expect(await verdict(accessClaims({ aud: ['x', 'https://beta.example'] }), {}, provider)).toBe('accepted')
    expect(await verdict(accessClaims(), {}, provider)).toBe('aud')
  })
})

describe('what a token grants', () => {
  it.each<[string, unknown]>([
    ['absent', undefined],
    ['null', null],
    ['""', ''],
    ['{}', {}],
    ['a number', 7],
    ['true', true],
    ['an object that looks like an array', { 0: 'sk_org_users_invite', length: 1 }],
  ])('SEC-295 reads permissions and roles that are %s as none', async (_label, value) => {
    const claims = await claimsOf(accessClaims({ permissions: value, roles: value }))
    expect([claims.permissions, claims.roles]).toEqual([[], []])
  })

  it('SEC-296 reads a permission that is a string as none', async () => {
    expect((await claimsOf(accessClaims({ permissions: 'sk_org_users_invite' }))).permissions).toEqual([])
  })

  it('SEC-297 keeps the strings of an array and gives none of them a meaning', async () => {
    const permissions = [7, null, ['sk_org_users_invite'], {}, '', '*', 'sk_*', '*', ' sk_org_users_read']
    expect((await claimsOf(accessClaims({ permissions }))).permissions).toEqual(['*', 'sk_*', ' sk_org_users_read'])
  })

  it.each<[string, unknown, unknown, string[]]>([
    ['a string', 'a b', undefined, ['a', 'b']],
    ['an array', undefined, ['a', 'b'], ['a', 'b']],
    ['both', 'a b', ['b', 'c'], ['a', 'b', 'c']],
    ['a string with gaps', ' a   b ', undefined, ['a', 'b']],
    ['a scope that is an array', ['a'], undefined, []],
    ['scopes that are a string', undefined, 'a b', []],
    ['objects', { a: 1 }, { b: 1 }, []],
    ['neither', undefined, undefined, []],
  ])('SEC-120 reads scopes: %s', async (_label, scope, scopes, expected) => {
    expect((await claimsOf(accessClaims({ scope, scopes }))).scopes).toEqual(expected)
  })
})

describe('decodeAccessToken', () => {
  it('reads what verifyAccessToken read', async () => {
    const token = await test.sign(accessClaims())
    expect(decodeAccessToken(token)).toEqual(await verifyAccessToken(test.provider, token))
  })

  it.each<[string, Record<string, unknown>]>([
    ['sub', { sub: 7 }],
    ['exp', { exp: '1' }],
  ])('gives nothing without a usable %s', async (_label, change) => {
    expect(decodeAccessToken(await test.sign(accessClaims(change)))).toBeUndefined()
  })

  it('gives nothing for an opaque token', () => {
    expect(decodeAccessToken('opaque')).toBeUndefined()
  })
})
