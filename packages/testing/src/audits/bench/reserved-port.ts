import { createServer } from 'node:net'

export interface ReservedPort {
  readonly port: number
  /** Gives it up, for the one it was kept for. */
  readonly release: () => Promise<void>
}

/** Below the ports that systems hand out to clients, so that no connection of anybody takes one in between. */
const [first, last] = [20_000, 32_000]

/** A port of this machine, kept until it is needed: an app's address is part of its configuration, so it comes first. */
export async function reservePort(): Promise<ReservedPort> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first))
    const server = createServer((socket) => socket.destroy())
    const taken = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(true))
      server.listen(port, '127.0.0.1', () => resolve(false))
    })
    if (taken) continue
    const release = () => new Promise<void>((resolve) => void server.close(() => resolve()))
    return { port, release }
  }
  throw new Error(`No free port from ${first} to ${last}.`)
}
