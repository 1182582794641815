import type { TokenError } from '../errors/scalegate-error.js'
import type { JsonObject } from '../http/fetch-json.js'
import type { Provider } from './provider.js'

/** Makes the error of the token at hand; the reason is a stable word, never a value. */
export type Refuse = (reason: string) => TokenError

type Time = Pick<Provider, 'clock' | 'clockSkew'>

/** `iss` (RFC 7519 §4.1.1): identical, not equivalent. */
export function requireIssuer(claims: JsonObject, issuer: string, refuse: Refuse): void {
  if (claims.iss !== issuer) throw refuse('iss')
}

/** `sub` (RFC 7519 §4.1.2): at most 255 characters (OIDC Core §2), none of them a control character. */
export function requireSubject(claims: JsonObject, refuse: Refuse): string {
  const { sub } = claims
  if (typeof sub !== 'string' || sub === '' || sub.length > 255 || /\p{Cc}/u.test(sub)) throw refuse('sub')
  return sub
}

/** `aud` (RFC 7519 §4.1.3) as a list: one string or an array of nothing else. */
export function requireAudience(claims: JsonObject, refuse: Refuse): readonly string[] {
  const members: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  const strings = members.filter((member) => typeof member === 'string')
  if (strings.length === 0 || strings.length !== members.length) throw refuse('aud')
  return strings
}

/**
 * A NumericDate that may be absent. Only a safe integer is one: `1e999` is valid JSON, parses to Infinity and
 * passes every comparison (CVE-2026-44459).
 */
export function readInstant(
  claims: JsonObject,
  name: 'exp' | 'iat' | 'nbf' | 'auth_time',
  refuse: Refuse,
): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (!Number.isSafeInteger(value)) throw refuse(name)
  return value as number
}

/** `exp` (RFC 7519 §4.1.4): required; the current time must be before it. */
export function requireUnexpired(claims: JsonObject, { clock, clockSkew }: Time, refuse: Refuse): number {
  const exp = readInstant(claims, 'exp', refuse)
  if (exp === undefined) throw refuse('exp_missing')
  if (clock() >= exp + clockSkew) throw refuse('expired')
  return exp
}

/** `nbf` (RFC 7519 §4.1.5), where present. */
export function requireStarted(claims: JsonObject, { clock, clockSkew }: Time, refuse: Refuse): void {
  const nbf = readInstant(claims, 'nbf', refuse)
  if (nbf !== undefined && nbf > clock() + clockSkew) throw refuse('nbf')
}

/** `iat` (RFC 7519 §4.1.6): required, not in the future, and not older than `maxAge` seconds. */
export function requireFresh(claims: JsonObject, { clock, clockSkew }: Time, maxAge: number, refuse: Refuse): number {
  const iat = readInstant(claims, 'iat', refuse)
  if (iat === undefined || iat > clock() + clockSkew || iat < clock() - maxAge) throw refuse('iat')
  return iat
}
