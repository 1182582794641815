import { connect } from 'node:http2'
import { createConnection, type Socket } from 'node:net'
import { ScalekitClient } from '@scalekit-sdk/node'
import type { Emulator } from '../index.js'

/** Scalekit's own SDK, as an app makes it. */
export function officialSdk({ url, clientId, clientSecret }: Emulator): ScalekitClient {
  return new ScalekitClient(url, clientId, clientSecret)
}

/** What the SDK threw, as an app reads it: its class's name, `errorCode`, `httpStatus`. */
export async function thrown(call: Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await call
  } catch (error) {
    const { name, errorCode, httpStatus } = error as { name: string; errorCode?: string; httpStatus?: number }
    return [name, errorCode, httpStatus]
  }
  throw new Error('Nothing was thrown.')
}

/** One answer of HTTP/2, trailers among the headers. */
export interface Http2Answer {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** One request of HTTP/2 without any client of gRPC. */
export function http2Request(url: string, headers: Record<string, string>, body: Uint8Array): Promise<Http2Answer> {
  return new Promise((resolve, reject) => {
    const session = connect(url).once('error', reject)
    const stream = session.request({ ':method': 'POST', 'content-type': 'application/grpc', ...headers })
    const seen: Record<string, unknown> = {}
    const chunks: Buffer[] = []
    stream.on('response', (found) => Object.assign(seen, found))
    stream.on('trailers', (found) => Object.assign(seen, found))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('error', reject)
    stream.once('close', () => {
      session.close()
      resolve({ headers: seen, body: Buffer.concat(chunks) })
    })
    stream.end(body)
  })
}

/** A message of gRPC as it is sent: flag, length, bytes. */
export function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0])
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** A bare connection, and everything that comes back on it. */
export async function rawConnection(port: number): Promise<{ socket: Socket; received: () => string }> {
  const socket = createConnection({ port, host: '127.0.0.1' })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, received: () => text }
}
