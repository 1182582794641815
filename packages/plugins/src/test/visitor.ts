import { request as httpRequest } from 'node:http'

interface Cookie {
  readonly name: string
  readonly value: string
  readonly host: string
  readonly path: string
}

export interface Sending {
  readonly method?: 'GET' | 'POST'
  /** A form. */
  readonly form?: Readonly<Record<string, string>> | URLSearchParams
  readonly json?: unknown
  /** A document navigation unless told otherwise. */
  readonly as?: 'navigation' | 'fetch'
  readonly site?: 'same-origin' | 'cross-site'
  readonly headers?: Readonly<Record<string, string>>
}

const kinds = {
  navigation: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' },
  fetch: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: 'application/json' },
} as const

/** A browser without pages: cookies by host and path, redirects shown and followed only when asked to. */
export class Visitor {
  #cookies: readonly Cookie[] = []

  async send(address: string | URL, sending: Sending = {}): Promise<Response> {
    const url = new URL(address)
    const { form, json, as = 'navigation', site = 'same-origin' } = sending
    const body = form === undefined ? json && JSON.stringify(json) : new URLSearchParams(form)
    const method = sending.method ?? (body === undefined ? 'GET' : 'POST')
    const text = body === undefined ? undefined : String(body)
    const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json'
    const response = await exchange(url, method, text, {
      cookie: this.#header(url),
      'sec-fetch-site': site,
      ...kinds[as],
      ...(text === undefined ? {} : { 'content-type': type }),
      ...sending.headers,
    })
    for (const line of response.headers.getSetCookie()) this.#keep(url, line)
    return response
  }

  /** Follows redirects, and the pages that move on, until something else comes. */
  async open(
    address: string | URL,
    sending: Sending = {},
  ): Promise<{ readonly url: URL; readonly response: Response }> {
    let url = new URL(address)
    let response = await this.send(url, sending)
    for (let hops = 0; hops < 20; hops++) {
      const location = response.headers.get('location') ?? (await movedOnTo(response))
      if (location === undefined) return { url, response }
      url = new URL(location, url)
      response = await this.send(url, { site: 'cross-site' })
    }
    throw new Error('Too many redirects.')
  }

  #header({ hostname, pathname }: URL): string {
    const under = (path: string) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)
    const sent = this.#cookies.filter(({ host, path }) => host === hostname && under(path))
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  #keep({ hostname }: URL, line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const at = pair.indexOf('=')
    const attribute = (name: string) =>
      attributes.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
    const cookie = {
      name: pair.slice(0, at),
      value: pair.slice(at + 1),
      host: hostname,
      path: attribute('path') ?? '/',
    }
    const over = attribute('max-age') === '0' || Date.parse(attribute('expires') ?? '9999-01-01') <= Date.now()
    const same = ({ name, host, path }: Cookie) => name === cookie.name && host === cookie.host && path === cookie.path
    const others = this.#cookies.filter((each) => !same(each))
    this.#cookies = over ? others : [...others, cookie]
  }
}

async function movedOnTo(response: Response): Promise<string | undefined> {
  if (!response.headers.get('content-type')?.startsWith('text/html')) return undefined
  const found = /http-equiv="refresh" content="0; ?url=([^"]+)"/.exec(await response.clone().text())
  return found?.[1]?.replaceAll('&amp;', '&')
}

/** Not by `fetch`, which writes its own `Sec-Fetch-Mode`. */
function exchange(
  url: URL,
  method: string,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, async (answer) => {
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk as Buffer)
      const lines = answer.rawHeaders
      const pairs = lines.flatMap((name, index) => (index % 2 === 0 ? [[name, lines[index + 1] ?? '']] : []))
      const status = answer.statusCode ?? 500
      const empty = status === 204 || status === 304
      resolve(
        new Response(empty ? null : Buffer.concat(chunks), {
          status,
          headers: new Headers(pairs as [string, string][]),
        }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}
