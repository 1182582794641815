import { randomBytes } from 'node:crypto'

/** Codes that carry a login from the kit's callback to the app's own token endpoint: short-lived, and good for once. */
export class HandoverCodes {
  #logins = new Map()

  /** `lifetime` in seconds; `clock` gives the seconds since 1970. */
  constructor({ lifetime, clock }) {
    this.lifetime = lifetime
    this.clock = clock
  }

  issue(login) {
    this.#dropExpired()
    const code = randomBytes(32).toString('base64url')
    this.#logins.set(code, { login, expiresAt: this.clock() + this.lifetime })
    return code
  }

  /** The login of this code, or undefined. Whatever becomes of the answer, the code is spent. */
  take(code) {
    this.#dropExpired()
    const found = this.#logins.get(code)
    this.#logins.delete(code)
    return found?.login
  }

  #dropExpired() {
    for (const [code, { expiresAt }] of this.#logins) if (expiresAt <= this.clock()) this.#logins.delete(code)
  }
}
