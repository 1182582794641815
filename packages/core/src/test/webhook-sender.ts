const encoder = new TextEncoder()
const bytesOf = (content: string | Uint8Array) => (typeof content === 'string' ? encoder.encode(content) : content)

export const webhookSecret = `whsec_${btoa('a-webhook-key-of-32-bytes-length')}`

/** What a test changes about a delivery. */
export interface Sending {
  readonly id?: string
  readonly timestamp?: string | number
  readonly secret?: string
  /** `undefined` takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Signs as Scalekit does, written apart from the kit: one misreading must not make both wrong. */
export async function signature(
  { id, timestamp, body }: { id: string; timestamp: string | number; body: string | Uint8Array },
  secret = webhookSecret,
): Promise<string> {
  const secretBytes = Uint8Array.from(atob(secret.slice('whsec_'.length)), (character) => character.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', secretBytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const content = Uint8Array.from([...encoder.encode(`${id}.${timestamp}.`), ...bytesOf(body)])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
  return `v1,${btoa(String.fromCharCode(...mac))}`
}

export async function signedHeaders(
  body: string | Uint8Array,
  { id = 'msg_1', timestamp, secret, headers }: Sending & { readonly timestamp: string | number },
): Promise<Headers> {
  const all = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': await signature({ id, timestamp, body }, secret),
    ...headers,
  }
  return new Headers(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** The body of an event (protocol.md §7.3). */
export function eventBody(type: string, data: unknown = {}, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    spec_version: '1',
    id: 'evt_1',
    type,
    object: 'User',
    occurred_at: '2027-01-15T08:00:00.123456789Z',
    environment_id: 'env_1',
    organization_id: 'org_1',
    data,
    display_name: 'An Event',
    ...changes,
  })
}
