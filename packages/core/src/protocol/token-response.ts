import type { JsonObject } from '../http/fetch-json.js'

/** What the token endpoint gave (RFC 6749 §5.1, OIDC Core §3.1.3.3). Nothing in it is verified yet. */
export interface TokenSet {
  readonly accessToken: string
  readonly idToken: string | undefined
  /** Undefined after a refresh: the old refresh token goes on (RFC 6749 §6). */
  readonly refreshToken: string | undefined
  /** Seconds; undefined: read `exp` of the access token. */
  readonly expiresIn: number | undefined
  readonly scope: string | undefined
}

/** A successful token response, or the name of the member that makes it unusable. */
export function readTokenResponse(body: JsonObject): TokenSet | string {
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn, scope } = body
  // Null is how some serialisers write "none".
  const idToken = body.id_token ?? undefined
  const refreshToken = body.refresh_token ?? undefined
  if (!isToken(accessToken)) return 'access_token'
  // The only type we know how to use; compared without case (RFC 6749 §5.1, §7.1).
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer') return 'token_type'
  if (idToken !== undefined && !isToken(idToken)) return 'id_token'
  if (refreshToken !== undefined && !isToken(refreshToken)) return 'refresh_token'
  const seconds = readLifetime(expiresIn)
  if (seconds === 'invalid') return 'expires_in'
  return {
    accessToken,
    idToken,
    refreshToken,
    expiresIn: seconds,
    scope: typeof scope === 'string' ? scope : undefined,
  }
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Some servers write the number as a string. Above 2^31-1 it is no lifetime, and sums with it stop being exact. */
function readLifetime(value: unknown): number | undefined | 'invalid' {
  if (value === undefined) return undefined
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return Number.isInteger(seconds) && Number(seconds) >= 0 && Number(seconds) < 2 ** 31 ? Number(seconds) : 'invalid'
}
