import { setTimeout as sleep } from 'node:timers/promises'
import { Browser, type Page } from '@scalegate/testing/audits'
import { type JourneyOptions, logIn } from '../support/journey.js'
import type { Child } from './child.js'
import { type Fleet, publicOrigin } from './fleet.js'

/** Where each request of a browser goes: to some process, as behind a balancer without sticky sessions. */
class Balancer extends Map<string, string> {
  readonly #processes: () => readonly Child[]

  constructor(processes: () => readonly Child[]) {
    super()
    this.#processes = processes
  }

  override get(origin: string): string | undefined {
    if (origin !== publicOrigin) return undefined
    const serving = this.#processes().filter((child) => child.isAlive())
    return serving[Math.floor(Math.random() * serving.length)]?.origin
  }
}

export function browserOf(fleet: Fleet): Browser {
  return new Browser(new Balancer(() => fleet.apps))
}

/** The same browser, whose next requests all go to one process. */
export function at(app: Child, browser: Browser): Browser {
  const pinned = new Browser(new Balancer(() => [app]))
  return Object.assign(pinned, { jar: browser.jar })
}

/** Somebody who is signed in, and whose answers have to be their own. */
export class Visitor {
  readonly browser: Browser
  readonly sid: string
  readonly user: string
  readonly #fleet: Fleet

  constructor(fleet: Fleet, browser: Browser, { sid, user }: { readonly sid: string; readonly user: string }) {
    this.#fleet = fleet
    this.browser = browser
    this.sid = sid
    this.user = user
  }

  static async signIn(fleet: Fleet, options: JourneyOptions = {}, patience = 4): Promise<Visitor> {
    const browser = browserOf(fleet)
    const landed = await logIn(browser, { origin: publicOrigin }, options)
    // Processes that have just begun on a busy machine may not be connected yet; people try again.
    if (landed.status === 503 && patience > 0) {
      await sleep(500)
      return Visitor.signIn(fleet, options, patience - 1)
    }
    if (landed.status !== 303) throw new Error(`The login did not end: ${landed.status} ${landed.text}`)
    const page = await browser.fetch(`${publicOrigin}/private`)
    if (page.status !== 200) throw new Error(`Signed in and not let in: ${page.status} ${page.text}`)
    return new Visitor(fleet, browser, JSON.parse(page.text))
  }

  /** Another browser with all cookies that this one has now: what somebody stole, or a request that left before. */
  copy(): Visitor {
    const copied = browserOf(this.#fleet)
    return new Visitor(this.#fleet, Object.assign(copied, { jar: this.browser.copy().jar }), this)
  }

  /** I3: whoever answers, a 200 speaks of this session and of no other. */
  async ask(app?: Child, path = '/private'): Promise<Page> {
    const page = await (app === undefined ? this.browser : at(app, this.browser)).fetch(publicOrigin + path)
    if (page.status === 200 && path === '/private') {
      const { sid, user } = JSON.parse(page.text) as { sid: string; user: string }
      if (sid !== this.sid || user !== this.user) throw new Error(`I3 ${this.sid} was answered as ${sid}.`)
    }
    return page
  }

  async status(app?: Child, path?: string): Promise<number> {
    return (await this.ask(app, path)).status
  }

  async statuses(count: number): Promise<readonly number[]> {
    const copies = Array.from({ length: count }, () => this.copy())
    return Promise.all(copies.map((copy) => copy.status()))
  }
}
