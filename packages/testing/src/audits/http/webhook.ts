import { createHmac, randomBytes } from 'node:crypto'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { type Answer, exchange } from './exchange.js'

/** A delivery as Standard Webhooks describes it, and what may be wrong with it. */
export interface Webhook {
  readonly type: string
  readonly data?: unknown
  readonly organizationId?: string
  /** `webhook-id`, the same at each attempt. */
  readonly id?: string
  /** Seconds added to the time at which it happened and was sent. */
  readonly offset?: number
  /** Signed in place of an event. */
  readonly body?: string
  /** Sent in place of what was signed. */
  readonly sent?: string | Buffer
  /** Whose signatures it has. @defaultValue the first secret of the app */
  readonly secrets?: readonly string[]
  /** Headers to replace; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
}

export function newWebhookId(): string {
  return `msg_${randomBytes(12).toString('hex')}`
}

/** One `v1` signature: HMAC-SHA256 over id, timestamp and the bytes of the body. */
export function signatureOf(
  secret: string,
  content: { readonly id: string; readonly at: number; readonly body: string },
): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${content.id}.${content.at}.${content.body}`).digest('base64')}`
}

/** The body of an event, by Scalekit's OpenAPI description. */
export function eventBody(bench: Bench, { type, data = {}, organizationId, offset = 0 }: Webhook): string {
  return JSON.stringify({
    spec_version: '1',
    id: `evt_${randomBytes(12).toString('hex')}`,
    type,
    object: 'Audited',
    occurred_at: new Date((bench.now() + offset) * 1000).toISOString().replace('Z', '123Z'),
    environment_id: 'env_audited',
    ...(organizationId === undefined ? {} : { organization_id: organizationId }),
    data,
    display_name: 'Größe 日本',
  })
}

/** Sends it as a provider does: by the socket, without cookies or fetch metadata. */
export function deliver(
  bench: Bench,
  site: Site,
  webhook: Webhook,
  path: string = site.paths.webhooks,
): Promise<Answer> {
  const { id = newWebhookId(), offset = 0, secrets = [site.webhookSecrets[0]] } = webhook
  const body = webhook.body ?? eventBody(bench, webhook)
  const at = bench.now() + offset
  const sent = webhook.sent ?? body
  const headers = new Headers({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(sent)),
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': secrets.map((secret) => signatureOf(secret, { id, at, body })).join(' '),
  })
  for (const [name, value] of Object.entries(webhook.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return exchange(`${site.socket}${site.path}${path}`, 'POST', headers, sent)
}

/** What the handlers of the app have heard, oldest first; see `GET /heard` of the audited app. */
export interface Heard {
  readonly events: readonly {
    readonly id: string
    readonly type: string
    readonly by: 'on' | 'other'
    readonly stale: boolean
    readonly done: boolean
  }[]
  readonly ended: readonly { readonly scope: string; readonly userId?: string; readonly organizationId?: string }[]
}

export async function heard(site: Site): Promise<Heard> {
  return JSON.parse((await site.browser().fetch(site.at('/heard'))).text) as Heard
}

/** The runs of handlers for one delivery. */
export async function runsOf(site: Site, id: string): Promise<Heard['events']> {
  return (await heard(site)).events.filter((event) => event.id === id)
}
