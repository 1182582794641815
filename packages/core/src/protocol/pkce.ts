import { randomToken } from '../crypto/random.js'
import { sha256Base64url } from '../crypto/sha256.js'

/** A PKCE pair: 256 bits, method S256. `plain` does not exist here (RFC 7636 §4.1, §4.2; RFC 9700 §2.1.1). */
export async function createPkce(): Promise<{ readonly verifier: string; readonly challenge: string }> {
  const verifier = randomToken()
  return { verifier, challenge: await sha256Base64url(verifier) }
}
