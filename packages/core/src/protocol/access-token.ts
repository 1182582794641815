import { TokenError } from '../errors/scalegate-error.js'
import type { JsonObject } from '../http/fetch-json.js'
import { instantClaim, present, textClaim, textsClaim } from './claim-values.js'
import { readCompactJwt, verifyCompactJwt } from './compact-jwt.js'
import type { Provider } from './provider.js'
import {
  readInstant,
  requireAudience,
  requireIssuer,
  requireStarted,
  requireSubject,
  requireUnexpired,
} from './registered-claims.js'

/** The claims of an access token. A claim of the wrong type is as good as absent. */
export interface AccessTokenClaims {
  readonly sub: string
  /** The organization. */
  readonly oid?: string
  /** The provider's session. */
  readonly sid?: string
  readonly clientId?: string
  /** Exactly as granted: no wildcard, no case folding, no implication. Absent or not an array: none. */
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  /** Of `scope` (a string, RFC 9068 §2.2.3) and `scopes` (an array, Scalekit's machine tokens) together. */
  readonly scopes: readonly string[]
  readonly exp: number
  readonly iat?: number
  readonly jti?: string
  /** Every claim by its wire name, on an object without a prototype. */
  readonly raw: JsonObject
}

/**
 * Verifies an access token (RFC 9068 §4, as far as Scalekit's tokens go): issuer, audience, RS256 and `exp` always.
 *
 * One of the token's audiences must be in `provider.audience`. Scalekit's documents disagree about `aud`: one page
 * shows the client id, another the URL of an API. A token that names us in `client_id` only is refused: that claim
 * says who asked for the token, not who may accept it. Configure `audience` for the other reading.
 *
 * ID tokens and logout tokens are refused by `typ`, `nonce`, `at_hash`, `c_hash` and `events`; an ID token with none of
 * them, and with an audience that access tokens have too, cannot be told apart.
 *
 * @throws {@link TokenError} token_invalid; `reason` is one of `verifyCompactJwt`, or `events`, `nonce`, `at_hash`,
 * `c_hash`, `iss`, `aud`, `sub`, `exp_missing`, `exp`, `expired`, `nbf`, `iat`.
 * @throws ProviderError keys_unavailable
 */
export async function verifyAccessToken(provider: Provider, accessToken: string): Promise<AccessTokenClaims> {
  const claims = await verifyCompactJwt(provider, accessToken, {
    code: 'token_invalid',
    typ: [undefined, 'jwt', 'at+jwt'],
  })
  // Rules of token kinds must exclude each other (RFC 8725 §3.12).
  for (const name of ['events', 'nonce', 'at_hash', 'c_hash']) if (name in claims) throw refuse(name)
  requireIssuer(claims, provider.issuer, refuse)
  const audience = requireAudience(claims, refuse)
  if (!provider.audience.some((accepted) => audience.includes(accepted))) throw refuse('aud')
  const sub = requireSubject(claims, refuse)
  const exp = requireUnexpired(claims, provider, refuse)
  requireStarted(claims, provider, refuse)
  const iat = readInstant(claims, 'iat', refuse)
  if (iat !== undefined && iat > provider.clock() + provider.clockSkew) throw refuse('iat')
  return accessTokenClaims(claims, sub, exp)
}

/**
 * Reads an access token without verifying anything.
 *
 * > [!WARNING]
 * > Only for a token that was verified when it came and that comes out of our own authenticated seal. Whatever came
 * > from a browser, a request or the provider goes through {@link verifyAccessToken}: here everybody is admin who
 * > says so.
 */
export function decodeAccessToken(accessToken: string): AccessTokenClaims | undefined {
  const jwt = readCompactJwt(accessToken)
  if (typeof jwt === 'string') return undefined
  const sub = textClaim(jwt.payload, 'sub')
  const exp = instantClaim(jwt.payload, 'exp')
  return sub === undefined || exp === undefined ? undefined : accessTokenClaims(jwt.payload, sub, exp)
}

function refuse(reason: string): TokenError {
  return new TokenError('token_invalid', reason)
}

function accessTokenClaims(claims: JsonObject, sub: string, exp: number): AccessTokenClaims {
  const scope =
    textClaim(claims, 'scope')
      ?.split(' ')
      .filter((word) => word !== '') ?? []
  return Object.freeze({
    sub,
    exp,
    roles: textsClaim(claims, 'roles'),
    permissions: textsClaim(claims, 'permissions'),
    scopes: Object.freeze([...new Set([...scope, ...textsClaim(claims, 'scopes')])]),
    ...present<Pick<AccessTokenClaims, 'oid' | 'sid' | 'clientId' | 'iat' | 'jti'>>({
      oid: textClaim(claims, 'oid'),
      sid: textClaim(claims, 'sid'),
      clientId: textClaim(claims, 'client_id'),
      iat: instantClaim(claims, 'iat'),
      jti: textClaim(claims, 'jti'),
    }),
    raw: claims,
  })
}
