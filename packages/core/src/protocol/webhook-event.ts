import { RequestError } from '../errors/scalegate-error.js'
import { type JsonObject, parseJsonObject } from '../http/fetch-json.js'
import type { UnknownWebhookEvent } from '../model/webhook-events.js'
import { textClaim } from './claim-values.js'

const maxTypeLength = 128
const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,20}))?([Zz]|[+-]\d\d:\d\d)$/

/** A signed event, before it is known whether a later one has been handled. */
export interface ReceivedWebhook {
  /** NumericDate, by the provider's clock. */
  readonly sentAt: number
  readonly event: Omit<UnknownWebhookEvent, 'stale'>
  /** What it is about, as text that two events share where they are about the same. */
  readonly subject: string
  readonly occurredAt: WebhookInstant
}

/** When an event happened. */
export interface WebhookInstant {
  /** NumericDate, rounded down. */
  readonly seconds: number
  /** Nanoseconds as text of one width, so that text order is time order: a number would lose the last three digits. */
  readonly order: string
}

/**
 * Bytes → event: strict UTF-8, one JSON object. `data` is the sender's, who has signed it, and is not looked into here;
 * where a name comes twice the last one counts, for the kit and the app alike.
 *
 * Nothing but what is needed to tell events apart is demanded: an older page of the documentation knows neither
 * `object` nor `environment_id`, and calls the instant `timestamp` (protocol.md §7.3).
 *
 * @throws RequestError webhook_invalid
 */
export function parseWebhookEvent(
  body: Uint8Array,
  { deliveryId, sentAt }: { readonly deliveryId: string; readonly sentAt: number },
): ReceivedWebhook {
  const json = parseJsonObject(body)
  if (json === undefined) throw new RequestError('webhook_invalid')
  const id = textClaim(json, 'id')
  const type = textClaim(json, 'type')
  const occurredAt = textClaim(json, 'occurred_at') ?? textClaim(json, 'timestamp')
  const instant = occurredAt === undefined ? undefined : instantOf(occurredAt)
  if (id === undefined || type === undefined || type.length > maxTypeLength) throw new RequestError('webhook_invalid')
  if (occurredAt === undefined || instant === undefined) throw new RequestError('webhook_invalid')
  if (!isObject(json.data)) throw new RequestError('webhook_invalid')
  const organizationId = textClaim(json, 'organization_id')
  const displayName = textClaim(json, 'display_name')
  return {
    sentAt,
    event: {
      id,
      deliveryId,
      type,
      object: textClaim(json, 'object') ?? '',
      occurredAt,
      environmentId: textClaim(json, 'environment_id') ?? '',
      ...(organizationId === undefined ? {} : { organizationId }),
      ...(displayName === undefined ? {} : { displayName }),
      data: json.data,
    },
    subject: JSON.stringify(subjectOf(json, id)),
    occurredAt: instant,
  }
}

/** The text at a path of own members of `data`, whatever the sender has put there. */
export function textAt(data: unknown, ...path: readonly string[]): string | undefined {
  let value = data
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as JsonObject)[name]
  }
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * A login and a logout are about their session: a person has several, and the end of one is not outdated by the start of
 * another. Whatever names nothing is about itself.
 */
function subjectOf({ data, object }: JsonObject, eventId: string): readonly unknown[] {
  const session = textAt(data, 'user_session', 'session_id')
  if (session !== undefined) return ['session', session]
  const [organization, user] = [textAt(data, 'organization', 'id'), textAt(data, 'user', 'id')]
  if (user !== undefined) return ['member', organization, user]
  const id = textAt(data, 'id')
  return id === undefined ? ['event', eventId] : ['object', object, id]
}

function instantOf(text: string): WebhookInstant | undefined {
  const [, date, time, fraction = '', zone = ''] = rfc3339.exec(text) ?? []
  const seconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`) / 1000
  if (!(seconds >= 0)) return undefined
  return { seconds, order: `${String(seconds).padStart(12, '0')}${fraction.slice(0, 9).padEnd(9, '0')}` }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
