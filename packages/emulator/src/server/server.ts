import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttp2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { onProtocol } from './preface.js'

/** The loopback addresses that `localhost` may mean. */
const ADDRESSES = ['127.0.0.1', '::1'] as const
/** Tries for a port that is free on both addresses. */
const ATTEMPTS = 10
/** Milliseconds after which an HTTP/2 connection that says nothing is closed; the next call opens another. */
const IDLE = 120_000

/** Who answers, by the protocol that a connection turns out to speak. */
export interface Handlers {
  readonly http1: RequestListener
  readonly http2: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void
}

/** Listens on every loopback address that this machine has, on one port, and nowhere else. */
export interface LoopbackServers {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts listening, for HTTP/1 and for HTTP/2 without TLS on the same port. `port` 0 takes one that the operating
 * system chooses.
 *
 * @throws Error with `code` `EADDRINUSE` when a given port is taken.
 */
export async function listenOnLoopback(port: number, handlers: Handlers): Promise<LoopbackServers> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnBoth(port, handlers)
    } catch (error) {
      if (port !== 0 || attempt === ATTEMPTS || !isCode(error, 'EADDRINUSE')) throw error
    }
  }
}

async function listenOnBoth(wanted: number, handlers: Handlers): Promise<LoopbackServers> {
  const first = await listen(ADDRESSES[0], wanted, handlers)
  const { port } = first.server.address() as AddressInfo
  try {
    const second = await listen(ADDRESSES[1], port, handlers)
    return { port, close: async () => void (await Promise.all([close(first), close(second)])) }
  } catch (error) {
    // Without IPv6 `localhost` means 127.0.0.1 only.
    if (isCode(error, 'EADDRNOTAVAIL') || isCode(error, 'EAFNOSUPPORT')) return { port, close: () => close(first) }
    await close(first)
    throw error
  }
}

interface Listening {
  readonly server: Server
  readonly sockets: ReadonlySet<Socket>
}

function listen(host: string, port: number, handlers: Handlers): Promise<Listening> {
  const sockets = new Set<Socket>()
  const server = splitServer(handlers, sockets)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => resolve({ server, sockets }))
  })
}

/** An HTTP/1 server that hands connections which begin as HTTP/2 to a second server, which listens nowhere itself. */
function splitServer(handlers: Handlers, sockets: Set<Socket>): Server {
  const server = createServer(handlers.http1)
  const http2 = createHttp2Server().on('stream', handlers.http2)
  http2.on('session', (session) => session.setTimeout(IDLE, () => session.destroy()))
  const serveHttp1 = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    onProtocol(socket, (protocol) => {
      if (protocol === 'http2') http2.emit('connection', socket)
      else for (const serve of serveHttp1) serve.call(server, socket)
    })
  })
  return server
}

function close({ server, sockets }: Listening): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
