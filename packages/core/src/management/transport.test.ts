import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerObject, id, nothing } from './answer.js'
import { createExchange } from './exchange.js'
import { json, type ManagementServer, raw, reset, silence, startManagementServer } from './test/management-server.js'
import { createTransport, type ManagementCall, type TransportParts } from './transport.js'

let server: ManagementServer
beforeAll(async () => {
  server = await startManagementServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.received.length = 0
  server.answers.length = 0
  server.otherwise = json(200, { id: 'done' })
})

const answer = answerObject({ id })
const methods = ['GET', 'PUT', 'DELETE', 'POST', 'PATCH'] as const

/** Waits take no time: they move the clock. */
function bench(changes: Partial<TransportParts> = {}) {
  const time = { now: 0 }
  const waits: number[] = []
  const exchange = createExchange({ environmentUrl: server.origin, fetch, token: async () => 'token' })
  const transport = createTransport({
    exchange,
    deadline: 30,
    attempt: 10,
    retries: 3,
    now: () => time.now,
    random: () => 1,
    sleep: async (seconds) => {
      waits.push(seconds)
      time.now += seconds
    },
    ...changes,
  })
  const call = (method: ManagementCall<unknown>['method'] = 'GET') => transport({ method, path: '/x', answer })
  return { time, waits, transport, call }
}

describe('repetition', () => {
  const passing = [
    ['429', json(429, {}), methods],
    ['503', json(503, {}), methods],
    ['500', json(500, {}), ['GET', 'PUT', 'DELETE']],
    ['502', raw(502, '<html>'), ['GET', 'PUT', 'DELETE']],
    ['504', raw(504, ''), ['GET', 'PUT', 'DELETE']],
    ['a reset', reset, ['GET', 'PUT', 'DELETE']],
  ] as const
  const table = passing.flatMap(([label, failure, repeated]) =>
    methods.map((method) => [method, label, failure, (repeated as readonly string[]).includes(method)] as const),
  )

  it.each(table)('%s after %s', async (method, _label, failure, isRepeated) => {
    server.answers.push(failure)
    const result = bench().call(method)
    if (isRepeated) expect(await result).toEqual({ id: 'done' })
    else await expect(result).rejects.toMatchObject({ code: 'management_unavailable', isRetryable: true })
    expect(server.received).toHaveLength(isRepeated ? 2 : 1)
  })

  it.each([400, 401, 403, 404, 409, 422, 501])('never after %i', async (status) => {
    server.answers.push(json(status, {}))
    await expect(bench().call('GET')).rejects.toMatchObject({ providerStatus: status, isRetryable: false })
    expect(server.received).toHaveLength(1)
  })

  it('ends after so many attempts, and waits longer each time', async () => {
    server.otherwise = json(500, {})
    const { waits, call } = bench()
    await expect(call()).rejects.toMatchObject({ code: 'management_unavailable', providerStatus: 500 })
    expect([server.received.length, waits]).toEqual([4, [0.25, 0.5, 1]])
  })

  it('waits at random between nothing and the full length', async () => {
    server.otherwise = json(500, {})
    const numbers = [0, 0.5, 0.1]
    const { waits, call } = bench({ random: () => numbers.shift() ?? 1 })
    await expect(call()).rejects.toMatchObject({ code: 'management_unavailable' })
    expect(waits).toEqual([0, 0.25, 0.1])
  })

  it('never waits longer than eight seconds by itself', async () => {
    server.otherwise = json(500, {})
    const { waits, call } = bench({ retries: 10, deadline: 600 })
    await expect(call()).rejects.toThrow()
    expect(Math.max(...waits)).toBe(8)
  })

  it('waits as long as Retry-After says, by seconds or date, and a little more', async () => {
    const date = { date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'retry-after': 'Tue, 01 Jan 2030 00:00:04 GMT' }
    server.answers.push(json(429, {}, { 'retry-after': '3' }), json(503, {}, date))
    const { waits, call } = bench()
    expect(await call('POST')).toEqual({ id: 'done' })
    expect(waits).toEqual([3.25, 4.5])
  })

  it('gives up at once where the wait would end after the deadline', async () => {
    server.answers.push(json(429, {}, { 'retry-after': '31' }))
    const { waits, call } = bench()
    await expect(call()).rejects.toMatchObject({
      code: 'management_unavailable',
      status: 503,
      retryAfter: 31,
      headers: { 'Retry-After': '31' },
    })
    expect([server.received.length, waits]).toEqual([1, []])
  })

  it('has one deadline for everything', async () => {
    server.otherwise = json(500, {})
    const { time, call } = bench({ retries: 10, deadline: 3 })
    await expect(call()).rejects.toThrow()
    expect(time.now).toBeLessThan(3)
  })

  it('a DELETE whose answer was lost has succeeded when the thing is gone', async () => {
    server.answers.push(reset, json(404, { code: 5 }))
    expect(await bench().transport({ method: 'DELETE', path: '/x', answer: nothing })).toBeUndefined()
  })

  it('a DELETE that was put off has not', async () => {
    server.answers.push(json(429, {}), json(404, { code: 5 }))
    const result = bench().transport({ method: 'DELETE', path: '/x', answer: nothing })
    await expect(result).rejects.toMatchObject({ code: 'management_not_found' })
  })
})

describe('an attempt', () => {
  it('ends in time, and is repeated', async () => {
    server.answers.push(silence)
    expect(await bench({ attempt: 0.1 }).call()).toEqual({ id: 'done' })
    expect(server.received).toHaveLength(2)
  })

  it('ends in time while the body trickles', async () => {
    server.otherwise = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{')
    const result = bench({ attempt: 0.1, retries: 0 }).call()
    await expect(result).rejects.toMatchObject({ code: 'management_unavailable' })
  })

  it('does not wait for a token for ever', async () => {
    const exchange = createExchange({ environmentUrl: server.origin, fetch, token: () => new Promise(() => undefined) })
    const result = bench({ exchange, attempt: 0.05, retries: 1 }).call('POST')
    await expect(result).rejects.toMatchObject({ code: 'management_unavailable' })
    expect(server.received).toEqual([])
  })

  it('follows no redirect: the token is for one host', async () => {
    const other = await startManagementServer()
    server.answers.push(raw(307, '', { location: `${other.origin}/api/v1/x` }))
    await expect(bench().call()).rejects.toMatchObject({ code: 'management_answer_invalid' })
    expect(other.received).toEqual([])
    await other.close()
  })

  it.each([
    ['HTML', raw(200, '<html>')],
    ['nothing', raw(200, '')],
    ['a list', json(200, [])],
    ['no id', json(200, {})],
    ['more than 4 MB', json(200, { id: 'x', padding: 'x'.repeat(4 * 1024 * 1024) })],
  ])('an answer of %s is no answer', async (_label, given) => {
    server.otherwise = given
    await expect(bench().call()).rejects.toMatchObject({ code: 'management_answer_invalid', status: 502 })
    expect(server.received).toHaveLength(1)
  })

  it.each([
    ['204', raw(204, '')],
    ['an empty 200', raw(200, '')],
    ['{}', json(200, {})],
  ])('%s is enough where nothing is read', async (_label, given) => {
    server.otherwise = given
    expect(await bench().transport({ method: 'DELETE', path: '/x', answer: nothing })).toBeUndefined()
  })

  it('sends a list as a repeated parameter, and leaves out what is undefined', async () => {
    const query = { a: ['x', 'y&z'], b: undefined, c: false }
    await bench().transport({ method: 'GET', path: '/x', query, answer })
    expect(server.received[0]?.target).toBe('/api/v1/x?a=x&a=y%26z&c=false')
  })
})

describe('giving up', () => {
  const reason = new Error('the caller left')
  const pending = (transport: ReturnType<typeof createTransport>, signal: AbortSignal) =>
    transport({ method: 'GET', path: '/x', answer }, { signal })

  it('before anything is sent', async () => {
    await expect(pending(bench().transport, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(server.received).toEqual([])
  })

  it.each(['GET', 'POST'] as const)('while Scalekit thinks about a %s', async (method) => {
    const controller = new AbortController()
    server.otherwise = () => controller.abort(reason)
    const result = bench().transport({ method, path: '/x', answer }, { signal: controller.signal })
    await expect(result).rejects.toBe(reason)
    expect(server.received).toHaveLength(1)
  })

  it('while it waits', async () => {
    const controller = new AbortController()
    server.otherwise = json(503, {}, { 'retry-after': '20' })
    const exchange = createExchange({ environmentUrl: server.origin, fetch, token: async () => 'token' })
    const transport = createTransport({ exchange, deadline: 30, attempt: 10, retries: 3 })
    setTimeout(() => controller.abort(reason), 50)
    await expect(pending(transport, controller.signal)).rejects.toBe(reason)
    expect(server.received).toHaveLength(1)
  })

  it('while the token is fetched', async () => {
    const controller = new AbortController()
    const token = () => {
      controller.abort(reason)
      return new Promise<string>(() => undefined)
    }
    const exchange = createExchange({ environmentUrl: server.origin, fetch, token })
    await expect(pending(bench({ exchange }).transport, controller.signal)).rejects.toBe(reason)
  })
})
