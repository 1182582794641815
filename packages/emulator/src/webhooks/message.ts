import { now } from '../clock.js'
import { reason } from '../logout/deliver.js'
import type { RegisteredEndpoint } from './endpoint.js'
import { sign } from './signature.js'

/** Milliseconds that an endpoint has to answer. */
const DEADLINE = 10_000

/** What a test changes about a message to make it a wrong one. */
export interface Forgery {
  /** Headers to replace; `null` removes one. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Seconds added to the timestamp, which is signed as it stands then. */
  readonly timestampOffset?: number
  /** The signature list, word for word; `valid` stands for the right ones. */
  readonly signatures?: readonly string[]
}

/** An event on its way: the same id and body at each attempt. */
export interface Message {
  /** `webhook-id`: `msg_…`, without dots, which separate the signed parts. */
  readonly id: string
  readonly body: string
  readonly forgery: Forgery
}

/** One try to deliver. */
export interface WebhookAttempt {
  /** NumericDate seconds. */
  readonly at: number
  /** The answer; any 2xx is a delivery. */
  readonly status?: number
  /** Why there was no answer. */
  readonly error?: string
}

/** Posts a message once, with a timestamp and signatures of its own (Standard Webhooks). Never rejects. */
export async function post(
  message: Message,
  endpoint: RegisteredEndpoint,
  signal: AbortSignal,
): Promise<WebhookAttempt> {
  const at = now()
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: headersOf(message, endpoint, at),
      body: message.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]),
    })
    await response.body?.cancel()
    return { at, status: response.status }
  } catch (error) {
    return { at, error: reason(error) }
  }
}

/** True for the answer that ends the attempts. */
export function isDelivered({ status = 0 }: WebhookAttempt): boolean {
  return status >= 200 && status < 300
}

function headersOf({ id, body, forgery }: Message, { secrets }: RegisteredEndpoint, at: number): Headers {
  const timestamp = at + (forgery.timestampOffset ?? 0)
  const valid = secrets.map((secret) => sign(secret, { id, timestamp, body }))
  const signatures = forgery.signatures?.flatMap((entry) => (entry === 'valid' ? valid : [entry])) ?? valid
  const headers = new Headers({
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  })
  for (const [name, value] of Object.entries(forgery.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return headers
}
