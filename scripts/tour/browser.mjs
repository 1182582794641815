import { request } from 'node:http'

/**
 * A browser without pages, on Node's own parts: cookies, the request headers of a real one, redirects that are
 * shown or followed. Node's `fetch` would not do: it puts `Sec-Fetch-Mode: cors` over every other value.
 */
export class Browser {
  /** host → name → value; cookies ignore ports. */
  #cookies = new Map()

  /** Opens a page and goes on wherever it leads. Gives every step; the last one is what a person sees. */
  async open(url, options = {}) {
    const steps = [await this.#send(url, 'navigate', options)]
    while (steps.at(-1).next !== undefined) {
      if (steps.length > 15) throw new Error(`No end: ${steps.map((step) => new URL(step.url).pathname).join(' → ')}`)
      const { url: from, next } = steps.at(-1)
      steps.push(await this.#send(next, 'navigate', { from }))
    }
    return Object.assign(steps.at(-1), { steps })
  }

  /** A script of the app asks. */
  fetch(url, options = {}) {
    return this.#send(url, 'cors', { from: url, ...options })
  }

  /** Presses the button of a form on a page: the first form that holds `containing`. */
  submit(page, { containing, fields = {} }) {
    const forms = page.text.match(/<form[\s\S]*?<\/form>/g) ?? []
    const markup = forms.find((candidate) => candidate.includes(containing))
    if (markup === undefined) throw new Error(`No form with ${containing} on ${page.url} (${page.status})`)
    const [opening] = markup.match(/<form[^>]*>/)
    const hidden = (markup.match(/<input[^>]*type="hidden"[^>]*>/g) ?? []).map((input) => [
      attribute(input, 'name'),
      attribute(input, 'value') ?? '',
    ])
    // Without an action, a form goes to its own page.
    const target = new URL(attribute(opening, 'action') || page.url, page.url)
    const form = { ...Object.fromEntries(hidden), ...fields }
    const isPost = /^post$/i.test(attribute(opening, 'method') ?? '')
    if (!isPost) target.search = new URLSearchParams(form).toString()
    const multipart = /enctype="multipart/i.test(opening)
    return this.open(target.href, { from: page.url, ...(isPost ? { form, multipart } : {}) })
  }

  /** Loses the cookies of a host, as when only the app's session has ended. */
  forget(host) {
    this.#cookies.delete(host)
  }

  /** The same cookies in another browser: what a thief has, or an old backup. */
  copy() {
    const other = new Browser()
    for (const [host, jar] of this.#cookies) other.#cookies.set(host, new Map(jar))
    return other
  }

  async #send(url, mode, { from, form, multipart, json, headers = {} }) {
    const { hostname } = new URL(url)
    const jar = this.#cookies.get(hostname) ?? new Map()
    this.#cookies.set(hostname, jar)
    const [body, type] = bodyOf(form, multipart, json)
    const method = body === undefined ? 'GET' : 'POST'
    const answer = await exchange(url, method, body, {
      accept: mode === 'navigate' ? 'text/html,*/*;q=0.8' : '*/*',
      'sec-fetch-mode': mode,
      'sec-fetch-dest': mode === 'navigate' ? 'document' : 'empty',
      'sec-fetch-site': siteOf(from, url),
      ...(from === undefined ? {} : { referer: from }),
      ...(from === undefined || method === 'GET' ? {} : { origin: new URL(from).origin }),
      ...(jar.size === 0 ? {} : { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    })
    for (const line of answer.cookies) store(jar, line)
    return { url, ...answer, next: mode === 'navigate' ? nextOf(url, answer) : undefined }
  }
}

function bodyOf(form, multipart, json) {
  if (multipart) return partsOf(form)
  if (form !== undefined) return [new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded']
  return json === undefined ? [] : [JSON.stringify(json), 'application/json']
}

function partsOf(form) {
  const boundary = 'scalegate-tour'
  const parts = Object.entries(form).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return [`${parts.join('')}--${boundary}--\r\n`, `multipart/form-data; boundary=${boundary}`]
}

function attribute(tag, name) {
  const value = new RegExp(` ${name}="([^"]*)"`, 'i').exec(tag)?.[1]
  return value === undefined ? undefined : unescaped(value)
}

function store(jar, line) {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim())
  const name = pair.slice(0, pair.indexOf('='))
  const expired = attributes.some(
    (attribute) =>
      /^max-age=0$/i.test(attribute) || (/^expires=/i.test(attribute) && Date.parse(attribute.slice(8)) < Date.now()),
  )
  if (expired) jar.delete(name)
  else jar.set(name, pair.slice(name.length + 1))
}

function siteOf(from, to) {
  if (from === undefined) return 'none'
  const [a, b] = [new URL(from), new URL(to)]
  if (a.origin === b.origin) return 'same-origin'
  return a.hostname === b.hostname ? 'same-site' : 'cross-site'
}

function nextOf(url, { status, headers, text }) {
  const refresh = /<meta http-equiv="refresh" content="0; ?url=([^"]+)"/i.exec(text)?.[1]
  const target = status >= 300 && status < 400 ? headers.location : refresh && unescaped(refresh)
  return target === undefined ? undefined : new URL(target, url).href
}

function unescaped(text) {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function exchange(url, method, body, headers) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status, headers: received } = response
        resolve({
          status,
          headers: received,
          cookies: received['set-cookie'] ?? [],
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}
