import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { encodeBase64url } from '../../crypto/base64url.js'
import { scalekitEndpoints } from '../endpoints.js'
import { createKeySet } from '../key-set.js'
import type { Provider } from '../provider.js'

/** The instant at which the tests happen. */
export const now = 1_800_000_000
export const issuer = 'https://auth.example'
export const clientId = 'skc_12345'
export const nonce = 'mN0gKbFqHnWkVQ3eXo6yq6xkqVvQ5u3iT0p2YJw1c8A'

/** Members of a header or claims set: `undefined` leaves one out; a string is the exact text instead. */
export type Members = Readonly<Record<string, unknown>> | string

export interface TestIssuer {
  readonly jwk: JWK
  readonly privateKey: CryptoKey
  readonly provider: Provider
  /** A token with a real RS256 signature; `header` is merged over a good one. */
  readonly sign: (claims: Members, header?: Members, key?: CryptoKey) => Promise<string>
}

export async function createTestIssuer(): Promise<TestIssuer> {
  const { jwk, privateKey } = await createTestKey('snk_1')
  return {
    jwk,
    privateKey,
    provider: createTestProvider([jwk]),
    sign: (claims, header = {}, key = privateKey) => signCompact(goodHeader(header), claims, key),
  }
}

export async function createTestKey(kid: string): Promise<{ jwk: JWK; publicKey: CryptoKey; privateKey: CryptoKey }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }, publicKey, privateKey }
}

export function createTestProvider(keys: readonly unknown[], changes: Partial<Provider> = {}): Provider {
  const clock = () => now
  const fetch = async () => new Response(JSON.stringify({ keys }))
  return {
    issuer,
    clientId,
    clientSecret: 'canary-client-secret',
    audience: [clientId],
    endpoints: async () => scalekitEndpoints(issuer),
    keys: createKeySet({ url: async () => `${issuer}/keys`, fetch, clock, deadline: 5 }),
    fetch,
    clock,
    clockSkew: 60,
    deadlines: { exchange: 10, refresh: 8, keys: 5 },
    ...changes,
  }
}

/** Signs what it is given, however wrong; `algorithm` is that of the key unless told otherwise. */
export async function signCompact(
  header: Members,
  claims: Members,
  key: CryptoKey,
  algorithm: Parameters<SubtleCrypto['sign']>[0] = key.algorithm,
): Promise<string> {
  const input = `${encodeMembers(header)}.${encodeMembers(claims)}`
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(input))
  return `${input}.${encodeBase64url(new Uint8Array(signature))}`
}

export function encodeMembers(members: Members): string {
  const text = typeof members === 'string' ? members : JSON.stringify(members)
  return encodeBase64url(new TextEncoder().encode(text))
}

function goodHeader(header: Members): Members {
  return typeof header === 'string' ? header : { alg: 'RS256', kid: 'snk_1', typ: 'JWT', ...header }
}

/** The claims of Scalekit's full-stack ID token (protocol.md §3.2). */
export function idClaims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    iss: issuer,
    aud: [clientId],
    azp: clientId,
    sub: 'usr_1',
    oid: 'org_1',
    sid: 'ses_1',
    client_id: clientId,
    amr: ['conn_1'],
    iat: now,
    exp: now + 1800,
    nonce,
    email: 'ada@corp.example',
    email_verified: true,
    name: 'Ada Lovelace',
    given_name: 'Ada',
    family_name: 'Lovelace',
    picture: 'https://auth.example/ada.png',
    locale: 'en',
    ...changes,
  }
}

/** The claims of Scalekit's full-stack access token. */
export function accessClaims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    iss: issuer,
    aud: [clientId],
    sub: 'usr_1',
    oid: 'org_1',
    sid: 'ses_1',
    client_id: clientId,
    jti: 'tkn_1',
    iat: now,
    nbf: now,
    exp: now + 300,
    roles: ['admin'],
    permissions: ['sk_org_users_read', 'invoices:read'],
    scope: 'openid profile',
    ...changes,
  }
}

export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** The claims of a logout token as Back-Channel Logout §2.4 has them. */
export function logoutClaims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    iss: issuer,
    aud: [clientId],
    sub: 'usr_1',
    sid: 'ses_1',
    jti: 'jti_1',
    iat: now,
    exp: now + 120,
    events: { [logoutEvent]: {} },
    ...changes,
  }
}

/** JSON text in which one claim is written exactly so: for what JSON.stringify would not write. */
export function withRaw(claims: Readonly<Record<string, unknown>>, name: string, text: string): string {
  return JSON.stringify({ ...claims, [name]: '\u0000' }).replace('"\\u0000"', text)
}
