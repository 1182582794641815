import type { WebhookEventType } from './catalog.js'
import type { WebhookDelivery } from './deliveries.js'
import type { RegisteredEndpoint, WebhookEndpoint } from './endpoint.js'
import type { QueueOrder } from './sender.js'
import type { SendInput } from './webhooks.js'

/** An event to send on demand. An undocumented `type` needs `data` or `body`. */
export interface WebhookInput extends SendInput {
  readonly type: WebhookEventType | (string & {})
}

/** Steers the webhooks of a running emulator. */
export interface WebhookControl {
  /** Where events go. */
  endpoints(): Promise<readonly RegisteredEndpoint[]>
  /** Replaces the endpoints by one, several or none; their secrets are in the answer. */
  register(endpoints: WebhookEndpoint | readonly WebhookEndpoint[] | null): Promise<readonly RegisteredEndpoint[]>
  /** Sends an event to every endpoint; resolves after the first attempt, at once while paused. */
  send(input: WebhookInput): Promise<readonly WebhookDelivery[]>
  /** Sends a message again under the same `webhook-id`; resolves like {@link send}. */
  replay(id: string): Promise<readonly WebhookDelivery[]>
  /** Ends the setting `webhooksPaused` and lets go what has queued up, oldest first unless told otherwise. */
  resume(order?: QueueOrder): Promise<void>
  /** What was sent and what became of it, oldest first. */
  deliveries(): Promise<readonly WebhookDelivery[]>
  /** Forgets all deliveries, also those under way and those waiting for a retry. */
  clearDeliveries(): Promise<void>
  /**
   * Waits until nothing is under way and no retry is due, at most this many seconds, and gives all deliveries. What is
   * queued while paused is not waited for.
   *
   * @defaultValue 10
   */
  settled(within?: number): Promise<readonly WebhookDelivery[]>
}

/** The call of the control API that {@link webhookControl} makes. */
export type ControlCall = <T = void>(method: string, path: string, body?: unknown) => Promise<T>

/** The typed client of `/_emulator/webhooks`. */
export function webhookControl(call: ControlCall): WebhookControl {
  const endpoints = async (method: string, body?: unknown) =>
    (await call<{ endpoints: readonly RegisteredEndpoint[] }>(method, 'webhooks', body)).endpoints
  const deliveries = async (method: string, path: string, body?: unknown) =>
    (await call<{ deliveries: readonly WebhookDelivery[] }>(method, `webhooks/${path}`, body)).deliveries
  return {
    endpoints: () => endpoints('GET'),
    register: (wanted) => endpoints('PUT', wanted),
    send: (input) => deliveries('POST', 'send', input),
    replay: (id) => deliveries('POST', 'replay', { id }),
    resume: (order = 'as-happened') => call('POST', 'webhooks/resume', { order }),
    deliveries: () => deliveries('GET', 'deliveries'),
    clearDeliveries: () => call('DELETE', 'webhooks/deliveries'),
    settled: (within = 10) => deliveries('GET', `settled?within=${within}`),
  }
}
