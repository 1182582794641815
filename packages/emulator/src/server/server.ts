import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The loopback addresses that `localhost` may mean. */
const ADDRESSES = ['127.0.0.1', '::1'] as const
/** Tries for a port that is free on both addresses. */
const ATTEMPTS = 10

/** Listens on every loopback address that this machine has, on one port, and nowhere else. */
export interface LoopbackServers {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts listening. `port` 0 takes one that the operating system chooses.
 *
 * @throws Error with `code` `EADDRINUSE` when a given port is taken.
 */
export async function listenOnLoopback(port: number, handler: RequestListener): Promise<LoopbackServers> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnBoth(port, handler)
    } catch (error) {
      if (port !== 0 || attempt === ATTEMPTS || !isCode(error, 'EADDRINUSE')) throw error
    }
  }
}

async function listenOnBoth(wanted: number, handler: RequestListener): Promise<LoopbackServers> {
  const first = await listen(ADDRESSES[0], wanted, handler)
  const { port } = first.address() as AddressInfo
  try {
    const second = await listen(ADDRESSES[1], port, handler)
    return { port, close: async () => void (await Promise.all([close(first), close(second)])) }
  } catch (error) {
    // Without IPv6 `localhost` means 127.0.0.1 only.
    if (isCode(error, 'EADDRNOTAVAIL') || isCode(error, 'EAFNOSUPPORT')) return { port, close: () => close(first) }
    await close(first)
    throw error
  }
}

function listen(host: string, port: number, handler: RequestListener): Promise<Server> {
  const server = createServer(handler)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
