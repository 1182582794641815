import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../crypto/sha256.js'
import { decodeIdToken, type IdTokenExpectations, noNonce, verifyIdToken } from './id-token.js'
import {
  accessClaims,
  clientId,
  createTestIssuer,
  createTestProvider,
  idClaims,
  issuer,
  logoutClaims,
  logoutEvent,
  type Members,
  nonce,
  now,
  type TestIssuer,
  withRaw,
} from './test/test-issuer.js'

let test: TestIssuer

beforeAll(async () => {
  test = await createTestIssuer()
})

const login = { nonce } satisfies IdTokenExpectations

/** `accepted`, or the reason of the refusal. */
async function verdict(claims: Members, expected: IdTokenExpectations = login, header: Members = {}): Promise<string> {
  return verdictOf(await test.sign(claims, header), expected)
}

async function verdictOf(
  token: string,
  expected: IdTokenExpectations = login,
  provider = test.provider,
): Promise<string> {
  try {
    await verifyIdToken(provider, token, expected)
    return 'accepted'
  } catch (error) {
    expect(error).toMatchObject({ name: 'TokenError', code: 'token_invalid', status: 401 })
    return (error as { reason: string }).reason
  }
}

/** Changes of one claim, as rows of a table: `undefined` leaves the claim out. */
const changes = (name: string, ...values: unknown[]): [string, Record<string, unknown>][] =>
  values.map((value) => [`${name} ${JSON.stringify(value) ?? 'absent'}`, { [name]: value }])

describe('verifyIdToken', () => {
  it('accepts the token of the documents and names its claims', async () => {
    const claims = await verifyIdToken(test.provider, await test.sign(idClaims({ auth_time: now - 5 })), login)
    expect({ ...claims, raw: undefined }).toEqual({
      iss: issuer,
      sub: 'usr_1',
      aud: [clientId],
      exp: now + 1800,
      iat: now,
      sid: 'ses_1',
      oid: 'org_1',
      amr: ['conn_1'],
      authTime: now - 5,
      name: 'Ada Lovelace',
      givenName: 'Ada',
      familyName: 'Lovelace',
      email: 'ada@corp.example',
      emailVerified: true,
      picture: 'https://auth.example/ada.png',
      locale: 'en',
      raw: undefined,
    })
    expect(Object.isFrozen(claims)).toBe(true)
    expect(claims.raw.client_id).toBe(clientId)
  })

  it('leaves out what the token does not have, and what has the wrong type', async () => {
    const odd = { sid: 7, oid: '', name: null, email: ['a'], amr: undefined, picture: {}, locale: true }
    const token = await test.sign(idClaims({ ...odd, given_name: undefined, family_name: undefined }))
    const claims = await verifyIdToken(test.provider, token, login)
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'raw', 'sub'])
  })

  it.each(changes('aud', clientId, [clientId], [clientId, clientId]))('accepts %s', async (_label, change) => {
    expect(await verdict(idClaims(change))).toBe('accepted')
  })

  it('accepts a token of modular SSO', async () => {
    const modular = {
      sub: 'conn_1;00u1@idp',
      oid: undefined,
      sid: undefined,
      exp: now + 259_200,
      preferred_username: 'ada',
    }
    expect(await verdict(idClaims(modular))).toBe('accepted')
  })

  describe('step 2: issuer', () => {
    it.each(
      changes(
        'iss',
        'https://evil.example',
        `${issuer}/`,
        issuer.toUpperCase(),
        `${issuer}:443`,
        [issuer],
        '',
        null,
        undefined,
      ),
    )('SEC-096 refuses %s', async (_label, change) => {
      expect(await verdict(idClaims(change))).toBe('iss')
    })

    it('SEC-110 refuses a token of another environment with the same keys and sub', async () => {
      const token = await test.sign(idClaims())
      const other = createTestProvider([test.jwk], { issuer: 'https://other.example' })
      expect(await verdictOf(token, login, other)).toBe('iss')
    })
  })

  describe('steps 3 to 5: audience', () => {
    it.each(
      changes('aud', 'other', clientId.slice(0, -1), `${clientId}x`, [], {}, 7, null, undefined, [[clientId]], ['']),
    )('SEC-097 refuses %s', async (_label, change) => {
      expect(await verdict(idClaims(change))).toBe('aud')
    })

    it.each<[string, Record<string, unknown>, string]>([
      ['another audience beside us, without azp', { aud: [clientId, 'other'], azp: undefined }, 'aud'],
      ['another audience beside us, with our azp', { aud: [clientId, 'other'] }, 'aud'],
      ['another audience beside us, with its azp', { aud: ['other', clientId], azp: 'other' }, 'aud'],
      ['a number beside us', { aud: [clientId, 123] }, 'aud'],
      ["somebody else's azp", { azp: 'other' }, 'azp'],
      ['an azp of null', { azp: null }, 'azp'],
      ['an azp that is an array', { azp: [clientId] }, 'azp'],
    ])('SEC-098 refuses %s', async (_label, change, reason) => {
      expect(await verdict(idClaims(change))).toBe(reason)
    })

    it('SEC-098 accepts a token without azp', async () => {
      expect(await verdict(idClaims({ azp: undefined }))).toBe('accepted')
    })
  })

  it.each(changes('sub', '', 7, null, undefined, ['usr_1'], 'x'.repeat(256), 'usr\u0000', 'usr\n1', 'usr\u0085'))(
    'SEC-099 refuses %s',
    async (_label, change) => {
      expect(await verdict(idClaims(change))).toBe('sub')
    },
  )

  it.each(changes('sub', 'x'.repeat(255), 'conn_1;ada@corp.example', 'ünï', '__proto__'))(
    'SEC-099 accepts %s',
    async (_label, change) => {
      expect(await verdict(idClaims(change))).toBe('accepted')
    },
  )

  describe('step 9: expiry', () => {
    it.each([
      ['one second before the skew is used up', now - 59, 60, 'accepted'],
      ['exactly at the skew', now - 60, 60, 'expired'],
      ['long ago', now - 3600, 60, 'expired'],
      ['with the largest skew', now - 299, 300, 'accepted'],
      ['at the largest skew', now - 300, 300, 'expired'],
      ['without skew, at the very second', now, 0, 'expired'],
    ])('SEC-091 judges an exp %s', async (_label, exp, clockSkew, expected) => {
      const provider = createTestProvider([test.jwk], { clockSkew })
      expect(await verdictOf(await test.sign(idClaims({ exp })), login, provider)).toBe(expected)
    })

    it('SEC-092 requires exp', async () => {
      expect(await verdict(idClaims({ exp: undefined }))).toBe('exp_missing')
    })

    it.each([
      ['1e999', 'exp'],
      ['1e400', 'exp'],
      ['9007199254740992', 'exp'],
      ['1800000000.5', 'exp'],
      ['"1900000000"', 'exp'],
      ['null', 'exp'],
      ['[]', 'exp'],
      ['[1900000000]', 'exp'],
      ['true', 'exp'],
      ['0', 'expired'],
      ['-1', 'expired'],
      ['-1e999', 'exp'],
    ])('SEC-093 refuses an exp of %s', async (text, reason) => {
      expect(await verdict(withRaw(idClaims(), 'exp', text))).toBe(reason)
    })
  })

  describe('step 10: iat, and nbf', () => {
    it.each([
      ['absent', undefined, 'iat'],
      ['at the skew', now + 60, 'accepted'],
      ['beyond the skew', now + 61, 'iat'],
      ['in the far future', now + 10 ** 9, 'iat'],
      ['ten minutes old', now - 600, 'accepted'],
      ['older than ten minutes', now - 601, 'iat'],
      ['days old', now - 259_200, 'iat'],
      ['a string', String(now), 'iat'],
    ])('SEC-094 judges an iat %s', async (_label, iat, expected) => {
      expect(await verdict(idClaims({ iat, exp: now + 10 ** 6 }))).toBe(expected)
    })

    it.each([
      ['at the skew', now + 60, 'accepted'],
      ['beyond the skew', now + 61, 'nbf'],
      ['a string', String(now), 'nbf'],
      ['null', null, 'nbf'],
    ])('SEC-095 judges an nbf %s', async (_label, nbf, expected) => {
      expect(await verdict(idClaims({ nbf }))).toBe(expected)
    })

    it.each([
      ['iat', '1e999'],
      ['nbf', '-1e999'],
      ['auth_time', '1e999'],
    ])('SEC-093 refuses infinity in %s', async (name, text) => {
      expect(await verdict(withRaw(idClaims(), name, text))).toBe(name)
    })
  })

  describe('step 11: nonce', () => {
    it.each(changes('nonce', undefined, '', `${nonce}x`, nonce.slice(0, -1), nonce.toUpperCase(), [nonce], null, 0))(
      'SEC-100 refuses %s',
      async (_label, change) => {
        expect(await verdict(idClaims(change))).toBe('nonce')
      },
    )

    it('SEC-188 takes a refreshed token without nonce, and one with the first nonce only', async () => {
      const original = await verifyIdToken(test.provider, await test.sign(idClaims()), login)
      const refreshed = { nonce: noNonce, original } satisfies IdTokenExpectations
      expect(await verdict(idClaims({ nonce: undefined }), refreshed)).toBe('accepted')
      expect(await verdict(idClaims(), refreshed)).toBe('accepted')
      expect(await verdict(idClaims({ nonce: 'another' }), refreshed)).toBe('nonce')
      expect(await verdict(idClaims({ nonce: 'another' }), { nonce: noNonce })).toBe('accepted')
    })

    it.each<[string, Record<string, unknown>, string]>([
      ['iss', { iss: 'https://evil.example' }, 'iss'],
      ['sub', { sub: 'usr_2' }, 'sub'],
      ['aud', { aud: ['skc_other'] }, 'aud'],
    ])('SEC-188 refuses a refreshed token with another %s', async (_label, change, reason) => {
      const original = decodeIdToken(await test.sign(idClaims()))!
      expect(await verdict(idClaims({ nonce: undefined, ...change }), { nonce: noNonce, original })).toBe(reason)
    })
  })

  describe('hashes', () => {
    const half = async (value: string) => Buffer.from((await sha256(value)).subarray(0, 16)).toString('base64url')

    it('gives the at_hash of OIDC Core appendix A.3', async () => {
      const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y'
      const atHash = '77QmUPtjPfzWtF2AnpK9RQ'
      expect(await verdict(idClaims({ at_hash: atHash }), { nonce, accessToken })).toBe('accepted')
    })

    it.each([
      ['at_hash', 'accessToken'],
      ['c_hash', 'code'],
    ])('SEC-101 checks %s where it is present', async (name, input) => {
      const given = { nonce, [input]: 'value' }
      const right = await half('value')
      expect(await verdict(idClaims({ [name]: right }), given)).toBe('accepted')
      expect(await verdict(idClaims(), given)).toBe('accepted')
      for (const wrong of [
        await half('other'),
        '',
        null,
        7,
        [right],
        `${right}=`,
        (await sha256('value')).toString(),
      ]) {
        expect(await verdict(idClaims({ [name]: wrong }), given)).toBe(name)
      }
    })
  })

  it.each<[string, unknown, number | undefined, string]>([
    ['absent, not asked for', undefined, undefined, 'accepted'],
    ['absent, asked for', undefined, 300, 'auth_time'],
    ['recent', now - 300, 300, 'accepted'],
    ['as old as the skew allows', now - 360, 300, 'accepted'],
    ['too old', now - 361, 300, 'auth_time'],
    ['in the future', now + 61, 300, 'auth_time'],
    ['just now, and asked to be', now, 0, 'accepted'],
    ['a string', String(now), 300, 'auth_time'],
    ['a string, not asked for', String(now), undefined, 'auth_time'],
    ['null', null, 300, 'auth_time'],
  ])('SEC-102 judges an auth_time %s', async (_label, authTime, maxAge, expected) => {
    const asked = maxAge === undefined ? login : { nonce, maxAge }
    expect(await verdict(idClaims({ auth_time: authTime }), asked)).toBe(expected)
  })

  describe('other kinds of token', () => {
    it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
      ['typ logout+jwt', idClaims(), { typ: 'logout+jwt' }, 'typ'],
      ['typ at+jwt', idClaims(), { typ: 'at+jwt' }, 'typ'],
      ['an events member', idClaims({ events: { [logoutEvent]: {} } }), {}, 'events'],
      ['an events member of null', idClaims({ events: null }), {}, 'events'],
      ['a logout token', logoutClaims(), {}, 'events'],
    ])('SEC-104 refuses %s', async (_label, claims, header, reason) => {
      expect(await verdict(claims, login, header)).toBe(reason)
      expect(await verdict(claims, { nonce: noNonce }, header)).toBe(reason)
    })

    const idpLogin = {
      iss: issuer,
      organization_id: 'org_1',
      connection_id: 'conn_1',
      iat: now,
      nbf: now,
      exp: now + 300,
    }
    const accessId = { iss: issuer, aud: [clientId], sub: 'usr_1', iat: now, exp: now + 300 }

    it.each<[string, Record<string, unknown>, string, string]>([
      ['an access token', accessClaims(), 'token_type', 'token_type'],
      ['an access token with nothing but permissions', { ...accessId, permissions: [] }, 'token_type', 'token_type'],
      ['an access token with nothing but roles', { ...accessId, roles: [] }, 'token_type', 'token_type'],
      ['an access token with nothing but a scope', { ...accessId, scope: '' }, 'token_type', 'token_type'],
      ['a machine token', { ...accessId, sub: 'm2morg_1', scopes: ['a'] }, 'token_type', 'token_type'],
      [
        'an access token of modular SSO',
        { ...accessId, jti: 'tkn_1', client_id: clientId },
        'token_type',
        'token_type',
      ],
      ['an IdP-initiated login', idpLogin, 'aud', 'aud'],
      ['a bare token', accessId, 'nonce', 'accepted'],
    ])('SEC-105 refuses %s', async (_label, claims, atLogin, atRefresh) => {
      expect(await verdict(claims)).toBe(atLogin)
      expect(await verdict(claims, { nonce: noNonce })).toBe(atRefresh)
    })

    it.each<[string, Record<string, unknown>, IdTokenExpectations]>([
      ['nonce', {}, login],
      ['at_hash', { nonce: undefined, at_hash: 'x' }, { nonce: noNonce }],
    ])('takes roles among the claims of an ID token that shows itself by its %s', async (_label, change, expected) => {
      expect(await verdict(idClaims({ roles: ['admin'], permissions: [], ...change }), expected)).toBe('accepted')
    })

    it('SEC-105 refuses a webhook body', async () => {
      expect(await verdictOf('{"spec_version":"1","type":"user.login"}')).toBe('malformed')
    })
  })

  it.each([
    ['true', true, true],
    ['false', false, false],
    ['absent', undefined, false],
    ['"true"', 'true', false],
    ['1', 1, false],
  ])('SEC-111 takes email_verified of %s for what it is', async (_label, value, expected) => {
    const token = await test.sign(idClaims({ email_verified: value }))
    expect((await verifyIdToken(test.provider, token, login)).emailVerified).toBe(expected)
  })

  it.each([
    ['__proto__', '{"iss":"https://evil.example"}'],
    ['constructor', '{"prototype":{}}'],
    ['toString', '"x"'],
  ])('SEC-108 keeps a claim named %s among the claims', async (name, text) => {
    const token = await test.sign(withRaw(idClaims(), 'x', text).replace('"x"', `"${name}"`))
    const claims = await verifyIdToken(test.provider, token, login)
    expect(Object.hasOwn(claims.raw, name)).toBe(true)
    expect(claims.iss).toBe(issuer)
    expect(Object.getPrototypeOf(claims.raw)).toBeNull()
  })

  it('SEC-365 says nothing of the token in its error', async () => {
    const token = await test.sign(idClaims({ nonce: 'canary-nonce', email: 'canary@corp.example' }))
    const error = await verifyIdToken(test.provider, token, login).catch((caught: Error) => caught)
    const text = `${JSON.stringify(error)} ${(error as Error).stack} ${String((error as Error).cause)}`
    for (const part of [...token.split('.'), 'canary', nonce]) expect(text).not.toContain(part)
  })
})

describe('decodeIdToken', () => {
  it('reads what verifyIdToken read', async () => {
    const token = await test.sign(idClaims())
    expect(decodeIdToken(token)).toEqual(await verifyIdToken(test.provider, token, login))
  })

  it('reads an expired token: it is still a good hint at logout', async () => {
    expect(decodeIdToken(await test.sign(idClaims({ exp: now - 9999 })))?.sub).toBe('usr_1')
  })

  it.each<[string, Record<string, unknown>]>([
    ['iss', { iss: undefined }],
    ['sub', { sub: undefined }],
    ['aud', { aud: 7 }],
    ['exp', { exp: '1' }],
    ['iat', { iat: null }],
  ])('gives nothing without a usable %s', async (_label, change) => {
    expect(decodeIdToken(await test.sign(idClaims(change)))).toBeUndefined()
  })

  it('gives nothing for text that is no token', () => {
    expect(decodeIdToken('a.b.c')).toBeUndefined()
  })
})
