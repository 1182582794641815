import { ConfigurationError, RequestError } from '../errors/scalegate-error.js'

const formType = 'application/x-www-form-urlencoded'

/**
 * Reads a form post of at most `maxBytes` bytes as it was sent: repeated names stay repeated.
 *
 * The bytes are counted here, because `Content-Length` is a claim; above the limit the stream is cancelled, not drained.
 *
 * @throws RequestError payload_too_large
 * @throws RequestError unsupported_media_type for any type but `application/x-www-form-urlencoded`, for a
 * `Content-Encoding` (a small body could unpack to a huge one)
 * @throws RequestError body_unreadable for bytes that are not UTF-8 or break off
 * @throws ConfigurationError body_already_read where the app's body parser was faster
 */
export async function readForm(request: Request, maxBytes: number): Promise<URLSearchParams> {
  if (mediaType(request.headers) !== formType) throw new RequestError('unsupported_media_type')
  if (request.headers.has('content-encoding')) throw new RequestError('unsupported_media_type')
  if (request.bodyUsed) throw new ConfigurationError('body_already_read')
  if (Number(request.headers.get('content-length')) > maxBytes) throw new RequestError('payload_too_large')
  if (request.body === null) return new URLSearchParams()
  return new URLSearchParams(await readText(request.body.getReader(), maxBytes))
}

/** The type without its parameters, in one case (RFC 9110 §8.3.1). */
function mediaType(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let bytes = 0
  let text = ''
  for (;;) {
    const { done, value } = await unlessUnreadable(() => reader.read())
    if (done) return text + (await unlessUnreadable(() => decoder.decode()))
    bytes += value.byteLength
    if (bytes > maxBytes) {
      // Not awaited: a sender that never ends must not hold the answer. Its failure tells us nothing.
      reader.cancel().catch(() => undefined)
      throw new RequestError('payload_too_large')
    }
    text += await unlessUnreadable(() => decoder.decode(value, { stream: true }))
  }
}

/** A sender that hangs up or sends no text is its own problem: a refusal, never an error of this server. */
async function unlessUnreadable<Result>(read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch {
    throw new RequestError('body_unreadable')
  }
}
