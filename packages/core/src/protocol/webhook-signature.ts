import { equalsConstantTime } from '../crypto/constant-time.js'
import { decodeWebhookSecret } from '../options/webhook-secret.js'

/** Seconds between the clocks, either way (Standard Webhooks, "Timestamp"; protocol.md §7.1). */
const tolerance = 300
const maxSignatures = 16

/** A dot would let an id and a timestamp share their boundary: both are joined by dots before they are signed. */
const idPattern = /^[A-Za-z0-9_-]{1,255}$/
const timestampPattern = /^\d{1,12}$/
/** 32 bytes of HMAC in their one spelling; `v1a`, `v2` and the rest belong to other schemes. */
const signaturePattern = /^v1,[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/

/** Who sent it, or the check that failed: never a value that was sent. */
export type WebhookSignatureVerdict =
  | {
      readonly status: 'verified'
      readonly deliveryId: string
      /** NumericDate, by the provider's clock. */
      readonly sentAt: number
    }
  | {
      readonly status: 'refused'
      readonly code: 'signature_invalid' | 'timestamp_out_of_range'
      readonly reason: 'id' | 'timestamp' | 'age' | 'signature'
    }

/**
 * Verifies a delivery by Standard Webhooks: HMAC-SHA256 over the bytes as they came, with any of the secrets, in any of
 * the signatures. The time it takes depends on how many there are of both, not on which of them agree.
 *
 * Only `webhook-*` headers are read: those of interceptors are signed for another purpose (attack row 275).
 */
export async function verifyWebhookSignature(
  headers: Headers,
  body: Uint8Array,
  expected: { readonly secrets: readonly string[]; readonly now: number },
): Promise<WebhookSignatureVerdict> {
  const deliveryId = headers.get('webhook-id') ?? ''
  if (!idPattern.test(deliveryId)) return refused('id')
  const timestamp = headers.get('webhook-timestamp') ?? ''
  if (!timestampPattern.test(timestamp)) return refused('timestamp')
  if (Math.abs(expected.now - Number(timestamp)) > tolerance) return refused('age', 'timestamp_out_of_range')

  const candidates = signaturesIn(headers.get('webhook-signature') ?? '')
  const content = joined(new TextEncoder().encode(`${deliveryId}.${timestamp}.`), body)
  const signatures = await Promise.all(expected.secrets.map((secret) => sign(secret, content)))
  let matches = 0
  for (const signature of signatures) {
    for (const candidate of candidates) matches += Number(equalsConstantTime(candidate, signature))
  }
  return matches > 0 ? { status: 'verified', deliveryId, sentAt: Number(timestamp) } : refused('signature')
}

/** The signatures that could be right. One that could not says nothing about the next (rotation; attack rows 259, 260). */
function signaturesIn(header: string): readonly string[] {
  const entries = header.split(' ')
  // So are two headers of one name joined (Fetch, "get, combine"), and there must be one.
  if (entries.some((entry) => entry.endsWith(',') && entry !== 'v1,')) return []
  return entries.slice(0, maxSignatures).filter((entry) => signaturePattern.test(entry))
}

async function sign(secret: string, content: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = decodeWebhookSecret(secret)
  // Creation has checked it. An empty key would be everybody's.
  if (bytes === undefined || bytes.length === 0) throw new TypeError('Not a webhook secret')
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
  return `v1,${btoa(String.fromCharCode(...mac))}`
}

function refused(
  reason: Extract<WebhookSignatureVerdict, { status: 'refused' }>['reason'],
  code: 'signature_invalid' | 'timestamp_out_of_range' = 'signature_invalid',
): WebhookSignatureVerdict {
  return { status: 'refused', code, reason }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length)
  bytes.set(head)
  bytes.set(tail, head.length)
  return bytes
}
