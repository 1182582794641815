import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A road to a server on loopback, on which each answer takes a while. */
export interface SlowRoad {
  readonly port: number
  readonly close: () => void
}

export async function slowRoadTo(port: number, milliseconds: number): Promise<SlowRoad> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (chunk: Buffer) => setTimeout(() => near.write(chunk), milliseconds))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port.')
  return {
    port: address.port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
