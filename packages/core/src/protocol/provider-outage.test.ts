import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RefreshError } from '../errors/scalegate-error.js'
import type { Fetch } from '../http/fetch-json.js'
import { processState } from '../state/process-state.js'
import { createTestProvider, now } from './test/test-issuer.js'
import { createTokenRefresher } from './token-refresher.js'

// Time is virtual here: ten minutes of outage take seconds. What is measured is printed by the test that measures it.

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterAll(() => void vi.useRealTimers())

const outages = ['refuses', 'hangs', 'fails'] as const
type Behaviour = 'works' | (typeof outages)[number]

let made = 0

/** A provider that answers in 50 ms or has its outage, and a process whose sessions all need a refresh. */
function simulation(random?: () => number) {
  made += 1
  const time = { now }
  const sim = { behaviour: 'works' as Behaviour, sentAt: [] as number[] }
  const fetch: Fetch = (_input, { signal }) => {
    sim.sentAt.push(time.now)
    const { behaviour } = sim
    if (behaviour === 'refuses') return Promise.reject(new TypeError('fetch failed'))
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      if (behaviour === 'hangs') return
      const status = behaviour === 'works' ? 200 : 503
      setTimeout(() => resolve(Response.json({ access_token: 'at', token_type: 'Bearer' }, { status })), 50)
    })
  }
  const refresh = createTokenRefresher(createTestProvider([], { fetch, clock: () => time.now }), {
    state: processState('https://outage.example', `skc_${made}`),
    emit: () => undefined,
    ...(random === undefined ? {} : { random }),
  })
  /** Sessions that were told to come back later, as session/refresh.ts holds them, and whether by the breaker. */
  const held = new Map<number, { readonly until: number; readonly refused: boolean }>()
  const counted = { asked: 0, served: 0, refusedAt: 0, timeouts: 0 }

  async function ask(session: number): Promise<void> {
    const askedAt = time.now
    counted.asked += 1
    const hold = held.get(session)
    if (hold !== undefined && hold.until > askedAt) {
      if (hold.refused) counted.refusedAt = askedAt
      return
    }
    try {
      await refresh(`rt_${session}`)
      counted.served += 1
    } catch (error) {
      const { reason, retryAfter = 1 } = error as RefreshError
      const refused = reason === 'circuit_open'
      if (refused) counted.refusedAt = askedAt
      if (reason === 'timeout') counted.timeouts += 1
      held.set(session, { until: time.now + Math.min(Math.max(retryAfter, 1), 30), refused })
    }
  }

  return {
    sim,
    time,
    counted,
    /** Requests of one session after the other of 2000, some every 20 ms. */
    async run(seconds: number, behaviour: Behaviour, perSecond = 500): Promise<void> {
      sim.behaviour = behaviour
      for (let step = 0; step < seconds * 50; step++) {
        for (let request = 0; request < perSecond / 50; request++) void ask(counted.asked % 2000)
        time.now += 0.02
        vi.advanceTimersByTime(20)
        await setImmediate()
      }
    },
    /** The most that began within any one second from `from` on. */
    mostASecond(from: number): number {
      const late = sim.sentAt.filter((at) => at >= from)
      return Math.max(0, ...late.map((at) => late.filter((other) => other >= at && other < at + 0.999).length))
    },
  }
}

describe('ten minutes of outage under 500 requests a second', () => {
  it.each(outages)(
    'SEC-358 a provider that %s gets at most a probe a second, and memory stays flat',
    async (outage) => {
      const { sim, time, counted, run, mostASecond } = simulation()
      await run(2, 'works')
      expect(counted.served).toBeGreaterThan(900)
      const began = time.now
      // Until a call that hangs has come to its deadline, nobody can know.
      await run(outage === 'hangs' ? 9 : 1, outage)
      const known = time.now
      collectGarbage()
      const heapBefore = process.memoryUsage().heapUsed
      await run(600, outage)
      collectGarbage()
      const grown = (process.memoryUsage().heapUsed - heapBefore) / 2 ** 20
      const probes = sim.sentAt.filter((at) => at >= known).length
      const before = sim.sentAt.filter((at) => at >= began && at < known).length
      expect(mostASecond(known)).toBeLessThanOrEqual(1)
      expect(probes).toBeGreaterThan(100)
      expect(grown).toBeLessThan(20)
      const ended = time.now
      counted.timeouts = 0
      counted.refusedAt = ended
      await run(10, 'works')
      const recovery = counted.refusedAt - ended
      expect(recovery).toBeLessThanOrEqual(5)
      // Only probes that went out before the end and hang there learn of it later, at their deadline.
      expect(counted.timeouts).toBeLessThanOrEqual(outage === 'hangs' ? 3 : 0)
      console.log(
        `${outage}: ${before} calls before it was known, ${probes} probes in 600 s, ` +
          `heap ${grown.toFixed(1)} MB, last refusal ${recovery.toFixed(2)} s after the end`,
      )
    },
  )
})

describe('after an outage of any kind and length', () => {
  it('SEC-358 I8 nobody is refused 5 seconds after its end', async () => {
    const length = fc.integer({ min: 1, max: 1000 }).map((steps) => steps / 50)
    const luck = fc.constantFrom(0, 0.5, 0.999)
    let late = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...outages), length, luck, async (outage, seconds, fraction) => {
        const { time, counted, run } = simulation(() => fraction)
        await run(seconds, outage, 100)
        // Calls that hang since before the end may open the circuit after it, when they come to their deadline.
        if (outage === 'hangs') await run(8, 'works', 100)
        const ended = time.now
        counted.refusedAt = ended
        await run(6, 'works', 100)
        expect(counted.refusedAt - ended).toBeLessThanOrEqual(5)
        late = Math.max(late, counted.refusedAt - ended)
      }),
      { numRuns: 30 },
    )
    expect(late).toBeGreaterThan(1)
  })
})
