import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookEvent } from '../index.js'

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An app's webhook endpoint, on a real socket. */
export class WebhookReceiver {
  readonly url: string
  readonly received: ReceivedWebhook[] = []
  /** The coming answers; 0 is none at all. When they are used up it answers 200. */
  statuses: number[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth/webhooks`
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      const status = this.statuses.shift() ?? 200
      if (status !== 0) response.writeHead(status, status === 302 ? { location: this.url } : {}).end()
    })
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new WebhookReceiver(server)
  }

  /** The events, parsed. */
  get events(): readonly WebhookEvent[] {
    return this.received.map(({ body }) => JSON.parse(body) as WebhookEvent)
  }

  get types(): readonly string[] {
    return this.events.map(({ type }) => type)
  }

  reset(): void {
    this.received.length = 0
    this.statuses = []
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }
}

/** The signatures of a request that one secret made, by a computation of the test's own. */
export function signedBy({ headers, body }: ReceivedWebhook, secret: string): readonly string[] {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature === expected)
}
