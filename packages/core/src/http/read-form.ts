import { RequestError } from '../errors/scalegate-error.js'
import { readBody } from './read-body.js'

const formType = 'application/x-www-form-urlencoded'

/**
 * Reads a form post of at most `maxBytes` bytes as it was sent: repeated names stay repeated.
 *
 * @throws RequestError unsupported_media_type for any type but `application/x-www-form-urlencoded`; body_unreadable for
 * bytes that are not UTF-8; and what {@link readBody} throws
 */
export async function readForm(request: Request, maxBytes: number): Promise<URLSearchParams> {
  if (mediaType(request.headers) !== formType) throw new RequestError('unsupported_media_type')
  return new URLSearchParams(utf8(await readBody(request, maxBytes)))
}

/** The type without its parameters, in one case (RFC 9110 §8.3.1). */
export function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
}

/** @throws RequestError body_unreadable */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // A sender that sends no text is its own problem: a refusal, never an error of this server.
    throw new RequestError('body_unreadable')
  }
}
