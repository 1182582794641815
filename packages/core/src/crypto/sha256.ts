import { encodeBase64url } from './base64url.js'

/** SHA-256 of the UTF-8 bytes of a text. */
export async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

/** SHA-256 of the UTF-8 bytes of a text, as 43 base64url characters. */
export async function sha256Base64url(text: string): Promise<string> {
  return encodeBase64url(await sha256(text))
}
