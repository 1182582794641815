import { randomBytes } from 'node:crypto'
import { now } from '../clock.js'

/** Somebody who is signed in at a customer's identity provider, in one browser. */
export interface IdpSession {
  /** Value of the browser's cookie. */
  readonly cookie: string
  readonly connectionId: string
  readonly email: string
  /** NumericDate seconds. */
  readonly authenticatedAt: number
}

/** Sessions at the simulated identity providers: a browser has one cookie, and one session for each connection. */
export class IdpSessions {
  #sessions: readonly IdpSession[] = []

  /** Signs somebody in, in place of whoever was there; returns the browser's cookie, a new one where it had none. */
  start(browser: string | undefined, login: Pick<IdpSession, 'connectionId' | 'email'>): string {
    const known = this.#sessions.some(({ cookie }) => cookie === browser)
    const cookie = known && browser !== undefined ? browser : randomBytes(24).toString('base64url')
    this.end(cookie, login.connectionId)
    this.#sessions = [...this.#sessions, { ...login, cookie, authenticatedAt: now() }]
    return cookie
  }

  find(browser: string | undefined, connectionId: string): IdpSession | undefined {
    return this.#sessions.find(({ cookie, connectionId: at }) => cookie === browser && at === connectionId)
  }

  end(browser: string | undefined, connectionId: string): void {
    const ended = this.find(browser, connectionId)
    this.#sessions = this.#sessions.filter((session) => session !== ended)
  }
}
