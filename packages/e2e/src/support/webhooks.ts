import { createHmac } from 'node:crypto'
import { defaultWebhookSecret } from '@scalegate/emulator'
import type { UnknownWebhookEvent, WebhookEvent, WebhookOptions } from '@scalegate/hono'
import { type Answer, exchange, raw } from '@scalegate/testing/audits'
import { expect } from 'vitest'
import { problemOf } from './refusals.js'
import type { Stage } from './stage.js'

export type HeardEvent = WebhookEvent | UnknownWebhookEvent

/** What the app's handlers were given, and what they shall do about it. */
export class Inbox {
  readonly heard: HeardEvent[] = []
  /** `begun` and `done` of handlers, in order, and whatever a test adds. */
  readonly log: string[] = []
  /** What the next handlers do before they are done; one for each. */
  readonly #next: (() => Promise<void>)[] = []
  readonly options: WebhookOptions = {
    secret: defaultWebhookSecret,
    on: { 'user.login': (event) => this.#handle(event) },
    onOther: (event) => this.#handle(event),
  }

  /** The next handler throws this. */
  failNext(error: Error): void {
    this.#next.push(() => Promise.reject(error))
  }

  /** The next handler waits; gives what lets it go on. */
  holdNext(): () => void {
    const gate: { open?: () => void } = {}
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve
    })
    this.#next.push(() => opened)
    return () => gate.open?.()
  }

  /** Waits until as many handlers have begun since `clear`. */
  async begun(count = 1): Promise<void> {
    await expect.poll(() => this.log.filter((entry) => entry === 'begun').length).toBe(count)
  }

  clear(): void {
    for (const list of [this.heard, this.log, this.#next]) list.length = 0
  }

  async #handle(event: HeardEvent): Promise<void> {
    this.heard.push(event)
    this.log.push('begun')
    await this.#next.shift()?.()
    this.log.push('done')
  }
}

export interface Sending {
  readonly id?: string
  /** Seconds from the app's time. */
  readonly offset?: number
  readonly secret?: string
  /** Header lines over the right ones; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** @defaultValue POST */
  readonly method?: string
  /** @defaultValue `/auth/webhooks` */
  readonly path?: string
}

let sent = 0

/** Event as Scalekit writes it, with the members of its envelope replaced; with spaces that no serializer writes. */
export function eventText(type: unknown, data: unknown, envelope: Readonly<Record<string, unknown>> = {}): string {
  sent += 1
  const event = {
    spec_version: '1',
    id: `evt_${sent}`,
    type,
    object: 'User',
    occurred_at: new Date().toISOString(),
    environment_id: 'env_101000000000000001',
    data,
    ...envelope,
  }
  return JSON.stringify(event, undefined, 1)
}

/** Webhooks by hand, for everything that no sender would send. */
export function webhooks(stage: () => Stage) {
  function headersFor(body: string | Buffer, { id, offset = 0, secret, headers = {} }: Sending = {}): Headers {
    sent += 1
    const name = id ?? `msg_${sent}`
    const timestamp = String(stage().now() + offset)
    const key = Buffer.from((secret ?? defaultWebhookSecret).slice('whsec_'.length), 'base64')
    const mac = createHmac('sha256', key).update(`${name}.${timestamp}.`).update(body).digest('base64')
    const all = new Headers({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': name,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${mac}`,
    })
    for (const [header, value] of Object.entries(headers)) value === null ? all.delete(header) : all.set(header, value)
    return all
  }

  return {
    headersFor,
    post: (body: string | Buffer, sending: Sending = {}) =>
      exchange(
        stage().app.origin + (sending.path ?? '/auth/webhooks'),
        sending.method ?? 'POST',
        headersFor(body, sending),
        body,
      ),
    /** The right headers as lines and the body in pieces, over a socket. */
    postRaw: (body: Buffer, lines: (lines: readonly string[]) => readonly string[], pieces: readonly string[]) =>
      raw(stage().app.origin, {
        method: 'POST',
        target: '/auth/webhooks',
        headers: lines([...headersFor(body)].map(([name, value]) => `${name}: ${value}`)),
        body: pieces,
      }),
  }
}

/** 200 with the outcome, for a program, and nothing that a browser could use. */
export function expectReceived({ status, headers, text }: Answer, body: object = {}): void {
  expect({ status, body: JSON.parse(text) }).toEqual({ status: 200, body })
  expectForPrograms(headers)
}

/** A refusal with its code and nothing of the request. */
export function expectWebhookRefused(answer: Answer, code: string, status = 400): void {
  expect(Object.keys(problemOf(answer)).sort()).toEqual(['code', 'status', 'title', 'type'])
  expect({ status: answer.status, ...problemOf(answer) }).toMatchObject({ status, code })
  expectForPrograms(answer.headers)
}

export function expectForPrograms(headers: Headers): void {
  expect(headers.get('cache-control')).toBe('private, no-store')
  expect([...headers.keys()].filter((name) => /^(?:access-control-|set-cookie$|location$)/.test(name))).toEqual([])
}
