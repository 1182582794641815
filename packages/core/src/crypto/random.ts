import { encodeBase64url } from './base64url.js'

/** A fresh secret of 256 bits as 43 base64url characters: `state`, `nonce`, `code_verifier`, session ids. */
export function randomToken(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** From 0 up to 1, for jitter. */
export function randomFraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}
