import { now } from '../clock.js'
import type { Settings } from '../settings.js'
import { Deliveries, type OpenDelivery } from './deliveries.js'
import type { RegisteredEndpoint } from './endpoint.js'
import { isDelivered, type Message, post, type WebhookAttempt } from './message.js'

/** Seconds before each attempt, counted from the one before it. */
export const SCHEDULE = [0, 5, 30, 120, 300, 900] as const

/** Milliseconds; a timer that is told more fires at once. */
const LONGEST = 2 ** 31 - 1

/** In which order queued messages go out. */
export type QueueOrder = 'as-happened' | 'reversed'

/**
 * Delivers messages, again and again until an endpoint takes them. Messages to one endpoint go one after the other, so
 * that they arrive in the order in which they happened, or in the order that a test asked for.
 */
export class Sender {
  readonly deliveries = new Deliveries()
  readonly #settings: () => Settings
  readonly #endpointOf: (url: string) => RegisteredEndpoint | undefined
  readonly #lanes = new Map<string, Promise<void>>()
  readonly #timers = new Map<number, NodeJS.Timeout>()
  readonly #watchers = new Set<() => void>()
  #queue: readonly number[] = []
  #stop = new AbortController()

  constructor(settings: () => Settings, endpointOf: (url: string) => RegisteredEndpoint | undefined) {
    this.#settings = settings
    this.#endpointOf = endpointOf
  }

  /** Sends a message to one endpoint. Resolves after the first attempt; at once while the sender is paused. */
  async send(about: { readonly type: string; readonly url: string; readonly limit: number }, message: Message) {
    const { key } = this.deliveries.add({ ...about, message })
    await this.#due(key)
    return this.deliveries.find(key)
  }

  /** Sends the same message once more, whatever became of it; resolves like {@link send}. */
  async replay({ key }: OpenDelivery): Promise<OpenDelivery | undefined> {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.#queue = this.#queue.filter((waiting) => waiting !== key)
    this.deliveries.change(key, ({ nextAttemptAt: _over, ...delivery }) => ({
      ...delivery,
      state: 'queued',
      rounds: 0,
    }))
    await this.#due(key)
    return this.deliveries.find(key)
  }

  /** Lets go what has queued up while the sender was paused. */
  resume(order: QueueOrder): void {
    const waiting = this.#queue
    this.#queue = []
    for (const key of order === 'reversed' ? waiting.toReversed() : waiting) void this.#due(key)
  }

  /** Resolves when nothing is under way and no retry is due, or after so many seconds. What is paused does not count. */
  settled(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#watchers.delete(check)
        resolve()
      }
      const check = () => {
        if (this.#isSettled) done()
      }
      const timer = setTimeout(done, Math.min(seconds * 1000, LONGEST)).unref()
      this.#watchers.add(check)
      check()
    })
  }

  /** Drops everything: what is under way, what is queued, and what is known of the past. */
  clear(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#lanes.clear()
    this.#queue = []
    this.deliveries.clear()
    this.#changed()
  }

  get #isSettled(): boolean {
    return this.deliveries.all.every(
      ({ key, state }) => state === 'success' || state === 'failed' || this.#queue.includes(key),
    )
  }

  #changed(): void {
    for (const check of this.#watchers) check()
  }

  #due(key: number): Promise<void> {
    const url = this.deliveries.find(key)?.url
    if (url === undefined) return Promise.resolve()
    if (this.#settings().webhooksPaused) {
      this.#queue = [...this.#queue, key]
      this.#changed()
      return Promise.resolve()
    }
    const { signal } = this.#stop
    const lane = (this.#lanes.get(url) ?? Promise.resolve()).then(() => this.#attempt(key, signal))
    this.#lanes.set(url, lane)
    return lane
  }

  async #attempt(key: number, signal: AbortSignal): Promise<void> {
    const delivery = this.deliveries.find(key)
    if (delivery === undefined || signal.aborted) return
    const endpoint = this.#endpointOf(delivery.url)
    const attempts =
      endpoint === undefined
        ? [{ at: now(), error: 'endpoint_removed' }]
        : await this.#copies(delivery.message, endpoint, signal)
    if (signal.aborted) return
    const rounds = delivery.rounds + 1
    const isOver = endpoint === undefined || rounds >= delivery.limit
    this.#record(key, attempts, isOver ? undefined : SCHEDULE[rounds])
  }

  /** Duplicates go out together, as from two workers of the sender, so that they meet in the app. */
  #copies(message: Message, endpoint: RegisteredEndpoint, signal: AbortSignal): Promise<readonly WebhookAttempt[]> {
    const copies = this.#settings().webhookDuplicates ? [message, message] : [message]
    return Promise.all(copies.map((copy) => post(copy, endpoint, signal)))
  }

  #record(key: number, attempts: readonly WebhookAttempt[], wait: number | undefined): void {
    const isSuccess = attempts.some(isDelivered)
    const delay = isSuccess || wait === undefined ? undefined : wait * this.#settings().webhookRetryScale
    this.deliveries.change(key, ({ nextAttemptAt: _over, ...delivery }) => ({
      ...delivery,
      rounds: delivery.rounds + 1,
      attempts: [...delivery.attempts, ...attempts],
      state: isSuccess ? 'success' : delay === undefined ? 'failed' : 'retrying',
      ...(delay === undefined ? {} : { nextAttemptAt: now() + delay }),
    }))
    if (delay !== undefined) this.#retryIn(key, delay)
    this.#changed()
  }

  #retryIn(key: number, seconds: number): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(key)
        void this.#due(key)
      },
      Math.min(seconds * 1000, LONGEST),
    )
    this.#timers.set(key, timer.unref())
  }
}
