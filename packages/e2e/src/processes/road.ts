import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A road to a server on loopback, and what happens on roads. */
export interface Road {
  readonly port: number
  /** Leads to another server from now on, as an address that moves; who is under way is cut off. */
  readonly lead: (port: number) => void
  /** Nothing gets through any more, in either direction, and nobody is told. */
  readonly block: () => void
  readonly close: () => void
}

/** @param slow milliseconds that each answer takes longer */
export async function roadTo(port: number, slow = 0): Promise<Road> {
  const sockets = new Set<Socket>()
  let target = port
  let isBlocked = false
  const server = createServer((near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk: Buffer) => void (isBlocked || far.write(chunk)))
    const answer = (chunk: Buffer) => void (isBlocked || near.write(chunk))
    far.on('data', slow === 0 ? answer : (chunk: Buffer) => setTimeout(answer, slow, chunk))
  })
  const cutOff = () => {
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port.')
  return {
    port: address.port,
    lead(next) {
      target = next
      cutOff()
    },
    block() {
      isBlocked = true
    },
    close() {
      server.close()
      cutOff()
    },
  }
}
