import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from './server.js'

export interface LoadOptions {
  readonly server: Server
  readonly path: string
  /** The body of every right answer. */
  readonly body: string
  /** The next `Cookie` header, `''` for none; undefined when there are no more, which ends the window. */
  readonly nextCookie: () => string | undefined
  readonly connections: number
  /** How long requests are counted. */
  readonly seconds: number
  /** How long they are sent before that. */
  readonly runIn: number
}

/** One window of load on one server. */
export interface Window {
  readonly requests: number
  readonly requestsPerSecond: number
  /** Microseconds of the server's CPU, all threads, for one request. */
  readonly cpu: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Bytes of one answer, head and body. */
  readonly answerBytes: number
  readonly cookieBytes: number
  readonly setsCookie: boolean
  /** How busy this process was, 0 to 1. Near 1 the server was waiting for it. */
  readonly loader: number
}

/**
 * Keeps a number of connections busy, each with one request at a time, and counts. Written on bare sockets: a client
 * library costs more CPU for a request than Hono does to answer it.
 *
 * @throws Error where an answer is not a 200 with the right body.
 */
export async function load(options: LoadOptions): Promise<Window> {
  const { server, seconds, runIn, connections } = options
  const run = new Run(options)
  const { hostname, port } = new URL(server.origin)
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(hostname, Number(port))))
  try {
    for (const socket of sockets) run.start(socket)
    await Promise.race([sleep(runIn * 1000), run.over])
    run.latencies.length = 0
    const [cpu, busy, since] = [await server.cpu(), performance.eventLoopUtilization(), performance.now()]
    const before = run.requests
    run.latencies.length = 0
    await Promise.race([sleep(seconds * 1000), run.over])
    const requests = run.requests - before
    const elapsed = (performance.now() - since) / 1000
    const loader = performance.eventLoopUtilization(busy).utilization
    const used = (await server.cpu()) - cpu
    const counted = run.requests - before
    if (run.failure !== undefined) throw run.failure
    if (requests < 10) throw new Error(`${server.origin} answered ${requests} requests in ${elapsed} s`)
    const latencies = Float64Array.from(run.latencies).sort()
    return {
      requests,
      requestsPerSecond: requests / elapsed,
      cpu: used / counted,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      loader,
      ...run.sizes,
    }
  } finally {
    run.stop()
    for (const socket of sockets) socket.destroy()
  }
}

class Run {
  requests = 0
  failure: Error | undefined
  readonly latencies: number[] = []
  sizes = { answerBytes: 0, cookieBytes: 0, setsCookie: false }
  /** When there are no more cookies, or an answer was wrong. */
  readonly over: Promise<void>
  #end: () => void = () => undefined
  #stopped = false
  readonly #head: string
  readonly #options: LoadOptions

  constructor(options: LoadOptions) {
    this.#options = options
    this.#head = `GET ${options.path} HTTP/1.1\r\nHost: ${new URL(options.server.origin).host}\r\nAccept: application/json\r\n`
    this.over = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  stop(): void {
    this.#stopped = true
  }

  start(socket: Socket): void {
    let sent = 0
    let partial: Buffer | undefined
    const send = () => {
      const cookie = this.#options.nextCookie()
      if (cookie === undefined) return this.#end()
      this.sizes.cookieBytes = cookie.length
      sent = performance.now()
      socket.write(`${this.#head}${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}\r\n`, 'latin1')
    }
    socket.on('data', (chunk: Buffer) => {
      const received = partial === undefined ? chunk : Buffer.concat([partial, chunk])
      if (!this.#isWhole(received)) {
        partial = received
        return
      }
      partial = undefined
      if (this.#stopped || this.failure !== undefined) return
      this.requests += 1
      this.latencies.push(performance.now() - sent)
      send()
    })
    socket.on('close', () => {
      if (!this.#stopped) this.#fail('a connection was closed')
    })
    send()
  }

  #isWhole(received: Buffer): boolean {
    const head = received.indexOf('\r\n\r\n')
    if (head === -1) return false
    const text = received.toString('latin1', 0, head)
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
    const { body } = this.#options
    if (!text.startsWith('HTTP/1.1 200 ') || Number(length) !== body.length) {
      this.#fail(`${text}\n\n${received.toString('latin1', head + 4, head + 500)}`)
      return true
    }
    const total = head + 4 + body.length
    if (received.length < total) return false
    if (received.toString('latin1', head + 4) !== body) this.#fail(received.toString('latin1', head + 4))
    if (this.sizes.answerBytes !== total) {
      this.sizes.answerBytes = total
      this.sizes.setsCookie = /\r\nset-cookie:/i.test(text)
    }
    return true
  }

  #fail(answer: string): void {
    this.failure ??= new Error(`Not the answer that was proven: ${answer}`)
    this.#end()
  }
}

async function opened(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  // What goes wrong later comes as `close`.
  socket.on('error', () => undefined)
  return socket
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
