import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { addAdminPortalToCsp } from '../csp.js'

/** As strict as a policy gets for a page with scripts and styles of its own. */
const strict = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"

/** What the app's route was asked for a link. */
export interface Asked {
  readonly method: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Whether the browser hung up before it had the answer. */
  isGivenUp: boolean
}

/** An app on 127.0.0.1 and a portal on localhost: two origins and two sites, as in life. */
export class Sites {
  readonly app: string
  readonly portal: string
  /** Every question for a link, in order. */
  readonly asked: Asked[] = []
  /** The headers of every visit to a portal link, in order. */
  readonly opened: IncomingMessage['headers'][] = []
  policy = ''
  /** More modules of the app, by path. */
  readonly scripts = new Map<string, string>()
  /** HTML of the app, by path. */
  readonly pages = new Map<string, string>()
  /** Answers instead of the app's route. */
  answer: ((response: ServerResponse) => void) | undefined
  /** The portal's page says nothing by itself. */
  isSilent = false
  #links = new Set<string>()
  #made = 0
  #visits = 0
  readonly #heard = new Map<string, { promise: Promise<void>; resolve: () => void }>()
  readonly #stop: () => void

  private constructor(app: Listening, portal: Listening) {
    this.app = `http://127.0.0.1:${app.port}`
    this.portal = `http://localhost:${portal.port}`
    this.#stop = () => {
      app.stop()
      portal.stop()
    }
  }

  static async start(): Promise<Sites> {
    let sites: Sites | undefined
    const app = await listen((request, response) => void sites?.serveApp(request, response), '127.0.0.1')
    // No host: the name may stand for either kind of address.
    const portal = await listen((request, response) => sites?.servePortal(request, response))
    sites = new Sites(app, portal)
    sites.reset()
    return sites
  }

  reset(): void {
    this.policy = addAdminPortalToCsp(strict, this.portal)
    this.answer = undefined
    this.isSilent = false
    this.asked.length = 0
    this.opened.length = 0
  }

  stop(): void {
    this.#stop()
  }

  /** As the kit's route answers. */
  link(): { location: string; expiresAt: string; environment: string; organizationId: string } {
    const id = `secret-${++this.#made}`
    this.#links.add(id)
    return {
      location: `${this.portal}/magicLink/${id}`,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      environment: this.portal,
      organizationId: 'org_acme',
    }
  }

  private async serveApp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.app)
    if (request.method === 'POST') return this.answerLink(request, response)
    const script = pathname === '/element.js' ? built('index.js') : this.scripts.get(pathname)
    const html = this.pages.get(pathname)
    if (script !== undefined) response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
    else if (html === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': this.policy }).end(html)
  }

  private async answerLink(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked: Asked = {
      method: request.method,
      headers: request.headers,
      body: await textOf(request),
      isGivenUp: false,
    }
    response.on('close', () => {
      asked.isGivenUp = !response.writableFinished
    })
    this.asked.push(asked)
    if (this.answer) this.answer(response)
    else json(response, 200, this.link())
  }

  private servePortal(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', this.portal).pathname
    if (path === '/portal.js')
      return void response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(portalScript)
    if (path.startsWith('/late/')) {
      void this.heard(path.slice('/late/'.length)).then(() => response.end())
      return
    }
    if (path.startsWith('/heard/')) {
      void this.heard(path.slice('/heard/'.length), true)
      response.end()
      return
    }
    const isLink = path.startsWith('/magicLink/')
    if (isLink) this.opened.push(request.headers)
    // Once, as at Scalekit.
    const isGood = !isLink || this.#links.delete(path.slice('/magicLink/'.length))
    const status = this.isSilent ? 'silent' : isGood ? 'good' : 'used'
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(portalPage(status, ++this.#visits))
  }

  /** Whether the message of a visit was heard, from when it is asked first or told. */
  private heard(visit: string, isHeard = false): Promise<void> {
    let known = this.#heard.get(visit)
    if (known === undefined) {
      let resolve = () => {}
      const promise = new Promise<void>((heard) => {
        resolve = heard
      })
      known = { promise, resolve }
      this.#heard.set(visit, known)
    }
    if (isHeard) known.resolve()
    return known.promise
  }
}

interface Listening {
  readonly port: number
  readonly stop: () => void
}

async function listen(listener: RequestListener, host?: string): Promise<Listening> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { port: (server.address() as AddressInfo).port, stop }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  const type = status === 200 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'private, no-store' }).end(JSON.stringify(body))
}

function built(file: string): string {
  return readFileSync(new URL(`../../dist/${file}`, import.meta.url), 'utf8')
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

/**
 * A message and the end of loading come from another process by two ways. The page is complete only when its message was
 * heard, so that tests know the order.
 */
function portalPage(status: string, visit: number): string {
  return `<!doctype html><html lang="en" data-status="${status}" data-visit="${visit}"><title>Portal</title>
<style>body { font: 16px/1.5 system-ui; margin: 0; padding: 2rem; background: #f4f6fb } section { padding: 1rem; margin-block: 1rem; background: #fff; border-radius: 8px }</style>
<h1>Set up Acme</h1><section>Single sign-on</section><section>Directory sync</section><button>Done</button>
${status === 'silent' ? '' : `<img alt="" src="/late/${visit}">`}<script src="/portal.js"></script>`
}

const portalScript = `
const { status, visit } = document.documentElement.dataset
const say = (event_type, data) => parent.postMessage({ event_type, object: 'session', data }, '*')
const complete = () => fetch('/heard/' + visit)
addEventListener('message', ({ data }) => { if (data === 'heard') complete() })
// Nobody answers a page that is not in the app's.
if (parent !== top || parent === window) complete()
if (status === 'good') say('PORTAL_LOAD_SUCCESS', { expiry: '2026-01-01T06:00:00Z' })
if (status === 'used') say('PORTAL_LOAD_FAILURE', { error_code: 'SESSION_EXPIRED' })
`
