import { connect } from 'node:net'
import { AuditFailure } from '../check.js'
import type { Answer } from './exchange.js'

/** What a client that follows no rules may send. Each string goes out byte for byte as latin1. */
export interface RawRequest {
  /** `GET`, or whatever stands in its place. */
  readonly method?: string
  /** The request target as it stands: `/path`, `//host/path`, `*`, `http://a/path`. */
  readonly target: string
  /** @defaultValue where the request goes */
  readonly host?: string
  /** Header lines, `Name: value`; the same name may stand twice. */
  readonly headers?: readonly string[]
  /** Pieces of the body, sent one after the other until the server has answered. */
  readonly body?: readonly string[]
}

/** Sends a request by hand and reads what comes until the connection closes, or 3 seconds pass. */
export function raw(origin: string, request: RawRequest): Promise<Answer> {
  const { hostname, port, host: own } = new URL(origin)
  const { method = 'GET', target, host = own, headers = [], body = [] } = request
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: hostname, port: Number(port) })
    const timer = setTimeout(() => socket.destroy(), 3000)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A server that refuses early closes while we still write; what it has said by then is the answer.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      const answer = parse(Buffer.concat(chunks).toString('latin1'))
      if (answer === undefined) reject(new AuditFailure(`No answer to ${method} ${target.slice(0, 80)}`))
      else resolve(answer)
    })
    const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', '']
    socket.write(head.join('\r\n'), 'latin1')
    for (const piece of body) socket.write(piece, 'latin1')
  })
}

function parse(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
  if (end === -1 || status === undefined) return undefined
  const headers = new Headers()
  for (const line of text.slice(0, end).split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const body = text.slice(end + 4)
  const chunked = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')
  return { status: Number(status), headers, text: chunked ? joined(body) : body }
}

/** The chunks of a body put together, as far as they came (RFC 9112 §7.1). */
function joined(chunked: string): string {
  let text = ''
  for (let at = 0; ; ) {
    const line = chunked.indexOf('\r\n', at)
    const size = line === -1 ? 0 : Number.parseInt(chunked.slice(at, line), 16)
    if (!(size > 0)) return text
    text += chunked.slice(line + 2, line + 2 + size)
    at = line + 2 + size + 2
  }
}
