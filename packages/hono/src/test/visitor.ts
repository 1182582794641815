import { request } from 'node:http'

export interface Answer {
  readonly status: number
  /** As received: one entry for each header line, names in lower case. */
  readonly lines: readonly (readonly [name: string, value: string])[]
  readonly text: string
  /** The only line of that name; throws where there are several. */
  readonly header: (name: string) => string | undefined
  readonly setCookies: readonly string[]
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A document navigation, as browsers announce it. */
export const page = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-origin' }
/** `fetch()` from a page of the app. */
export const script = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }
export const formType = 'application/x-www-form-urlencoded'

/** One browser over a real socket. `node:http` and not `fetch`, which puts its own `Sec-Fetch-Mode` over ours. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly origin: string

  constructor(origin: string) {
    this.origin = origin
  }

  get cookieHeader(): string {
    return [...this.cookies].map((pair) => pair.join('=')).join('; ')
  }

  async get(path: string, headers: Readonly<Record<string, string>> = page): Promise<Answer> {
    return this.send(path, { headers })
  }

  async post(path: string, body: string, headers: Readonly<Record<string, string>> = script): Promise<Answer> {
    return this.send(path, { method: 'POST', body, headers: { 'content-type': formType, ...headers } })
  }

  async send(path: string, sent: Sent): Promise<Answer> {
    const cookie = this.cookieHeader
    const headers = { ...(cookie === '' ? {} : { cookie }), ...sent.headers }
    const answer = await exchange(this.origin, path, { ...sent, headers })
    for (const line of answer.setCookies) {
      const [pair = ''] = line.split(';')
      const name = pair.slice(0, pair.indexOf('='))
      if (isOver(line)) this.cookies.delete(name)
      else this.cookies.set(name, pair.slice(pair.indexOf('=') + 1))
    }
    return answer
  }
}

/** A cookie that is taken away may name an instant, and no age. */
function isOver(line: string): boolean {
  return /; max-age=0/i.test(line) || Date.parse(/; expires=([^;]+)/i.exec(line)?.[1] ?? '') <= Date.now()
}

/** `path` goes out as it is: a `URL` would repair it. */
function exchange(origin: string, path: string, { method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { rawHeaders, statusCode = 0 } = response
        const lines = rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
        )
        const valuesOf = (wanted: string) => lines.filter(([name]) => name === wanted).map(([, value]) => value)
        const header = (name: string): string | undefined => {
          const [first, ...others] = valuesOf(name)
          if (others.length > 0) throw new Error(`${name} came ${others.length + 1} times.`)
          return first
        }
        const text = Buffer.concat(chunks).toString()
        resolve({ status: statusCode, lines, text, header, setCookies: valuesOf('set-cookie') })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}
