import { createHmac } from 'node:crypto'

/** What a signature covers. */
export interface SignedContent {
  /** `webhook-id` */
  readonly id: string
  /** `webhook-timestamp`, NumericDate seconds. */
  readonly timestamp: number
  readonly body: string
}

/** One `v1` signature (Standard Webhooks, "Signature scheme"): HMAC-SHA256 over id, timestamp and the bytes of the body. */
export function sign(secret: string, { id, timestamp, body }: SignedContent): string {
  // By length: base64 may hold what a split would cut at.
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
