import { encodeBase64url } from './base64url.js'

/** A fresh secret of 256 bits as 43 base64url characters: `state`, `nonce`, `code_verifier`, session ids. */
export function randomToken(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)))
}
