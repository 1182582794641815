/** An event as Scalekit would send it. */
export interface WebhookInput {
  /** `whsec_` and the base64 of 24 to 64 bytes: the secret the app verifies with. */
  readonly secret: string
  /** E.g. `user.logout`, `user.organization_membership_deleted`. */
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  /** `webhook-id` and the event's `id`; give the same twice to test deduplication. @defaultValue a random `evt_…` */
  readonly id?: string
  /** When it was sent, NumericDate seconds. @defaultValue now */
  readonly at?: number
  /** Members of the envelope to add or replace, e.g. `organization_id`. */
  readonly envelope?: Readonly<Record<string, unknown>>
}

/** A request body and the headers that go with it. Send the body byte for byte: the signature covers it. */
export interface ForgedWebhook {
  readonly body: string
  readonly headers: {
    readonly 'content-type': 'application/json'
    readonly 'webhook-id': string
    readonly 'webhook-timestamp': string
    readonly 'webhook-signature': string
  }
}

/**
 * A webhook of Scalekit, signed: Standard Webhooks, HMAC-SHA256 over `id.timestamp.body` with the key behind `whsec_`,
 * which is what Scalekit's own SDKs verify (protocol notes §7.1). The envelope has the members its OpenAPI document
 * requires (§7.3).
 *
 * @throws TypeError where the secret is not one: an empty key would verify for anybody.
 */
export async function forgeWebhook(input: WebhookInput): Promise<ForgedWebhook> {
  const {
    type,
    data,
    id = `evt_${crypto.randomUUID().replaceAll('-', '')}`,
    at = Math.floor(Date.now() / 1000),
  } = input
  const key = keyOf(input.secret)
  const body = JSON.stringify({
    spec_version: '1',
    id,
    type,
    object: objectOf(type),
    occurred_at: new Date(at * 1000).toISOString(),
    environment_id: 'env_test',
    display_name: type,
    data,
    ...input.envelope,
  })
  const timestamp = String(at)
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${await signature(key, `${id}.${timestamp}.${body}`)}`,
    },
  }
}

async function signature(secret: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signed = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(signed)))
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const encoded = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : ''
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded)
    ? Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    : new Uint8Array()
  // Standard Webhooks: between 24 and 64 bytes.
  if (bytes.length < 24 || bytes.length > 64)
    throw new TypeError('A webhook secret is "whsec_" and the base64 of 24 to 64 bytes.')
  return bytes
}

/** `user.logout` → `User`, `organization.sso_enabled` → `Organization`. */
function objectOf(type: string): string {
  const [family = ''] = type.split('.')
  return family.charAt(0).toUpperCase() + family.slice(1)
}
