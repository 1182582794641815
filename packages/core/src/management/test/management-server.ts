import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it arrived. */
export interface Received {
  readonly method: string
  /** Path and query, as sent. */
  readonly target: string
  readonly authorization: string | undefined
  readonly body: unknown
}

type Answer = (response: ServerResponse, request: Received) => void

/** A management API over real sockets that says what it is told to. */
export interface ManagementServer {
  readonly origin: string
  /** Calls of the API, in order. */
  readonly received: Received[]
  /** How many access tokens were asked for; the n-th is `token-n`. */
  readonly tokens: { asked: number; answer: Answer | undefined }
  /** Given one by one; then `otherwise`. */
  readonly answers: Answer[]
  otherwise: Answer
  readonly close: () => Promise<void>
}

export async function startManagementServer(): Promise<ManagementServer> {
  const received: Received[] = []
  const answers: Answer[] = []
  const tokens: ManagementServer['tokens'] = { asked: 0, answer: undefined }
  const http = createServer(async (request, response) => {
    const body = await bodyOf(request)
    if (request.url === '/oauth/token') {
      tokens.asked += 1
      const arrived = { method: 'POST', target: '/oauth/token', authorization: undefined, body }
      if (tokens.answer !== undefined) return tokens.answer(response, arrived)
      return json(200, { access_token: `token-${tokens.asked}`, token_type: 'Bearer', expires_in: 3600 })(
        response,
        arrived,
      )
    }
    const arrived: Received = {
      method: request.method ?? '',
      target: request.url ?? '',
      authorization: request.headers.authorization,
      body: body === '' ? undefined : JSON.parse(body),
    }
    received.push(arrived)
    const answer = answers.shift() ?? server.otherwise
    answer(response, arrived)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const server: ManagementServer = {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    received,
    tokens,
    answers,
    otherwise: json(200, {}),
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  return server
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}

export function raw(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body)
}

/** The connection breaks before a word is said. */
export const reset: Answer = (response) => void response.socket?.destroy()

/** Nothing ever comes. */
export const silence: Answer = () => undefined

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
