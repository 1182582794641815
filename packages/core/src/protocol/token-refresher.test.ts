import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { processState } from '../state/process-state.js'
import { scalekitEndpoints } from './endpoints.js'
import type { Provider } from './provider.js'
import { createTestProvider, now } from './test/test-issuer.js'
import { createTokenRefresher } from './token-refresher.js'
import { exchangeCode } from './token-request.js'

let server: Server
let origin: string
let made = 0
let received = 0
let underWay = 0
let mostUnderWay = 0
let answer: (response: ServerResponse) => void

beforeAll(async () => {
  server = createServer((request, response) => {
    received += 1
    request.resume().on('end', () => answer(response))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

beforeEach(() => {
  received = 0
  mostUnderWay = 0
  answer = good
})

const original = Object.getOwnPropertyDescriptor(globalThis, 'navigator')

afterEach(() => {
  if (original === undefined) Reflect.deleteProperty(globalThis, 'navigator')
  else Object.defineProperty(globalThis, 'navigator', original)
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

type Answer = typeof answer
const respond =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
const good = respond(200, { access_token: 'at', token_type: 'Bearer' })
const down = respond(500, '')

/** A process of its own, with a clock that only tests move; `program` is one more program of the same process. */
function bench(deadline = 8, clock?: () => number) {
  made += 1
  const time = { now }
  const events: unknown[] = []
  const provider: Provider = createTestProvider([], {
    endpoints: async () => scalekitEndpoints(origin),
    async fetch(input, init) {
      underWay += 1
      mostUnderWay = Math.max(mostUnderWay, underWay)
      return fetch(input, init).finally(() => {
        underWay -= 1
      })
    },
    clock: clock ?? (() => time.now),
    deadlines: { exchange: 10, refresh: deadline, keys: 5 },
  })
  const state = processState(origin, `skc_${made}`)
  const program = () => {
    const refresher = createTokenRefresher(provider, {
      state,
      emit: (type, details) => void events.push({ type, ...details }),
      random: () => 1,
    })
    return (waited = 0) => refresher('canary', waited).then(() => 'tokens', outcomeOf)
  }
  const refresh = program()
  return {
    time,
    events,
    provider,
    program,
    refresh,
    async refreshTimes(times: number) {
      for (let call = 0; call < times; call++) await refresh()
    },
  }
}

function outcomeOf(error: unknown): string {
  const { code, reason, retryAfter } = error as Record<string, unknown>
  return [code, reason, retryAfter].filter((part) => part !== undefined).join(' ')
}

const circuitOpen = (seconds: number) => `refresh_unavailable circuit_open ${seconds}`
const tooMany = 'refresh_unavailable too_many_refreshes'

describe('during an outage', () => {
  it.each<[string, Answer, number?]>([
    ['408', respond(408, '')],
    ['425', respond(425, '')],
    ['429', respond(429, '')],
    ['500', down],
    ['503 with Retry-After, which is for the session that was told', respond(503, '', { 'retry-after': '20' })],
    ['a firewall', respond(403, '<html>')],
    ['a reset', (response) => response.destroy()],
    ['a redirect to a status page', respond(302, '', { location: '/' })],
    ['a page instead of tokens', respond(200, '<html>')],
    ['no answer', () => undefined, 0.4],
    ['an answer without end', (response) => void response.writeHead(200).write('{'), 0.4],
  ])('SEC-184 SEC-358 sends five refreshes and then none: %s', async (_label, behaviour, deadline) => {
    const { refresh, refreshTimes, time, events } = bench(deadline)
    answer = behaviour
    await refreshTimes(5)
    expect(received).toBe(5)
    expect(await refresh()).toBe(circuitOpen(1))
    expect(received).toBe(5)
    time.now += 1
    expect(await refresh()).not.toContain('circuit_open')
    expect(await refresh()).toBe(circuitOpen(2))
    expect(received).toBe(6)
    answer = good
    time.now += 2
    expect(await refresh()).toBe('tokens')
    expect(await refresh()).toBe('tokens')
    expect(events).toEqual([
      { type: 'circuit_opened', seconds: 1 },
      { type: 'circuit_closed', seconds: 3 },
    ])
  })

  it('SEC-358 lets one refresh try, while all others are refused', async () => {
    const { refresh, refreshTimes, time } = bench()
    answer = down
    await refreshTimes(5)
    time.now += 1
    const outcomes = await Promise.all(Array.from({ length: 100 }, refresh))
    expect(outcomes.filter((outcome) => outcome === 'refresh_unavailable status_500')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === circuitOpen(1))).toHaveLength(99)
    expect(received).toBe(6)
  })

  it.each([
    ['17', 17],
    ['3600', 30],
  ])('SEC-184 stays away as long as a 429 asks, up to half a minute: %s', async (retryAfter, seconds) => {
    const { refresh, refreshTimes, time } = bench()
    answer = respond(429, '', { 'retry-after': retryAfter })
    await refreshTimes(5)
    expect(await refresh()).toBe(circuitOpen(seconds))
    answer = good
    time.now += seconds - 1
    expect(await refresh()).toBe(circuitOpen(1))
    time.now += 1
    expect(await refresh()).toBe('tokens')
    expect(received).toBe(6)
  })

  it('SEC-184 lets logins through, whose success or failure is no probe', async () => {
    const { provider, refresh, refreshTimes, events } = bench()
    const login = { code: 'c', redirectUri: 'https://app.example/auth/callback', codeVerifier: 'v' }
    answer = down
    for (let call = 0; call < 9; call++) await exchangeCode(provider, login).catch(() => undefined)
    expect(events).toEqual([])
    await refreshTimes(5)
    answer = respond(200, { access_token: 'at', id_token: 'it', token_type: 'Bearer' })
    expect(await exchangeCode(provider, login)).toMatchObject({ accessToken: 'at' })
    expect(await refresh()).toBe(circuitOpen(1))
  })

  it('knows in every program of a process what one of them found out', async () => {
    const { program, refresh, refreshTimes } = bench()
    answer = down
    await refreshTimes(5)
    expect(await program()()).toBe(circuitOpen(1))
    expect(await bench().refresh()).toBe('refresh_unavailable status_500')
    expect(await refresh()).toBe(circuitOpen(1))
  })
})

describe('a provider that answers', () => {
  const answers: [string, Answer, string][] = [
    ['SEC-185 invalid_grant', respond(400, { error: 'invalid_grant' }), 'refresh_rejected invalid_grant'],
    ['SEC-185 login_required', respond(400, { error: 'login_required' }), 'refresh_rejected login_required'],
    ['SEC-186 invalid_client', respond(401, { error: 'invalid_client' }), 'refresh_unavailable invalid_client'],
    [
      'SEC-186 unauthorized_client',
      respond(400, { error: 'unauthorized_client' }),
      'refresh_unavailable unauthorized_client',
    ],
    [
      'unsupported_grant_type',
      respond(400, { error: 'unsupported_grant_type' }),
      'refresh_unavailable unsupported_grant_type',
    ],
    ['invalid_request', respond(400, { error: 'invalid_request' }), 'refresh_unavailable invalid_request'],
    ['invalid_scope', respond(400, { error: 'invalid_scope' }), 'refresh_unavailable invalid_scope'],
    ['400 without a word', respond(400, ''), 'refresh_unavailable status_400'],
    ['401 without a word', respond(401, ''), 'refresh_unavailable status_401'],
  ]

  it.each(answers)('%s is no outage, however often it comes', async (_label, behaviour, outcome) => {
    const { refresh, events } = bench()
    answer = behaviour
    for (let call = 0; call < 12; call++) expect(await refresh()).toBe(outcome)
    expect(events).toEqual([])
  })

  it.each(answers)('%s ends an outage', async (_label, behaviour, outcome) => {
    const { refresh, refreshTimes, time } = bench()
    answer = down
    await refreshTimes(5)
    answer = behaviour
    time.now += 1
    expect(await refresh()).toBe(outcome)
    answer = good
    expect(await refresh()).toBe('tokens')
  })
})

describe('many sessions at once', () => {
  it('SEC-359 10 000 refreshes keep 50 in flight, and all get their tokens', async () => {
    const { refresh, events } = bench(120, () => Date.now() / 1000)
    answer = (response) => setTimeout(() => good(response), 5)
    const outcomes = await Promise.all(Array.from({ length: 10_000 }, () => refresh()))
    expect(new Set(outcomes)).toEqual(new Set(['tokens']))
    expect(received).toBe(10_000)
    expect(mostUnderWay).toBe(50)
    expect(events).toEqual([])
  })

  it('SEC-359 refuses at once whom the queue has no place for, and after half of the deadline who had no turn', async () => {
    const { refresh, program } = bench(1)
    answer = () => undefined
    const outcomes: string[] = []
    const began = performance.now()
    const all = Array.from({ length: 10_051 }, (_, call) =>
      (call % 2 === 0 ? refresh : program())().then((outcome) => outcomes.push(outcome)),
    )
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(outcomes).toEqual([tooMany])
    while (outcomes.length < 10_001) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(performance.now() - began).toBeGreaterThan(450)
    expect(new Set(outcomes)).toEqual(new Set([tooMany]))
    await Promise.all(all)
    expect(outcomes.filter((outcome) => outcome === 'refresh_unavailable timeout')).toHaveLength(50)
    expect(received).toBe(50)
  })

  it('SEC-356 counts the deadline from when it was asked for, not from its turn', async () => {
    const { refresh } = bench(2, () => performance.now() / 1000)
    // The first fifty leave after 0.8 s; who follows has 1.2 s left, and the answer takes longer.
    answer = (response) => (received <= 50 ? setTimeout(() => good(response), 800) : undefined)
    const first = Array.from({ length: 50 }, () => refresh())
    const began = performance.now()
    expect(await refresh()).toBe('refresh_unavailable timeout')
    expect(performance.now() - began).toBeGreaterThan(1900)
    expect(performance.now() - began).toBeLessThan(2600)
    expect(new Set(await Promise.all(first))).toEqual(new Set(['tokens']))
  })

  it('I5 SEC-356 counts what the request had waited before, down to half of the deadline', async () => {
    const { program } = bench(2, () => performance.now() / 1000)
    const timed = async (waited: number) => {
      const began = performance.now()
      expect(await program()(waited)).toBe('refresh_unavailable timeout')
      return performance.now() - began
    }
    answer = () => undefined
    // Of two seconds.
    const [all = 0, most = 0, half = 0] = await Promise.all([timed(0), timed(0.5), timed(10)])
    expect(half).toBeGreaterThan(900)
    for (const step of [most - half, all - most]) expect(step).toBeGreaterThan(250)
  })

  it('I5 SEC-359 whom nothing is left of finds a place at once or none', async () => {
    const { refresh, program } = bench(2)
    answer = () => undefined
    const others = Array.from({ length: 50 }, () => refresh())
    const began = performance.now()
    expect(await program()(1)).toBe(tooMany)
    expect(performance.now() - began).toBeLessThan(500)
    await Promise.all(others)
  })

  it('SEC-358 tells all who wait when the circuit opens, instead of sending them one by one', async () => {
    const { refresh } = bench()
    answer = (response) => setTimeout(() => down(response), 20)
    const outcomes = await Promise.all(Array.from({ length: 5000 }, refresh))
    expect(outcomes.filter((outcome) => outcome === circuitOpen(1)).length).toBeGreaterThanOrEqual(4945)
    expect(received).toBeLessThanOrEqual(55)
  })

  it('SEC-358 lets nobody wait for a place while the circuit is open', async () => {
    const { refresh, time, events } = bench(20)
    answer = (response) => (received <= 5 ? down(response) : undefined)
    const calls = Array.from({ length: 50 }, () => refresh())
    await vi.waitFor(() => expect(events).toHaveLength(1))
    time.now += 1
    // Probes that hang take the places of those that have failed.
    for (let probe = 0; probe < 5; probe++) {
      time.now += 3.5
      calls.push(refresh())
    }
    expect(await refresh()).toBe(circuitOpen(1))
    expect(underWay).toBe(50)
    server.closeAllConnections()
    await Promise.all(calls)
  })

  it('SEC-359 lets nobody wait on workerd, and refuses who finds 50 under way', async () => {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true })
    const { refresh } = bench()
    answer = (response) => setTimeout(() => good(response), 50)
    const outcomes = await Promise.all(Array.from({ length: 80 }, () => refresh()))
    expect(outcomes.filter((outcome) => outcome === 'tokens')).toHaveLength(50)
    expect(outcomes.filter((outcome) => outcome === tooMany)).toHaveLength(30)
    expect(await refresh()).toBe('tokens')
  })
})
