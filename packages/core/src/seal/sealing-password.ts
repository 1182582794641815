import { encodeBase64url } from '../crypto/base64url.js'
import { sha256 } from '../crypto/sha256.js'
import type { SealContext } from './sealer.js'

/**
 * Derives the password for one secret and context by HKDF-SHA-256 (RFC 5869), as 43 base64url characters.
 *
 * Because the context is in the derivation, a transaction cookie cannot be put in place of a session, and an app with
 * the same secret cannot open it (CVE-2023-48309, GHSA-x445-f3h2-j279): there is no check that could be forgotten.
 */
export async function sealingPassword(secret: string, context: SealContext): Promise<string> {
  const { purpose, name, issuer, clientId } = context
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveBits'])
  // JSON keeps the parts apart, and the hash keeps `info` within the 1024 bytes that Node allows.
  const info = await sha256(JSON.stringify(['scalegate seal 1', purpose, name, issuer, clientId]))
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new Uint8Array(info) }
  return encodeBase64url(new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256)))
}
