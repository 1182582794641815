import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { verifyAccessToken } from './access-token.js'
import { noNonce, verifyIdToken } from './id-token.js'
import { verifyLogoutToken } from './logout-token.js'
import {
  accessClaims,
  clientId,
  createTestIssuer,
  idClaims,
  issuer,
  logoutClaims,
  nonce,
  now,
  type TestIssuer,
} from './test/test-issuer.js'

let test: TestIssuer

beforeAll(async () => {
  test = await createTestIssuer()
})

const verifiers = {
  'ID token at login': (token: string) => verifyIdToken(test.provider, token, { nonce }),
  'ID token at refresh': (token: string) => verifyIdToken(test.provider, token, { nonce: noNonce }),
  'access token': (token: string) => verifyAccessToken(test.provider, token),
  'logout token': (token: string) => verifyLogoutToken(test.provider, token, { typ: 'compat', expRequired: true }),
}

/** Some members of an object, chosen at random. */
const some = (members: Record<string, unknown>) =>
  fc.subarray(Object.entries(members)).map((entries) => Object.fromEntries(entries))

const profile = some({ email: 'ada@corp.example', name: 'Ada', amr: ['conn_1'], auth_time: now, locale: 'en' })
const identity = some({ oid: 'org_1', sid: 'ses_1', client_id: clientId, xoid: 'x', plan: 'free' })
const base = { iss: issuer, aud: [clientId], sub: 'usr_1', iat: now, exp: now + 300 }
const unset = {
  oid: undefined,
  sid: undefined,
  client_id: undefined,
  email: undefined,
  name: undefined,
  amr: undefined,
  locale: undefined,
}

/** Tokens of each kind as Scalekit's documents show them, with whatever optional claims, and who may accept them. */
const kinds: Record<string, { claims: fc.Arbitrary<Record<string, unknown>>; acceptedAs: (keyof typeof verifiers)[] }> =
  {
    'an ID token of a login': {
      claims: fc
        .tuple(profile, identity)
        .map((parts) => idClaims({ ...unset, exp: now + 1800, ...parts[0], ...parts[1] })),
      acceptedAs: ['ID token at login', 'ID token at refresh'],
    },
    'an ID token of a refresh': {
      claims: fc
        .tuple(profile, identity)
        .map((parts) => idClaims({ ...unset, nonce: undefined, at_hash: 'x', ...parts[0], ...parts[1] })),
      acceptedAs: ['ID token at refresh'],
    },
    'an access token': {
      claims: fc.tuple(identity, profile).map((parts) => accessClaims({ ...unset, ...parts[0], ...parts[1] })),
      acceptedAs: ['access token'],
    },
    'an access token of modular SSO': {
      claims: fc.constant({ ...base, sub: 'conn_1;00u1', nbf: now, client_id: clientId, jti: 'tkn_1' }),
      acceptedAs: ['access token'],
    },
    // A machine token is an access token; that it is no person's is for the guard to say.
    'a machine token': {
      claims: fc.constant({
        ...base,
        sub: 'm2morg_1',
        client_id: 'm2morg_1',
        oid: 'org_1',
        nbf: now,
        jti: '1',
        scopes: ['a'],
      }),
      acceptedAs: ['access token'],
    },
    'a logout token': {
      claims: some({ sid: 'ses_1', extra: 1 }).map((parts) => logoutClaims({ sid: undefined, ...parts })),
      acceptedAs: ['logout token'],
    },
    'an IdP-initiated login': {
      claims: some({ aud: clientId, relay_state: '/', login_hint: 'ada@corp.example' }).map((parts) => ({
        iss: issuer,
        organization_id: 'org_1',
        connection_id: 'conn_1',
        iat: now,
        nbf: now,
        exp: now + 300,
        ...parts,
      })),
      acceptedAs: [],
    },
  }

describe('F10', () => {
  it.each(Object.keys(kinds))('%s is accepted as what it is and as nothing else', async (kind) => {
    const { claims, acceptedAs } = kinds[kind]!
    const typ = fc.constantFrom('JWT', undefined)
    await fc.assert(
      fc.asyncProperty(claims, typ, async (content, type) => {
        const token = await test.sign(content, { typ: type })
        const accepted: string[] = []
        for (const [name, verify] of Object.entries(verifiers)) {
          await verify(token).then(
            () => accepted.push(name),
            (error: Error) => expect(error.name).toBe('TokenError'),
          )
        }
        expect(accepted).toEqual(acceptedAs)
      }),
      { numRuns: 100 },
    )
  })

  it('cannot tell apart a refreshed ID token and an access token that have nothing but the claims of both', async () => {
    const token = await test.sign(base)
    await expect(verifyIdToken(test.provider, token, { nonce: noNonce })).resolves.toBeDefined()
    await expect(verifyAccessToken(test.provider, token)).resolves.toBeDefined()
    // A login is not affected: its nonce is in no access token.
    await expect(verifyIdToken(test.provider, token, { nonce })).rejects.toMatchObject({ reason: 'nonce' })
  })
})
