import { createHash } from 'node:crypto'
import type { Environment } from '../environment.js'
import { type Claims, claimsOf, signCompact } from '../jws.js'
import type { Authorization } from '../state/authorizations.js'
import { override, type TokenMutation } from '../state/token-mutations.js'
import { modularLifetimes } from './modular-sso.js'

interface TokenResponse {
  /** The engine's body. */
  readonly body: Claims
  readonly grantType: string
  readonly clientId: string
  /** Absent for `client_credentials`. */
  readonly authorization: Authorization | undefined
}

/**
 * Turns the engine's token response into Scalekit's: an ID token with `aud` as a list, `azp`, `at_hash` and
 * `typ: JWT`, the scope with `offline_access`. Then spoils it, if a test asked for that.
 */
export async function dressTokenResponse(environment: Environment, response: TokenResponse): Promise<Claims> {
  const { body, grantType, authorization } = response
  const mutation = environment.mutations.take(grantType)
  const accessToken = await spoil(environment, String(body.access_token), mutation?.accessToken, response.clientId)
  const dressed: Claims = {
    ...body,
    access_token: accessToken,
    ...(authorization === undefined ? {} : { scope: authorization.scope }),
  }
  const { id_token: plain, ...withoutIdToken } = dressed
  if (typeof plain !== 'string' || (grantType === 'refresh_token' && !environment.settings.idTokenOnRefresh)) {
    return override(withoutIdToken, mutation?.response)
  }
  const claims = idTokenClaims(environment, claimsOf(plain), authorization)
  const idToken = await signIdToken(environment, claims, accessToken, response.clientId, mutation?.idToken)
  return override({ ...withoutIdToken, id_token: idToken }, mutation?.response)
}

/** What differs between the two products, and `auth_time`, which a setting takes away. */
function idTokenClaims(environment: Environment, plain: Claims, authorization: Authorization | undefined): Claims {
  const { auth_time: _engine, ...claims } = plain
  if (authorization === undefined) return plain
  const { subject, authenticatedAt, amr } = authorization
  const dressed = environment.settings.authTime ? { ...claims, auth_time: authenticatedAt } : claims
  if (subject === undefined) return dressed
  const { email } = environment.directory.user(authorization.userId) ?? {}
  const username = authorization.scope.split(' ').includes('profile') ? { preferred_username: email } : {}
  return { ...dressed, ...username, sub: subject, amr, exp: Number(claims.iat) + modularLifetimes.idToken }
}

/** `aud` of Scalekit's ID tokens is a list; the engine writes a string and no `at_hash` in the code flow. */
function signIdToken(
  environment: Environment,
  plain: Claims,
  accessToken: string,
  clientId: string,
  mutation: TokenMutation | undefined,
): Promise<string> {
  const claims = { ...plain, aud: [clientId], azp: clientId, client_id: clientId, at_hash: tokenHash(accessToken) }
  return sign(environment, claims, mutation, clientId)
}

/** Left half of the SHA-256 of the token (OIDC Core §3.1.3.6). */
function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url')
}

async function spoil(
  environment: Environment,
  token: string,
  mutation: TokenMutation | undefined,
  clientId: string,
): Promise<string> {
  return mutation === undefined ? token : sign(environment, claimsOf(token), mutation, clientId)
}

/** Signs claims with the environment's current key, or as a mutation says. */
export async function sign(
  environment: Environment,
  claims: Claims,
  mutation: TokenMutation = {},
  clientId: string = environment.firstClient.id,
): Promise<string> {
  const algorithm = mutation.alg ?? 'RS256'
  const key = mutation.key === 'foreign' ? await environment.keys.foreign() : environment.keys.current
  const secret = environment.directory.client(clientId)?.secret ?? environment.firstClient.secret
  return signCompact({
    header: override({ alg: algorithm, kid: key.kid, typ: 'JWT' }, mutation.header),
    payload: mutation.payload ?? override(claims, mutation.claims),
    algorithm,
    key: algorithm === 'HS256' ? secret : key.privateKey,
  })
}
