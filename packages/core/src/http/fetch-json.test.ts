import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fetch, fetchJson, type JsonLimits, parseJsonObject } from './fetch-json.js'

let server: Server
let origin: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
let requests: string[] = []
let socket: Socket
const unhandled: unknown[] = []
const onUnhandled = (reason: unknown) => unhandled.push(reason)

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled)
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    socket = request.socket
    answer(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => {
  requests = []
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

const globalFetch: Fetch = (input, init) => fetch(input, init)

function call(limits: Partial<JsonLimits> = {}, using: Fetch = globalFetch) {
  return fetchJson(
    using,
    `${origin}/token`,
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'canary-secret' },
    { deadline: 5, maxBytes: 1000, ...limits },
  )
}

/** Resolves once the connection of the last request is closed. */
async function connectionClosed(): Promise<void> {
  while (!socket.destroyed) await new Promise((next) => setTimeout(next, 10))
}

describe('fetchJson', () => {
  it('gives status and body, and sends what it was told to', async () => {
    let seen = ''
    answer = (request, response) => {
      request.on('data', (chunk) => {
        seen += chunk
      })
      request.on('end', () => response.end('{"a":1}'))
    }
    expect(await call()).toEqual({ kind: 'answer', status: 200, body: { a: 1 }, retryAfter: undefined })
    expect(requests).toEqual(['POST /token'])
    expect(seen).toBe('canary-secret')
  })

  it.each([
    ['an error with JSON', 400, '{"error":"invalid_grant"}', { error: 'invalid_grant' }],
    ['an error with HTML', 502, '<html>', undefined],
    ['an error without a body', 503, '', undefined],
    ['an error with too much', 500, `{"a":"${'x'.repeat(2000)}"}`, undefined],
  ])('gives the status of %s', async (_label, status, text, body) => {
    answer = (_request, response) => response.writeHead(status).end(text)
    expect(await call()).toEqual({ kind: 'answer', status, body, retryAfter: undefined })
  })

  it.each([
    ['HTML', '<!doctype html>'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"a"'],
    ['truncated JSON', '{"a":'],
    ['two documents', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['deep nesting', '['.repeat(900)],
  ])('SEC-071 refuses a 200 with %s', async (_label, body) => {
    answer = (_request, response) => response.end(body)
    expect(await call()).toEqual({ kind: 'failure', reason: 'malformed' })
  })

  it.each([301, 302, 303, 307, 308])('SEC-070 does not follow a %i', async (status) => {
    answer = (_request, response) => response.writeHead(status, { location: `${origin}/elsewhere` }).end('{}')
    expect(await call()).toEqual({ kind: 'failure', reason: 'redirect' })
    expect(requests).toEqual(['POST /token'])
  })

  it('SEC-070 takes an opaque redirect for one, as browsers give it', async () => {
    const opaque = { type: 'opaqueredirect', status: 0, ok: false, body: null, headers: new Headers() } as Response
    expect(await call({}, async () => opaque)).toEqual({ kind: 'failure', reason: 'redirect' })
  })

  it('SEC-071 reads to the limit and not one byte further', async () => {
    answer = (_request, response) => response.end(`{"a":"${'x'.repeat(992)}"}`)
    expect(await call()).toMatchObject({ kind: 'answer', status: 200 })
    answer = (_request, response) => response.end(`{"a":"${'x'.repeat(993)}"}`)
    expect(await call()).toEqual({ kind: 'failure', reason: 'too_large' })
  })

  it('SEC-071 stops an endless body at the limit and closes the connection', async () => {
    let written = 0
    answer = (_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536
        if (!response.destroyed) response.once('drain', write)
      }
      write()
    }
    expect(await call({ maxBytes: 100_000 })).toEqual({ kind: 'failure', reason: 'too_large' })
    await connectionClosed()
    expect(written).toBeLessThan(50_000_000)
  })

  it('SEC-071 counts what a compressed body becomes', async () => {
    const bomb = gzipSync(`{"a":"${'x'.repeat(5_000_000)}"}`)
    expect(bomb.byteLength).toBeLessThan(100_000)
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    expect(await call({ maxBytes: 100_000 })).toEqual({ kind: 'failure', reason: 'too_large' })
  })

  it.each<[string, typeof answer]>([
    ['headers that never come', () => undefined],
    ['a body that never ends', (_request, response) => response.writeHead(200).write('{')],
    [
      'a body that drips',
      (_request, response) => {
        const drip = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(drip))
      },
    ],
  ])('SEC-356 gives up at the deadline on %s, and closes the connection', async (_label, hang) => {
    answer = hang
    const startedAt = performance.now()
    expect(await call({ deadline: 0.2 })).toEqual({ kind: 'failure', reason: 'timeout' })
    expect(performance.now() - startedAt).toBeLessThan(2000)
    await connectionClosed()
  })

  it.each<[string, Fetch]>([
    ['never answers', () => new Promise(() => undefined)],
    ['never ends its body', async () => new Response(new ReadableStream())],
    ['fails when it is too late', () => new Promise((_, reject) => setTimeout(reject, 700, new Error('late')))],
  ])('SEC-356 gives up at the deadline on a fetch that takes no notice of the signal and %s', async (_label, using) => {
    expect(await call({ deadline: 0.1 }, using)).toEqual({ kind: 'failure', reason: 'timeout' })
    await new Promise((resolve) => setTimeout(resolve, 700))
  })

  it('SEC-364 leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await call({ deadline: 600 }, async () => new Response('{}'))
    await call({ deadline: 600 }, async () => Promise.reject(new Error('down')))
    expect(timers()).toBe(before)
  })

  it.each<[string, typeof answer]>([
    ['before the headers', (request) => request.socket.destroy()],
    [
      'inside the body',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{')
        setTimeout(() => request.socket.destroy(), 20)
      },
    ],
  ])('SEC-069 calls a connection that breaks %s a network failure', async (_label, breakOff) => {
    answer = breakOff
    expect(await call()).toEqual({ kind: 'failure', reason: 'network' })
  })

  it('SEC-365 passes on nothing of an error that holds the request', async () => {
    const failing: Fetch = async (_input, init) => {
      throw new Error('failed', { cause: init })
    }
    expect(JSON.stringify(await call({}, failing))).toBe('{"kind":"failure","reason":"network"}')
  })

  it('SEC-074 gives own members only', async () => {
    answer = (_request, response) => response.end('{"__proto__":{"access_token":"x"},"a":1}')
    const result = await call()
    if (result.kind !== 'answer' || result.body === undefined) throw new Error('no body')
    expect(Object.getPrototypeOf(result.body)).toBeNull()
    expect(Object.keys(result.body)).toEqual(['__proto__', 'a'])
    expect(result.body.access_token).toBeUndefined()
    expect(result.body.constructor).toBeUndefined()
  })

  it.each([
    ['seconds', { 'retry-after': '17' }, 17],
    ['zero', { 'retry-after': '0' }, 0],
    ['a day, as an hour', { 'retry-after': '86400' }, 3600],
    ['400 digits', { 'retry-after': '9'.repeat(400) }, 3600],
    [
      'a date, by the clock of the server',
      { date: 'Wed, 21 Oct 2015 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT' },
      30,
    ],
    [
      'a date that is past',
      { date: 'Wed, 21 Oct 2015 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2015 07:27:00 GMT' },
      0,
    ],
    ['no words', { 'retry-after': 'soon' }, undefined],
  ])('reads Retry-After: %s', async (_label, headers, seconds) => {
    answer = (_request, response) => response.writeHead(429, headers).end()
    expect(await call()).toEqual({ kind: 'answer', status: 429, body: undefined, retryAfter: seconds })
  })

  it('F25 Retry-After is an integer from 0 to 3600 or nothing, whatever was sent', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.double().map(String),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    )
    await fc.assert(
      fc.asyncProperty(value, value, async (retryAfter, date) => {
        const headers = new Map([
          ['retry-after', retryAfter],
          ['date', date],
        ])
        const response = {
          status: 503,
          ok: false,
          body: null,
          headers: { get: (name: string) => headers.get(name) ?? null },
        }
        const result = await call({}, async () => response as unknown as Response)
        const seconds = result.kind === 'answer' ? result.retryAfter : Number.NaN
        expect(seconds === undefined || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 3600)).toBe(true)
      }),
    )
  })

  it('F25 a deadline beyond 2^31 ms does not fire at once', async () => {
    answer = (_request, response) => setTimeout(() => response.end('{}'), 100)
    expect(await call({ deadline: 10 ** 9 })).toMatchObject({ kind: 'answer', status: 200 })
  })
})

describe('parseJsonObject', () => {
  const parse = (text: string) => parseJsonObject(new TextEncoder().encode(text))

  it('gives back what was written, for any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object)
        expect(JSON.stringify(parse(text))).toBe(text)
      }),
    )
  })

  it('goes on after an input that is not UTF-8', () => {
    expect(parseJsonObject(new Uint8Array([0xc3]))).toBeUndefined()
    expect(parse('{"a":1}')).toEqual({ a: 1 })
  })
})
