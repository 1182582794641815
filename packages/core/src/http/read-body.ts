import { ConfigurationError, RequestError } from '../errors/scalegate-error.js'

/**
 * Reads the bytes of a body as they were sent, at most `maxBytes` of them.
 *
 * The bytes are counted here, because `Content-Length` is a claim; above the limit the stream is cancelled, not drained.
 *
 * @throws RequestError payload_too_large; unsupported_media_type for a `Content-Encoding` (a small body could unpack to
 * a huge one); body_unreadable for a body that breaks off
 * @throws ConfigurationError body_already_read where the app's body parser was faster
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.headers.has('content-encoding')) throw new RequestError('unsupported_media_type')
  if (request.bodyUsed) throw new ConfigurationError('body_already_read')
  if (Number(request.headers.get('content-length')) > maxBytes) throw new RequestError('payload_too_large')
  if (request.body === null) return new Uint8Array()
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  for (;;) {
    // A sender that hangs up is its own problem: a refusal, never an error of this server.
    const { done, value } = await reader.read().catch(() => {
      throw new RequestError('body_unreadable')
    })
    if (done) return joined(pieces, size)
    size += value.byteLength
    if (size > maxBytes) {
      // Not awaited: a sender that never ends must not hold the answer. Its failure tells us nothing.
      reader.cancel().catch(() => undefined)
      throw new RequestError('payload_too_large')
    }
    pieces.push(value)
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.byteLength
  }
  return bytes
}
