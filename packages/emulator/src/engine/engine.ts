import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Environment } from '../environment.js'
import { buildProvider } from './provider.js'

/** The OAuth/OIDC engine as the rest of the emulator sees it. */
export class Engine {
  readonly #environment: Environment
  #provider: Provider
  #handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>

  constructor(environment: Environment) {
    this.#environment = environment
    this.#provider = buildProvider(environment)
    this.#handle = this.#provider.callback()
  }

  get provider(): Provider {
    return this.#provider
  }

  /** Answers one request to an endpoint of the engine. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#handle(request, response)
  }

  /** Signs with a new key. The engine cannot change keys while it runs, so it is built anew over the same store. */
  async rotateKeys(keep: 'old' | 'none'): Promise<void> {
    await this.#environment.keys.rotate(keep)
    this.#provider = buildProvider(this.#environment)
    this.#handle = this.#provider.callback()
  }
}
