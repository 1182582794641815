import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly contentType: string
  readonly body: string
}

/** An app's back-channel logout endpoint, on a real socket. */
export class Receiver {
  readonly url: string
  readonly received: Received[] = []
  /** What it answers, 0 being nothing at all; set by the test. */
  status = 200
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel-logout`
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks).toString('utf8')
      this.received.push({ contentType: request.headers['content-type'] ?? '', body })
      if (this.status === 0) return
      response.writeHead(this.status, this.status === 302 ? { location: this.url } : {}).end()
    })
  }

  static async start(): Promise<Receiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Receiver(server)
  }

  /** The logout tokens that came as a form. */
  get tokens(): readonly string[] {
    return this.received.map(({ body }) => new URLSearchParams(body).get('logout_token') ?? '')
  }

  reset(): void {
    this.received.length = 0
    this.status = 200
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}
