import { Agent, type IncomingMessage, request } from 'node:http'
import type { Child } from '../child.js'
import { publicOrigin } from '../fleet.js'
import type { Visitor } from '../visitor.js'

/** One answer of the app, in milliseconds of the monotonic clock. */
export interface Answer {
  /** 0: the connection broke. */
  readonly status: number
  readonly sentAt: number
  readonly answeredAt: number
  /** The session that the answer speaks of. */
  readonly sid?: string
}

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

/**
 * Somebody signed in who asks all the time. Lighter than the browser of the tests: its client has to leave the processor
 * to the processes under stress.
 */
export class Rider {
  readonly visitor: Visitor
  readonly sid: string
  /** `leaving`: a log-out has been sent and not been acknowledged. */
  state: 'in' | 'leaving' | 'out' = 'in'
  /** When the log-out was acknowledged. */
  outSince = Number.POSITIVE_INFINITY
  readonly #cookies: Map<string, string>

  private constructor(visitor: Visitor, cookies: ReadonlyMap<string, string>) {
    this.visitor = visitor
    this.sid = visitor.sid
    this.#cookies = new Map(cookies)
  }

  static async of(visitor: Visitor): Promise<Rider> {
    return new Rider(visitor, await visitor.browser.cookies(`${publicOrigin}/private`))
  }

  get cookie(): string {
    return [...this.#cookies].map((pair) => pair.join('=')).join('; ')
  }

  /** With the cookies of now, or those of a moment ago; what comes back is kept as a browser keeps it. */
  async ask(app: Child, cookie = this.cookie): Promise<Answer> {
    const sentAt = performance.now()
    const answer = await get(`${app.origin}/private`, cookie)
    // The log-out has taken them away, and no answer that was under way brings them back.
    if (this.state === 'in') for (const line of answer.setCookie) this.#keep(line)
    const { status, text } = answer
    const sid = status === 200 ? (JSON.parse(text) as { sid: string }).sid : undefined
    return { status, sentAt, answeredAt: performance.now(), ...(sid === undefined ? {} : { sid }) }
  }

  /** The cookies into the jar of the visitor, who can do more than ask. */
  async hand(): Promise<Visitor> {
    await this.visitor.browser.forget(`${publicOrigin}/private`)
    for (const [name, value] of this.#cookies)
      await this.visitor.browser.jar.setCookie(`${name}=${value}; Secure; Path=/`, publicOrigin)
    return this.visitor
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const name = pair.slice(0, pair.indexOf('='))
    if (attributes.includes('Max-Age=0')) this.#cookies.delete(name)
    else this.#cookies.set(name, pair.slice(name.length + 1))
  }
}

interface Received {
  readonly status: number
  readonly text: string
  readonly setCookie: readonly string[]
}

async function get(url: string, cookie: string): Promise<Received> {
  for (let attempt = 0; ; attempt++) {
    const { received, isStale } = await send(url, cookie)
    // A connection that the server closed while it was idle: nothing was asked yet.
    if (!isStale || attempt === 2) return received
  }
}

function send(url: string, cookie: string): Promise<{ readonly received: Received; readonly isStale: boolean }> {
  const headers = { cookie, accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' }
  return new Promise((resolve) => {
    const call = request(url, { agent, headers, timeout: 20_000 }, (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const { statusCode: status = 0, headers: found } = response
        const received = { status, text: Buffer.concat(chunks).toString('utf8'), setCookie: found['set-cookie'] ?? [] }
        resolve({ received, isStale: false })
      })
      response.on('error', broken)
    })
    const broken = () => resolve({ received: { status: 0, text: '', setCookie: [] }, isStale: call.reusedSocket })
    call.on('timeout', () => call.destroy())
    call.on('error', broken)
    call.end()
  })
}
