import { encodeBase64url } from '../crypto/base64url.js'
import { equalsConstantTime } from '../crypto/constant-time.js'
import { sha256 } from '../crypto/sha256.js'
import { TokenError } from '../errors/scalegate-error.js'
import type { JsonObject } from '../http/fetch-json.js'
import { instantClaim, present, textClaim, textsClaim } from './claim-values.js'
import { readCompactJwt, verifyCompactJwt } from './compact-jwt.js'
import type { Provider } from './provider.js'
import {
  readInstant,
  requireAudience,
  requireFresh,
  requireIssuer,
  requireStarted,
  requireSubject,
  requireUnexpired,
} from './registered-claims.js'

/** Says aloud that no nonce is expected: a refresh has none (OIDC Core §12.2). */
export const noNonce: unique symbol = Symbol('noNonce')

/** The claims of an ID token (OIDC Core §2, §5.1). A claim of the wrong type is as good as absent. */
export interface IdTokenClaims {
  readonly iss: string
  /** Unique together with `iss` only. */
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly exp: number
  readonly iat: number
  /** The provider's session. */
  readonly sid?: string
  /** The organization. */
  readonly oid?: string
  readonly amr?: readonly string[]
  /** When the person last proved who they are. */
  readonly authTime?: number
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly email?: string
  /** True only if the claim is exactly `true`; there whenever `email` is. */
  readonly emailVerified?: boolean
  readonly picture?: string
  readonly locale?: string
  /** Every claim by its wire name, on an object without a prototype. */
  readonly raw: JsonObject
}

/** What the caller knows about the token it waits for. */
export interface IdTokenExpectations {
  /** What the login sent, or {@link noNonce}. */
  readonly nonce: string | typeof noNonce
  /**
   * For a refresh: the claims of the ID token of the login. The new one must have the same `sub`, and the same
   * `nonce` if it has one (OIDC Core §12.2).
   */
  readonly original?: IdTokenClaims
  /** The access token that came with it; checked against `at_hash` where that is present. */
  readonly accessToken?: string
  /** The authorization code; checked against `c_hash` where that is present. */
  readonly code?: string
  /** The `max_age` that was asked for, in seconds. */
  readonly maxAge?: number
}

/** Seconds that a token may have been on its way from the token endpoint; clocks that differ included. */
const maxTransit = 600

/**
 * Verifies an ID token: the thirteen steps of OIDC Core §3.1.3.7. The signature is always checked, also where step 6
 * would let TLS stand for it.
 *
 * @throws {@link TokenError} token_invalid; `reason` names the step: those of `verifyCompactJwt`, or `events`,
 * `token_type`, `iss`, `aud`, `azp`, `sub`, `exp_missing`, `exp`, `expired`, `nbf`, `iat`, `nonce`, `auth_time`,
 * `at_hash`, `c_hash`.
 * @throws ProviderError keys_unavailable
 */
export async function verifyIdToken(
  provider: Provider,
  idToken: string,
  expected: IdTokenExpectations,
): Promise<IdTokenClaims> {
  // Step 1: encryption was never agreed upon, so five parts are malformed. Steps 6 to 8: the signature, always RS256.
  const claims = await verifyCompactJwt(provider, idToken, { code: 'token_invalid', typ: [undefined, 'jwt'] })
  // Rules of token kinds must exclude each other (RFC 8725 §3.12).
  if ('events' in claims) throw refuse('events')
  if (isAccessTokenShaped(claims)) throw refuse('token_type')
  // Step 2.
  requireIssuer(claims, provider.issuer, refuse)
  // Step 3: listed, and nobody beside us; no other audience is trusted. Step 4 has nothing to do then.
  if (requireAudience(claims, refuse).some((member) => member !== provider.clientId)) throw refuse('aud')
  // Step 5.
  if ('azp' in claims && claims.azp !== provider.clientId) throw refuse('azp')
  // §2, and for a refresh §12.2.
  const sub = requireSubject(claims, refuse)
  if (expected.original !== undefined && expected.original.sub !== sub) throw refuse('sub')
  // Step 9.
  requireUnexpired(claims, provider, refuse)
  requireStarted(claims, provider, refuse)
  // Step 10.
  requireFresh(claims, provider, maxTransit, refuse)
  // Step 11. Step 12 is for those who ask for an `acr`; we never do.
  requireNonce(claims, expected)
  // Step 13.
  requireRecentLogin(claims, provider, expected.maxAge)
  await requireHash(claims, 'at_hash', expected.accessToken)
  await requireHash(claims, 'c_hash', expected.code)
  return idTokenClaims(claims, sub)
}

/**
 * Reads an ID token without verifying anything.
 *
 * > [!WARNING]
 * > Only for a token that was verified when it came and that comes out of our own authenticated seal. Whatever came
 * > from a browser, a request or the provider goes through {@link verifyIdToken}: here everybody can be anybody.
 */
export function decodeIdToken(idToken: string): IdTokenClaims | undefined {
  const jwt = readCompactJwt(idToken)
  if (typeof jwt === 'string') return undefined
  const { payload } = jwt
  const sub = textClaim(payload, 'sub')
  const isComplete = typeof payload.iss === 'string' && (typeof payload.aud === 'string' || Array.isArray(payload.aud))
  if (sub === undefined || !isComplete) return undefined
  if (instantClaim(payload, 'exp') === undefined || instantClaim(payload, 'iat') === undefined) return undefined
  return idTokenClaims(payload, sub)
}

function refuse(reason: string): TokenError {
  return new TokenError('token_invalid', reason)
}

/**
 * Scalekit gives both tokens the same `typ`, `aud` and `sub`, so the shape must tell: `nonce` and `at_hash` are an ID
 * token's, permissions and scopes an access token's. A token with none of them cannot be told apart.
 */
function isAccessTokenShaped(claims: JsonObject): boolean {
  if ('nonce' in claims || 'at_hash' in claims) return false
  return ['scope', 'scopes', 'permissions', 'roles'].some((name) => name in claims) || isAccessTokenId(claims.jti)
}

function isAccessTokenId(jti: unknown): boolean {
  return typeof jti === 'string' && jti.startsWith('tkn_')
}

function requireNonce(claims: JsonObject, { nonce, original }: IdTokenExpectations): void {
  const isAbsent = !('nonce' in claims)
  if (nonce === noNonce) {
    const first = original?.raw.nonce
    if (!isAbsent && first !== undefined && claims.nonce !== first) throw refuse('nonce')
    return
  }
  if (typeof claims.nonce !== 'string' || !equalsConstantTime(nonce, claims.nonce)) throw refuse('nonce')
}

function requireRecentLogin(claims: JsonObject, { clock, clockSkew }: Provider, maxAge: number | undefined): void {
  const authTime = readInstant(claims, 'auth_time', refuse)
  if (maxAge === undefined) return
  if (authTime === undefined || authTime > clock() + clockSkew) throw refuse('auth_time')
  if (clock() - authTime > maxAge + clockSkew) throw refuse('auth_time')
}

/** `at_hash` and `c_hash`: the left half of the SHA-256 of the other value (OIDC Core §3.1.3.6, §3.3.2.11). */
async function requireHash(claims: JsonObject, name: 'at_hash' | 'c_hash', value: string | undefined): Promise<void> {
  if (value === undefined || !(name in claims)) return
  const half = encodeBase64url((await sha256(value)).subarray(0, 16))
  if (claims[name] !== half) throw refuse(name)
}

function idTokenClaims(claims: JsonObject, sub: string): IdTokenClaims {
  const { iss, aud, exp, iat } = claims as Readonly<{
    iss: string
    aud: string | readonly string[]
    exp: number
    iat: number
  }>
  const email = textClaim(claims, 'email')
  return Object.freeze({
    iss,
    sub,
    aud,
    exp,
    iat,
    ...present<Omit<IdTokenClaims, 'iss' | 'sub' | 'aud' | 'exp' | 'iat' | 'raw'>>({
      sid: textClaim(claims, 'sid'),
      oid: textClaim(claims, 'oid'),
      amr: 'amr' in claims ? textsClaim(claims, 'amr') : undefined,
      authTime: instantClaim(claims, 'auth_time'),
      name: textClaim(claims, 'name'),
      givenName: textClaim(claims, 'given_name'),
      familyName: textClaim(claims, 'family_name'),
      email,
      emailVerified: email === undefined ? undefined : claims.email_verified === true,
      picture: textClaim(claims, 'picture'),
      locale: textClaim(claims, 'locale'),
    }),
    raw: claims,
  })
}
