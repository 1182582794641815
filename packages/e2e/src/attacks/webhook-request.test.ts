import { gzipSync } from 'node:zlib'
import express from 'express'
import { bodyLimit } from 'hono/body-limit'
import { beforeEach, describe, expect, it } from 'vitest'
import { type BeforeKit, frameworks } from '../support/app.js'
import { useStage } from '../support/stage.js'
import {
  eventText,
  expectForPrograms,
  expectReceived,
  expectWebhookRefused,
  Inbox,
  type Sending,
  webhooks,
} from '../support/webhooks.js'

const megabyte = 1024 * 1024
const limit = '2mb'

/** What apps let stand before the kit, and what has read the body by then: the bytes must come through each. */
const parsers = {
  none: {},
  'express.urlencoded': { express: (app) => app.use(express.urlencoded({ extended: true })) },
  'express.raw': { express: (app) => app.use(express.raw({ type: '*/*', limit })) },
  'express.text': { express: (app) => app.use(express.text({ type: '*/*', limit })) },
  'express.json that keeps rawBody': {
    express: (app) =>
      app.use(express.json({ limit, verify: (req, _, bytes) => void Object.assign(req, { rawBody: bytes }) })),
  },
  'c.req.json': { hono: (app) => app.use((c, next) => c.req.json().then(next, next)) },
  'c.req.text': { hono: (app) => app.use((c, next) => c.req.text().then(next)) },
  'c.req.arrayBuffer': { hono: (app) => app.use((c, next) => c.req.arrayBuffer().then(next)) },
  'c.req.blob': { hono: (app) => app.use((c, next) => c.req.blob().then(next)) },
  'c.req.parseBody': { hono: (app) => app.use((c, next) => c.req.parseBody().then(next)) },
  bodyLimit: { hono: (app) => app.use(bodyLimit({ maxSize: 2 * megabyte })) },
} satisfies Readonly<Record<string, BeforeKit>>

const person = { user: { id: 'usr_1', name: 'Zoë 😀' }, user_session: { session_id: 'ses_1' } }

/** Attack list 4.L, rows 258 to 267 and 280: the request, as far as the framework could change it. */
describe.each([
  ['Express 5', 'none'],
  ['Express 5', 'express.urlencoded'],
  ['Express 5', 'express.raw'],
  ['Express 5', 'express.text'],
  ['Express 5', 'express.json that keeps rawBody'],
  ['Express 4', 'none'],
  ['Express 4', 'express.raw'],
  ['Express 4', 'express.json that keeps rawBody'],
  ['Hono', 'none'],
  ['Hono', 'c.req.json'],
  ['Hono', 'c.req.text'],
  ['Hono', 'c.req.arrayBuffer'],
  ['Hono', 'c.req.blob'],
  ['Hono', 'c.req.parseBody'],
  ['Hono', 'bodyLimit'],
] as const)('webhook request on %s, parser of the app: %s', (framework, parser) => {
  const inbox = new Inbox()
  const stage = useStage({ framework, before: parsers[parser], between: 'keep', options: { webhooks: inbox.options } })
  const { post, postRaw, headersFor } = webhooks(stage)
  const unread = ['none', 'express.urlencoded', 'c.req.parseBody'].includes(parser)
  beforeEach(() => inbox.clear())

  it('SEC-264 the bytes that were signed, whatever was made of them', async () => {
    const escaped = eventText('user.login', person).replace('ë', '\\u00eb')
    for (const text of [eventText('user.login', person), escaped, `${eventText('user.login', person)}\n\n`])
      expectReceived(await post(text))
    expect(inbox.heard.map(({ data }) => data)).toEqual([person, person, person])
  })

  it('SEC-264 the same JSON in other bytes', async () => {
    const text = eventText('user.login', person)
    for (const other of [JSON.stringify(JSON.parse(text)), ` ${text}`, text.replace('ë', '\\u00eb')]) {
      const headers = headersFor(text)
      const answer = await post(other, {
        headers: Object.fromEntries([...headers].filter(([name]) => name.startsWith('webhook-'))),
      })
      expectWebhookRefused(answer, 'signature_invalid')
    }
    expect(inbox.heard).toEqual([])
  })

  it('SEC-264 chunks, cut in the middle of a character', async () => {
    const body = Buffer.from(eventText('user.login', person))
    const cuts = [0, 1, body.indexOf('😀') + 2, body.length]
    const chunks = cuts.slice(1).map((end, at) => {
      const piece = body.subarray(cuts[at], end)
      return `${piece.length.toString(16)}\r\n${piece.toString('latin1')}\r\n`
    })
    const chunked = (lines: readonly string[]) => [
      ...lines.filter((line) => !line.startsWith('content-length')),
      'Transfer-Encoding: chunked',
    ]
    expectReceived(await postRaw(body, chunked, [...chunks, '0\r\n\r\n']))
    expect(inbox.heard.map(({ data }) => data)).toEqual([person])
  })

  it('SEC-258 header names in any case; each once', async () => {
    const body = Buffer.from(eventText('user.login', person))
    const bytes = [body.toString('latin1')]
    expectReceived(
      await postRaw(body, (lines) => lines.map((line) => line.replace(/^[^:]+/, (name) => name.toUpperCase())), bytes),
    )
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const twice = (lines: readonly string[]) => [...lines, lines.find((line) => line.startsWith(name))!]
      expectWebhookRefused(await postRaw(body, twice, bytes), 'signature_invalid')
      const forged = (lines: readonly string[]) => [`${name}: x`, ...lines]
      expectWebhookRefused(await postRaw(body, forged, bytes), 'signature_invalid')
      for (const value of [null, ''])
        expectWebhookRefused(await post(body, { headers: { [name]: value } }), 'signature_invalid')
    }
    expect(inbox.heard).toHaveLength(1)
  })

  it('SEC-265 bytes that are no UTF-8, signed', async () => {
    const body = Buffer.from(eventText('user.login', { user: { id: 'usr_?' } }))
    body[body.indexOf('?')] = 0xff
    const answer = await post(body)
    // A parser that makes text of it has replaced the byte, and with it what was signed.
    const isText = ['express.text', 'c.req.text', 'c.req.json'].includes(parser)
    // The JSON parser of the app refuses it before the kit, or reads it as it pleases; its rawBody is the bytes.
    expectWebhookRefused(answer, isText ? 'signature_invalid' : 'webhook_invalid')
    expect(inbox.heard).toEqual([])
  })

  it('SEC-267 exactly 1 MB, and a byte more', async () => {
    const filled = (size: number) => {
      const empty = eventText('user.login', { filler: '' })
      return empty.replace('"filler": ""', `"filler": "${'x'.repeat(size - Buffer.byteLength(empty))}"`)
    }
    expectReceived(await post(filled(megabyte)))
    const answer = await post(filled(megabyte + 1))
    expectWebhookRefused(answer, 'payload_too_large', 413)
    expect(answer.headers.get('connection')).toBe('close')
    expect(inbox.heard).toHaveLength(1)
  })

  it('SEC-267 a compressed body', async () => {
    const text = eventText('user.login', person)
    const packed = gzipSync(text)
    const encoding = { headers: { 'content-encoding': 'gzip' } }
    const answer = await post(packed, encoding)
    if (framework === 'Hono' || unread) expectWebhookRefused(answer, 'unsupported_media_type', 415)
    // The app's parser has unpacked it, and the packed bytes were signed.
    else expectWebhookRefused(answer, 'signature_invalid')
    expect(inbox.heard).toEqual([])
  })

  it('SEC-266 signed, and no event', async () => {
    // The app's JSON parser is strict, and refuses these before the kit.
    const texts = parser === 'express.json that keeps rawBody' ? [] : ['null', '"x"', '', '{']
    for (const body of [...texts, '[]', '{}', eventText(['user.login'], person), eventText('user.login', 'x')])
      expectWebhookRefused(await post(body), 'webhook_invalid')
    expect(inbox.heard).toEqual([])
  })

  const forgeries: readonly (readonly [string, string, Sending])[] = [
    ['SEC-261 a timestamp of 301 seconds ago', 'timestamp_out_of_range', { offset: -301 }],
    ['SEC-261 one of the future', 'timestamp_out_of_range', { offset: 310 }],
    ['SEC-262 an id with a dot', 'signature_invalid', { id: 'msg.1' }],
    ['SEC-274 another secret', 'signature_invalid', { secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }],
  ]
  it.each(forgeries)('%s', async (_label, code, sending) => {
    expectWebhookRefused(await post(eventText('user.login', person), sending), code)
    expect(inbox.heard).toEqual([])
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('SEC-280 %s', async (method) => {
    const { status, headers } = await post('', { method })
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expectForPrograms(headers)
  })

  it('SEC-280 an Origin gets no CORS header, before the request or with it', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
    const preflight = await post('', {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'POST', 'access-control-request-headers': 'webhook-id' },
    })
    expect([preflight.status, preflight.text]).toEqual([204, ''])
    expectForPrograms(preflight.headers)
    const answer = await post(eventText('user.login', person), { headers })
    expectReceived(answer)
    expectWebhookRefused(
      await post(eventText('user.login', person), { headers, offset: 999 }),
      'timestamp_out_of_range',
    )
  })
})

/** Where a parser has left nothing of the bytes, nobody can say who sent them: the app is told, by its own error page. */
const greedy = {
  'express.json': { express: (app) => app.use(express.json()) },
  'c.req.raw.json': { hono: (app) => app.use((c, next) => c.req.raw.json().then(next)) },
} satisfies Readonly<Record<string, BeforeKit>>

describe.each([
  ['Express 5', 'express.json'],
  ['Express 4', 'express.json'],
  ['Hono', 'c.req.raw.json'],
] as const)('webhook request on %s behind %s', (framework, parser) => {
  const inbox = new Inbox()
  const stage = useStage({ framework, before: greedy[parser], options: { webhooks: inbox.options } })

  it('SEC-264 a body that was read and not kept', async () => {
    const answer = await webhooks(stage).post(eventText('user.login', person))
    expect([answer.status, answer.text]).toEqual([500, 'app error page: body_already_read'])
    expect(stage().takeErrors()).toMatchObject([{ code: 'body_already_read' }])
    expect(inbox.heard).toEqual([])
  })
})

describe.each(frameworks)('webhook request on %s', (framework) => {
  const inbox = new Inbox()
  const stage = useStage({ framework, options: { webhooks: inbox.options } })
  const { post, postRaw } = webhooks(stage)
  const body = Buffer.from(eventText('user.login', person))
  const withLength = (length: number) => (lines: readonly string[]) =>
    lines.map((line) => (line.startsWith('content-length') ? `content-length: ${length}` : line))

  it('SEC-267 a Content-Length that lies', async () => {
    // What is left over is the beginning of a request that is none, and whoever answers first has answered 400.
    expect((await postRaw(body, withLength(body.length - 1), [body.toString('latin1')])).status).toBe(400)
    expectWebhookRefused(await postRaw(body, withLength(2 ** 30), [body.toString('latin1')]), 'payload_too_large', 413)
    // Less than it says: whoever waits is the sender, until it gives up.
    await expect(postRaw(body, withLength(body.length + 1), [body.toString('latin1')])).rejects.toThrow('No answer')
    const both = (lines: readonly string[]) => [...lines, 'Transfer-Encoding: chunked']
    expect((await postRaw(body, both, ['0\r\n\r\n'])).status).toBe(400)
    expect(inbox.heard).toEqual([])
    expectReceived(await post(body))
  })

  it('SEC-267 a body without an end', async () => {
    const chunked = (lines: readonly string[]) => [
      ...lines.filter((line) => !line.startsWith('content-length')),
      'Transfer-Encoding: chunked',
    ]
    const answer = await postRaw(body, chunked, Array<string>(40).fill(`8000\r\n${'a'.repeat(0x8000)}\r\n`))
    expectWebhookRefused(answer, 'payload_too_large', 413)
    expect(answer.headers.get('connection')).toBe('close')
  })
})

describe.each(frameworks)('without a webhook secret on %s', (framework) => {
  const stage = useStage({
    framework,
    routes: [{ method: 'post', path: '/own/webhooks', answer: () => ({ body: { own: true } }) }],
    options: { paths: { webhooks: '/own/webhooks' } },
  })

  it('the path is the app’s own', async () => {
    const { post } = webhooks(stage)
    const answer = await post(eventText('user.logout', person))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, expect.not.stringContaining('problem')])
    expect(stage().app.events.map(({ type }) => type)).not.toContain('webhook_refused')
    const own = await post(eventText('user.logout', person), { path: '/own/webhooks' })
    expect(own.text).toBe('{"own":true}')
  })
})
