import { type IncomingHttpHeaders, request } from 'node:http'
import { CookieJar } from 'tough-cookie'

export interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request over HTTP with exactly these headers; nothing is followed. */
export function ask(url: string, headers: Readonly<Record<string, string>> = {}, form?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = form === undefined ? 'GET' : 'POST'
    const call = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers: received } = response
        resolve({ url, status, headers: received, text: Buffer.concat(chunks).toString('utf8') })
      })
    })
    call.on('error', reject)
    call.end(form)
  })
}

/**
 * Logs a person in as a browser would: opens a page that needs it, types the e-mail address at the emulator, and goes
 * back through the callback. Gives the text of the `Cookie` header for the page.
 */
export async function logIn(page: string, email: string): Promise<string> {
  const jar = new CookieJar()
  const login = await open(jar, page)
  const action = /<form[^>]*action="([^"]*)"[^>]*>(?:(?!<\/form>)[\s\S])*name="email"/.exec(login.text)?.[1]
  if (action === undefined) throw new Error(`No login form at ${login.url} (${login.status}): ${login.text}`)
  const end = await open(jar, new URL(action, login.url).href, new URLSearchParams({ email }).toString())
  if (end.status !== 200 || end.url !== page)
    throw new Error(`The login ended at ${end.url} with ${end.status}: ${end.text}`)
  return jar.getCookieString(page)
}

async function open(jar: CookieJar, url: string, form?: string): Promise<Answer> {
  let answer = await visit(jar, url, form)
  for (let steps = 0; answer.headers.location !== undefined; steps += 1) {
    if (steps > 15) throw new Error(`There is no end to it: ${answer.url}`)
    answer = await visit(jar, new URL(answer.headers.location, answer.url).href)
  }
  return answer
}

async function visit(jar: CookieJar, url: string, form?: string): Promise<Answer> {
  const cookie = await jar.getCookieString(url)
  const { origin } = new URL(url)
  const headers = {
    accept: 'text/html,*/*;q=0.8',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-site': form === undefined ? 'none' : 'same-origin',
    ...(cookie === '' ? {} : { cookie }),
    ...(form === undefined ? {} : { origin, 'content-type': 'application/x-www-form-urlencoded' }),
  }
  const answer = await ask(url, headers, form)
  for (const line of answer.headers['set-cookie'] ?? []) await jar.setCookie(line, url)
  return answer
}
