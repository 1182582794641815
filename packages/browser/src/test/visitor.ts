import { type Browser, chromium, type Frame, type Page } from 'playwright-core'
import type { AdminPortalElement, AdminPortalState } from '../index.js'
import { eventually } from './eventually.js'
import type { Sites } from './sites.js'

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_SHELL_PATH ?? '/usr/bin/chromium',
    // Strangers need names of their own.
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP *.test 127.0.0.1'],
  })
}

/** An event of the element, as the page heard it. */
export interface Heard {
  readonly name: string
  readonly target: string
  readonly detail: Readonly<Record<string, unknown>> | null
}

/** Somebody before a page of the app, with the page's own record of what it heard. */
export class Visitor {
  readonly page: Page
  readonly #sites: Sites
  readonly complaints: string[] = []
  #marks = 0

  private constructor(page: Page, sites: Sites) {
    this.page = page
    this.#sites = sites
    page.setDefaultTimeout(10_000)
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
  }

  static async open(browser: Browser, sites: Sites, path = '/'): Promise<Visitor> {
    const visitor = new Visitor(await browser.newPage(), sites)
    sites.scripts.set('/recorder.js', recorder)
    sites.pages.set(
      '/',
      `<!doctype html><script type="module" src="/recorder.js"></script><title>Settings</title><main></main>
<script type="module" src="/element.js"></script>`,
    )
    await visitor.page.goto(sites.app + path)
    return visitor
  }

  /** Adds an element with an id. */
  async add(attributes: Readonly<Record<string, string>> = {}, id = 'portal', inner = ''): Promise<void> {
    await this.page.evaluate(
      ([attributes, id, inner]) => {
        const element = document.createElement('scalekit-admin-portal')
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
        element.id = id
        element.innerHTML = inner
        document.querySelector('main')?.append(element)
      },
      [attributes, id, inner] as const,
    )
  }

  heard(): Promise<readonly Heard[]> {
    return this.page.evaluate('heard')
  }

  async names(): Promise<readonly string[]> {
    return (await this.heard()).map(({ name }) => name)
  }

  /** Waits until the element has come to an end of some kind. */
  async settled(state: AdminPortalState, id = 'portal'): Promise<void> {
    await eventually(() =>
      this.page.evaluate((id) => (document.getElementById(id) as AdminPortalElement | null)?.state, id),
    ).toBe(state)
  }

  /** The portal's own window. */
  async frame(id = 'portal'): Promise<Frame> {
    const frame = await this.page.locator(`#${id} iframe`).elementHandle()
    const content = await frame?.contentFrame()
    if (!content) throw new Error('There is no frame.')
    return content
  }

  /** The portal says something; returns when the page has heard it. */
  async say(message: unknown, id = 'portal'): Promise<void> {
    await this.sayFrom(await this.frame(id), message)
  }

  /** The portal says what costs it its frame: with it goes what it said afterwards, and a mark would never come. */
  async sayLast(message: unknown, id = 'portal'): Promise<void> {
    await (await this.frame(id)).evaluate((message) => parent.postMessage(message, '*'), message)
  }

  /** Messages of a window come in order: when the mark is here, so is what was said before it. */
  async sayFrom(frame: Frame, message: unknown): Promise<void> {
    const mark = ++this.#marks
    await frame.evaluate(
      ([message, mark]) => {
        top?.postMessage(message, '*')
        top?.postMessage({ mark }, '*')
      },
      [message, mark] as const,
    )
    await eventually(() => this.page.evaluate('mark')).toBe(mark)
  }

  frames(): number {
    return this.page.frames().filter((frame) => frame.url().startsWith(this.#sites.portal)).length
  }

  /** How many listeners the browser has on the window and the document for what the element listens to. */
  async listeners(): Promise<number> {
    const devtools = await this.page.context().newCDPSession(this.page)
    let count = 0
    for (const [target, type] of [
      ['window', 'message'],
      ['document', 'securitypolicyviolation'],
    ]) {
      const { result } = await devtools.send('Runtime.evaluate', { expression: target as string })
      const { listeners } = await devtools.send('DOMDebugger.getEventListeners', { objectId: result.objectId ?? '' })
      count += listeners.filter((listener) => listener.type === type).length
    }
    await devtools.detach()
    return count
  }
}

const recorder = `
globalThis.heard = []
globalThis.mark = 0
addEventListener('message', ({ data, source }) => {
  if (data?.mark) mark = data.mark
  // Also where the element has taken the frame away by now.
  if (data?.event_type?.startsWith('PORTAL_LOAD_')) source?.postMessage('heard', '*')
})
for (const name of ['event', 'load', 'session-expired', 'error'])
  document.addEventListener('scalekit-portal-' + name, ({ target, detail }) => {
    const error = detail instanceof Error ? { code: detail.code, status: detail.status, problem: detail.problem, message: detail.message } : detail
    heard.push({ name, target: target.id, detail: error })
  })
`
