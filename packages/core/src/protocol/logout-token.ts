import { TokenError } from '../errors/scalegate-error.js'
import type { JsonObject } from '../http/fetch-json.js'
import { verifyCompactJwt } from './compact-jwt.js'
import type { Provider } from './provider.js'
import { requireAudience, requireFresh, requireIssuer, requireSubject, requireUnexpired } from './registered-claims.js'

/** The claims of a logout token that say whose sessions end (Back-Channel Logout §2.4). */
export interface LogoutTokenClaims {
  readonly iss: string
  /** Without `sid`: every session of this subject ends (Back-Channel Logout §2.7). */
  readonly sub?: string
  /** The provider's session that ended. Any characters: hash it before it goes into a store's key. */
  readonly sid?: string
  /** Unique to this token; remember it until `exp` and the clock skew are past. */
  readonly jti: string
  readonly iat: number
  /** Where the token has none and that is allowed: the instant at which `iat` becomes too old. */
  readonly exp: number
}

const eventName = 'http://schemas.openid.net/event/backchannel-logout'
/** Seconds that a token may be old, and that it may still live: replayed ids need not be kept for longer. */
const window = 600

const types = {
  // Back-Channel Logout §2.4 only recommends `logout+jwt`, and the OpenID conformance suite sends none.
  compat: [undefined, 'jwt', 'logout+jwt'],
  strict: ['logout+jwt'],
}

/**
 * Verifies a logout token: Back-Channel Logout §2.6, in its order. Whether `jti` was seen before (step 8) and which
 * sessions are meant (steps 9 to 11) is for those who keep them. Unknown claims are ignored (§2.4).
 *
 * Scalekit documents nothing about its logout tokens, so both readings can be had: `typ: 'compat'` takes tokens without
 * the recommended type, `expRequired: false` those of drafts that had no `exp`.
 *
 * @throws {@link TokenError} logout_token_invalid; `reason` is one of `verifyCompactJwt`, or `iss`, `aud`, `iat`,
 * `exp_missing`, `exp`, `expired`, `sub_sid_missing`, `sub`, `sid`, `events`, `nonce`, `jti`.
 * @throws ProviderError keys_unavailable
 */
export async function verifyLogoutToken(
  provider: Provider,
  logoutToken: string,
  rules: { readonly typ: 'compat' | 'strict'; readonly expRequired: boolean },
): Promise<LogoutTokenClaims> {
  // Step 1: encryption was never agreed upon, so five parts are malformed. Steps 2 and 3: the signature, always RS256.
  const claims = await verifyCompactJwt(provider, logoutToken, { code: 'logout_token_invalid', typ: types[rules.typ] })
  // Step 4. Other audiences may stand beside us: whom else the provider tells does not make the session live on.
  requireIssuer(claims, provider.issuer, refuse)
  if (!requireAudience(claims, refuse).includes(provider.clientId)) throw refuse('aud')
  const iat = requireFresh(claims, provider, window, refuse)
  const exp = 'exp' in claims || rules.expRequired ? requireNearExpiry(claims, provider) : iat + window
  // Step 5.
  const who = requireSubjectOrSession(claims)
  // Step 6.
  if (!isLogoutEvent(claims.events)) throw refuse('events')
  // Step 7: whatever its value, so that no ID token can pass for a logout token.
  if ('nonce' in claims) throw refuse('nonce')
  // §2.4: required, and step 8 is impossible without it.
  const { jti } = claims
  if (typeof jti !== 'string' || jti === '') throw refuse('jti')
  return Object.freeze({ iss: provider.issuer, ...who, jti, iat, exp })
}

function refuse(reason: string): TokenError {
  return new TokenError('logout_token_invalid', reason)
}

function requireNearExpiry(claims: JsonObject, provider: Provider): number {
  const exp = requireUnexpired(claims, provider, refuse)
  if (exp > provider.clock() + window + provider.clockSkew) throw refuse('exp')
  return exp
}

function requireSubjectOrSession(claims: JsonObject): Pick<LogoutTokenClaims, 'sub' | 'sid'> {
  const { sid } = claims
  if (sid === undefined && !('sub' in claims)) throw refuse('sub_sid_missing')
  if (sid !== undefined && (typeof sid !== 'string' || sid === '')) throw refuse('sid')
  const subject = 'sub' in claims ? { sub: requireSubject(claims, refuse) } : {}
  return sid === undefined ? subject : { ...subject, sid }
}

/** An object that has the member, whose value is an object: `{}` by the standard, more is allowed. */
function isLogoutEvent(events: unknown): boolean {
  return isObject(events) && isObject(events[eventName])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
