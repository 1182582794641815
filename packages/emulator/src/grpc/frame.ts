import type { ServerHttp2Stream } from 'node:http2'
import { GrpcError } from './status.js'

/** A flag byte and four bytes of length stand before every message (gRPC over HTTP/2, Length-Prefixed-Message). */
const PREFIX = 5
/** Bytes; what gRPC servers take by default. */
const LIMIT = 4 * 1024 * 1024
/** Milliseconds that a request's message may take to arrive. */
const PATIENCE = 10_000

/** The one message of a unary request. */
export async function readMessage(stream: ServerHttp2Stream): Promise<Uint8Array> {
  const body = await readBody(stream)
  const length = body.length < PREFIX ? -1 : body.readUInt32BE(1)
  if (length !== body.length - PREFIX) throw new GrpcError('INVALID_ARGUMENT', 'one message was expected')
  // The SDK never compresses what it sends, and it was offered no encoding.
  if (body[0] !== 0) throw new GrpcError('UNIMPLEMENTED', 'compressed messages are not emulated')
  return body.subarray(PREFIX)
}

/** The bytes of a message as they are sent. */
export function frame(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

function readBody(stream: ServerHttp2Stream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const late = setTimeout(() => reject(new GrpcError('DEADLINE_EXCEEDED', 'the message did not arrive')), PATIENCE)
    const settle = (finish: () => void) => {
      clearTimeout(late)
      finish()
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > LIMIT) return settle(() => reject(new GrpcError('RESOURCE_EXHAUSTED', 'the message is too large')))
      chunks.push(chunk)
    })
    stream.once('end', () => settle(() => resolve(Buffer.concat(chunks))))
    stream.once('close', () => settle(() => reject(new GrpcError('CANCELLED', 'the caller went away'))))
  })
}
