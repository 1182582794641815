import { compactVerify } from 'jose'
import { decodeBase64url } from '../crypto/base64url.js'
import type { TokenErrorCode } from '../errors/error-codes.js'
import { TokenError } from '../errors/scalegate-error.js'
import { hasDuplicateMembers } from '../http/duplicate-members.js'
import { type JsonObject, parseJsonObject } from '../http/fetch-json.js'
import type { Provider } from './provider.js'

/** Header and payload of a JWT, as two objects without a prototype. */
export interface CompactJwt {
  readonly header: JsonObject
  readonly payload: JsonObject
}

/** Why a text is no JWT that could be looked at at all. */
export type UnreadableReason = 'too_large' | 'malformed' | 'duplicate_member'

const maxLength = 16_384
const maxKeyId = 256

/**
 * Takes a JWS compact serialization apart without believing it (RFC 7515 §7.1).
 *
 * The length is limited before anything is decoded, and the spelling is exact: no whitespace, no padding, no byte order
 * mark, no fourth or fifth part (an encrypted token), no name twice. A token has one reading or none.
 */
export function readCompactJwt(token: string): CompactJwt | UnreadableReason {
  if (token.length > maxLength) return 'too_large'
  const [header, payload, signature, ...more] = token.split('.').map(decodeSegment)
  if (!header || !payload || !signature || more.length > 0) return 'malformed'
  const headerObject = parseJsonObject(header)
  const payloadObject = parseJsonObject(payload)
  if (headerObject === undefined || payloadObject === undefined) return 'malformed'
  if ([header, payload].some((bytes) => hasDuplicateMembers(new TextDecoder().decode(bytes)))) return 'duplicate_member'
  return { header: headerObject, payload: payloadObject }
}

/**
 * Verifies the signature of a JWT with the provider's keys and gives its payload. Claims are for the caller to judge.
 *
 * RS256 and nothing else, whatever the header says (RFC 8725 §3.1); keys that the header brings or points at (`jwk`,
 * `jku`, `x5c`, `x5u`) are not read (§3.10); `typ` must be one of `rules.typ`, lower case, where `undefined` stands for
 * its absence (§3.11).
 *
 * @throws {@link TokenError} `rules.code` with the reason `too_large`, `malformed`, `duplicate_member`, `alg`, `crit`,
 * `typ`, `key_unknown` or `signature`.
 * @throws ProviderError keys_unavailable
 */
export async function verifyCompactJwt(
  provider: Pick<Provider, 'keys'>,
  token: string,
  rules: { readonly code: TokenErrorCode; readonly typ: readonly (string | undefined)[] },
): Promise<JsonObject> {
  const refuse = (reason: string) => new TokenError(rules.code, reason)
  const jwt = readCompactJwt(token)
  if (typeof jwt === 'string') throw refuse(jwt)
  const { alg, typ, kid } = jwt.header
  if (alg !== 'RS256') throw refuse('alg')
  // We understand no extension, so none may be critical (RFC 7515 §4.1.11, RFC 7797 §3).
  if ('crit' in jwt.header || 'b64' in jwt.header) throw refuse('crit')
  if (!rules.typ.includes(mediaType(typ))) throw refuse('typ')
  if (!isKeyId(kid)) throw refuse('key_unknown')
  const key = await provider.keys.find(kid)
  if (key === undefined) throw refuse('key_unknown')
  try {
    await compactVerify(token, key, { algorithms: ['RS256'] })
  } catch {
    // Only the verdict leaves: jose's error may be extended to quote the token.
    throw refuse('signature')
  }
  return jwt.payload
}

function decodeSegment(segment: string): Uint8Array | undefined {
  return segment === '' ? undefined : decodeBase64url(segment)
}

/** Compared without case and without the prefix that may be left out (RFC 7515 §4.1.9). Not a string: no type we know. */
function mediaType(typ: unknown): string | undefined {
  if (typ === undefined) return undefined
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : 'unknown'
}

/** Checked before the key set is asked, so that nonsense never costs a fetch. */
function isKeyId(kid: unknown): kid is string | undefined {
  return kid === undefined || (typeof kid === 'string' && kid !== '' && kid.length <= maxKeyId)
}
