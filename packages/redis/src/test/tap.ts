import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What stands between a store and its server, and can do what networks and broken clients do. */
export interface Tap {
  readonly url: string
  /** How many connections were opened so far. */
  readonly opened: () => number
  /** Lets nothing through any more, in either direction, without closing anything. */
  readonly hang: (isHanging: boolean) => void
  /** Lets replies take so many seconds longer. */
  readonly delay: (seconds: number) => void
  /** Puts bytes before the next reply of each connection: from then on every reply is that of the question before. */
  readonly inject: (bytes: string) => void
  /** Leads new connections to another server, and leaves those that there are where they are. */
  readonly lead: (port: number) => void
  /** Closes each new connection at once. */
  readonly refuse: (isRefusing: boolean) => void
  readonly cut: () => void
  readonly close: () => Promise<void>
}

export async function startTap(port: number): Promise<Tap> {
  let target = port
  const sockets = new Set<Socket>()
  let opened = 0
  let isHanging = false
  let isRefusing = false
  let waiting = ''
  let delay = 0
  const server = createServer((near) => {
    opened += 1
    if (isRefusing) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    near.on('data', (bytes) => {
      if (!isHanging) far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (isHanging) return
      const reply = Buffer.concat([Buffer.from(waiting), bytes])
      waiting = ''
      if (delay === 0) near.write(reply)
      else setTimeout(() => near.write(reply), delay * 1000)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A tap has a port.')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `redis://127.0.0.1:${address.port}`,
    opened: () => opened,
    hang: (hanging) => {
      isHanging = hanging
    },
    delay: (seconds) => {
      delay = seconds
    },
    inject: (bytes) => {
      waiting = bytes
    },
    lead: (other) => {
      target = other
    },
    refuse: (refusing) => {
      isRefusing = refusing
    },
    cut,
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
