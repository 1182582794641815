import type { Environment } from '../environment.js'
import { newId } from '../ids.js'
import type { WebhookEventType } from './catalog.js'
import type { OpenDelivery } from './deliveries.js'
import { type RegisteredEndpoint, registered, type WebhookEndpoint } from './endpoint.js'
import { type EventInput, makeEvent } from './event.js'
import type { Forgery, Message } from './message.js'
import { SCHEDULE, Sender } from './sender.js'
import type { SubjectIds } from './subject.js'

/** Something that happened in the environment, and whom it happened to. */
export interface Happening extends SubjectIds {
  readonly type: WebhookEventType
  /** In place of what the environment knows of the subject: for what is no person, organization or session. */
  readonly data?: unknown
}

/** An event to send on demand, perhaps a forged one. */
export interface SendInput extends EventInput, Forgery {
  /** `webhook-id`; a new one where left out. */
  readonly id?: string
  /** The bytes to sign and send instead of the event. */
  readonly body?: string
  /** The most attempts; by default all six, and one for a forgery, which no sender would repeat. */
  readonly attempts?: number
}

/** Where the events of an environment go, and how they get there. */
export class Webhooks {
  readonly sender: Sender
  readonly #environment: Environment
  readonly #start: readonly WebhookEndpoint[]
  #endpoints: readonly RegisteredEndpoint[]

  constructor(environment: Environment, endpoints: readonly WebhookEndpoint[]) {
    this.#environment = environment
    this.#start = endpoints
    this.#endpoints = endpoints.map(registered)
    this.sender = new Sender(
      () => environment.settings,
      (url) => this.#endpoints.find((endpoint) => endpoint.url === url),
    )
  }

  get endpoints(): readonly RegisteredEndpoint[] {
    return this.#endpoints
  }

  /** Replaces the endpoints. What is on its way to one that is gone ends as failed. */
  register(endpoints: readonly WebhookEndpoint[]): void {
    this.#endpoints = endpoints.map(registered)
  }

  /** Tells the endpoints that want to know. Never waits and never fails: it must not hold up what happened. */
  happened({ type, ...about }: Happening): void {
    // Modular SSO keeps no users, so nothing can happen to them.
    if (this.#environment.settings.product === 'modular-sso' && type.startsWith('user.')) return
    const listeners = this.#endpoints.filter(({ events }) => events?.includes(type) ?? true)
    if (listeners.length === 0) return
    const event = makeEvent(this.#environment, { type, ...about })
    void this.#deliver(listeners, type, { id: newId('msg'), body: JSON.stringify(event), forgery: {} }, SCHEDULE.length)
  }

  /** Sends an event to every endpoint, whatever it listens to. Resolves after the first attempt. */
  send({ id, body, attempts, headers, timestampOffset, signatures, ...input }: SendInput) {
    const isForged = [body, headers, timestampOffset, signatures].some((part) => part !== undefined)
    const message: Message = {
      id: id ?? newId('msg'),
      body: body ?? JSON.stringify(makeEvent(this.#environment, input)),
      forgery: {
        ...(headers === undefined ? {} : { headers }),
        ...(timestampOffset === undefined ? {} : { timestampOffset }),
        ...(signatures === undefined ? {} : { signatures }),
      },
    }
    return this.#deliver(this.#endpoints, input.type, message, attempts ?? (isForged ? 1 : SCHEDULE.length))
  }

  /** Sends a message again, wherever it went. Resolves after the first attempt. */
  async replay(id: string): Promise<readonly OpenDelivery[]> {
    const again = this.sender.deliveries.ofMessage(id).map((delivery) => this.sender.replay(delivery))
    return (await Promise.all(again)).filter((delivery) => delivery !== undefined)
  }

  /** Forgets everything and goes back to the endpoints of the seed. */
  reset(): void {
    this.sender.clear()
    this.register(this.#start)
  }

  async #deliver(
    endpoints: readonly RegisteredEndpoint[],
    type: string,
    message: Message,
    limit: number,
  ): Promise<readonly OpenDelivery[]> {
    const sent = endpoints.map(({ url }) => this.sender.send({ type, url, limit }, message))
    return (await Promise.all(sent)).filter((delivery) => delivery !== undefined)
  }
}
