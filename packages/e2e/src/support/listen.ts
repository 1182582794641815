import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly server: Server
  readonly port: number
  readonly origin: string
  /** Who answers from now on; an address can be handed out before there is anybody. */
  readonly serve: (listener: RequestListener) => void
  readonly close: () => Promise<void>
}

/** A server on a port chosen by the OS, on loopback only. */
export async function listen(
  listener: RequestListener = (_, res) => void res.writeHead(503).end(),
): Promise<Listening> {
  let current = listener
  const server = createServer((req, res) => current(req, res))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const { port } = server.address() as AddressInfo
  const serve = (next: RequestListener) => {
    current = next
  }
  return { server, port, origin: `http://127.0.0.1:${port}`, serve, close }
}
