import type { Message, WebhookAttempt } from './message.js'

/** Newest ones win: an emulator that runs for days must not grow without bound. */
const LIMIT = 1000

/** The states that Scalekit's dashboard shows. */
export type WebhookDeliveryState = 'success' | 'queued' | 'failed' | 'retrying'

/** One event for one endpoint, and what became of it. Instants are NumericDate seconds. */
export interface WebhookDelivery {
  /** `webhook-id`, the same at every endpoint that gets the event. */
  readonly id: string
  readonly type: string
  readonly url: string
  /** What is posted, byte for byte. */
  readonly body: string
  readonly state: WebhookDeliveryState
  readonly attempts: readonly WebhookAttempt[]
  /** When the next attempt is due; only while `retrying`. */
  readonly nextAttemptAt?: number
}

/** A delivery with what the sender needs to go on with it. */
export interface OpenDelivery extends WebhookDelivery {
  readonly key: number
  readonly message: Message
  /** Attempts made since it was sent or replayed; two copies of one message are one attempt. */
  readonly rounds: number
  /** The most attempts to make. */
  readonly limit: number
}

/** What the sender did, oldest first. */
export class Deliveries {
  readonly #byKey = new Map<number, OpenDelivery>()
  #next = 1

  get all(): readonly OpenDelivery[] {
    return [...this.#byKey.values()]
  }

  find(key: number): OpenDelivery | undefined {
    return this.#byKey.get(key)
  }

  /** The latest delivery of a message to each endpoint. */
  ofMessage(id: string): readonly OpenDelivery[] {
    const found = this.all.filter((delivery) => delivery.id === id)
    return [...new Map(found.map((delivery) => [delivery.url, delivery])).values()]
  }

  add(delivery: Pick<OpenDelivery, 'type' | 'url' | 'message' | 'limit'>): OpenDelivery {
    const { id, body } = delivery.message
    const added: OpenDelivery = { ...delivery, id, body, key: this.#next, state: 'queued', attempts: [], rounds: 0 }
    this.#next += 1
    this.#byKey.set(added.key, added)
    const [oldest] = this.#byKey.keys()
    if (this.#byKey.size > LIMIT && oldest !== undefined) this.#byKey.delete(oldest)
    return added
  }

  change(key: number, change: (delivery: OpenDelivery) => OpenDelivery): void {
    const delivery = this.#byKey.get(key)
    if (delivery !== undefined) this.#byKey.set(key, change(delivery))
  }

  clear(): void {
    this.#byKey.clear()
  }
}

/** A delivery as the control API shows it. */
export function deliveryJson({ id, type, url, body, state, attempts, nextAttemptAt }: OpenDelivery): WebhookDelivery {
  return { id, type, url, body, state, attempts, ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }) }
}
