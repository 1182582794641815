import { beforeAll, describe, expect, it } from 'vitest'
import { verifyIdpInitiatedLogin } from './idp-initiated-login.js'
import {
  accessClaims,
  clientId,
  createTestIssuer,
  createTestKey,
  idClaims,
  issuer,
  logoutClaims,
  now,
  type TestIssuer,
} from './test/test-issuer.js'

let test: TestIssuer
beforeAll(async () => {
  test = await createTestIssuer()
})

const good = {
  iss: issuer,
  organization_id: 'org_1',
  connection_id: 'conn_1',
  login_hint: 'ada@acme.test',
  relay_state: '/reports',
  iat: now,
  nbf: now,
  exp: now + 300,
}
const verify = (token: string, issuers = [issuer, 'https://app.example']) =>
  verifyIdpInitiatedLogin(test.provider, token, issuers)
const reasonOf = async (claims: Record<string, unknown> | string, header = {}) =>
  verify(await test.sign(typeof claims === 'string' ? claims : { ...good, ...claims }, header)).then(
    () => 'accepted',
    (error) => error.reason,
  )

describe('the token of an IdP-initiated login', () => {
  it('says which login to start', async () => {
    expect(await verify(await test.sign(good))).toEqual({
      organizationId: 'org_1',
      connectionId: 'conn_1',
      loginHint: 'ada@acme.test',
      relayState: '/reports',
      exp: now + 300,
    })
  })

  it.each([
    ['an organization alone', { connection_id: undefined }],
    ['a connection alone', { organization_id: undefined }],
    ['the address of the app as issuer, as the documented sample has it', { iss: 'https://app.example' }],
    ['an issuer with a slash at its end', { iss: 'https://app.example/' }],
    ['an audience that is us', { aud: [clientId, 'other'] }],
    ['no nbf', { nbf: undefined }],
    ['an expiry that the skew forgives', { iat: now - 330, nbf: now - 330, exp: now - 30 }],
  ])('takes %s', async (_, claims) => {
    expect(await reasonOf(claims)).toBe('accepted')
  })

  it.each([
    ['SEC-245 an expired one', { iat: now - 400, nbf: now - 400, exp: now - 100 }, 'expired'],
    ['SEC-245 one of the future', { nbf: now + 120 }, 'nbf'],
    ['SEC-245 one issued in the future', { iat: now + 120 }, 'iat'],
    ['SEC-245 a lifetime of more than ten minutes', { exp: now + 601 }, 'lifetime'],
    ['SEC-245 no exp', { exp: undefined }, 'exp_missing'],
    ['SEC-245 no iat', { iat: undefined }, 'iat'],
    ['SEC-245 an endless exp', JSON.stringify({ ...good }).replace(`"exp":${now + 300}`, '"exp":1e999'), 'exp'],
    ['SEC-246 another issuer', { iss: 'https://evil.example' }, 'iss'],
    ['SEC-246 no issuer', { iss: undefined }, 'iss'],
    ['SEC-246 an issuer that begins like ours', { iss: `${issuer}.evil.example` }, 'iss'],
    ['SEC-246 an audience that is another', { aud: ['skc_other'] }, 'aud'],
    ['SEC-250 an organization with parameters in it', { organization_id: 'org_1&prompt=none' }, 'organization_id'],
    ['SEC-250 an organization that is a list', { organization_id: ['org_1'] }, 'organization_id'],
    ['SEC-250 a connection of another form', { connection_id: 'org_1' }, 'connection_id'],
    [
      'neither organization nor connection',
      { organization_id: undefined, connection_id: undefined },
      'selector_missing',
    ],
  ])('refuses %s', async (_, claims, reason) => {
    expect(await reasonOf(claims)).toBe(reason)
  })

  it.each([
    ['an ID token', () => idClaims()],
    ['an access token', () => accessClaims()],
    ['a logout token', () => logoutClaims()],
  ])('SEC-247 refuses %s, whatever selectors it carries', async (_, claims) => {
    const token = { ...(claims() as Record<string, unknown>), organization_id: 'org_1', iat: now, exp: now + 300 }
    expect(await verify(await test.sign(token)).catch((error) => error.code)).toBe('token_invalid')
  })

  it.each([
    'events',
    'nonce',
    'at_hash',
    'c_hash',
    'azp',
    'amr',
    'sid',
    'scope',
    'scopes',
    'permissions',
    'roles',
    'client_id',
  ])('SEC-247 refuses what has %s, which belongs to another kind of token', async (name) => {
    expect(await reasonOf({ [name]: 'x' })).toBe(name)
  })

  it('SEC-245 refuses another key, another algorithm, another type', async () => {
    const other = await createTestKey('snk_1')
    expect(await verify(await test.sign(good, {}, other.privateKey)).catch((error) => error.reason)).toBe('signature')
    expect(await reasonOf({}, { alg: 'none' })).toBe('alg')
    expect(await reasonOf({}, { typ: 'logout+jwt' })).toBe('typ')
  })

  it.each([
    ['SEC-249 an object as relay state', { relay_state: { to: '/x' } }, { relayState: undefined }],
    ['a hint with control characters', { login_hint: 'a@b\r\nSet-Cookie: x' }, { loginHint: undefined }],
    ['a hint of a thousand characters', { login_hint: 'a'.repeat(1000) }, { loginHint: undefined }],
  ])('leaves out %s', async (_, claims, expected) => {
    expect(await verify(await test.sign({ ...good, ...claims }))).toMatchObject(expected)
  })
})
