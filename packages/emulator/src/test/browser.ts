interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

/** A browser without pages: one cookie jar that honours paths; redirects are shown, not followed. */
export class Browser {
  readonly #origin: string
  #cookies: readonly Cookie[] = []

  constructor(origin: string) {
    this.#origin = origin
  }

  get(target: string): Promise<Response> {
    return this.#send(target, { method: 'GET' })
  }

  post(target: string, fields: Record<string, string> = {}): Promise<Response> {
    return this.#send(target, { method: 'POST', body: new URLSearchParams(fields) })
  }

  /** Follows redirects as long as they stay at the emulator; gives the last answer. */
  async follow(response: Response): Promise<Response> {
    const location = response.headers.get('location')
    if (location === null || !this.#isHome(location)) return response
    return this.follow(await this.get(location))
  }

  cookie(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value
  }

  #isHome(location: string): boolean {
    return new URL(location, this.#origin).origin === this.#origin
  }

  async #send(target: string, init: RequestInit): Promise<Response> {
    const url = new URL(target, this.#origin)
    const cookie = this.#cookies
      .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, accept: 'text/html' } })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice('path='.length) ?? '/'
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice('expires='.length)
    const isOver = attributes.includes('Max-Age=0') || (expires !== undefined && Date.parse(expires) <= Date.now())
    const at = pair.indexOf('=')
    const cookie = { name: pair.slice(0, at), value: pair.slice(at + 1), path }
    const others = this.#cookies.filter(({ name, path: where }) => name !== cookie.name || where !== cookie.path)
    this.#cookies = isOver ? others : [...others, cookie]
  }
}
