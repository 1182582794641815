import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Attempt, createCircuit, createCircuitBreaker } from './circuit-breaker.js'

/** A breaker with a clock that only tests move, and holds of full length unless told otherwise. */
function bench(random: () => number = () => 1) {
  const time = { now: 1_800_000_000 }
  const heard: string[] = []
  const breaker = createCircuitBreaker({
    circuit: createCircuit(),
    now: () => time.now,
    random,
    onOpened: (seconds) => void heard.push(`opened ${seconds}`),
    onClosed: (seconds) => void heard.push(`closed ${seconds}`),
  })
  const fail = (times: number, retryAfter?: number) => {
    for (let call = 0; call < times; call++) breaker.begin().failed(retryAfter)
  }
  return { time, heard, breaker, fail }
}

describe('a circuit breaker', () => {
  it('SEC-184 opens after five failures in a row, and after no fewer', () => {
    const { breaker, fail, heard } = bench()
    fail(4)
    breaker.begin().answered()
    fail(4)
    expect(breaker.refusedFor()).toBeUndefined()
    fail(1)
    expect(breaker.refusedFor()).toBe(1)
    expect(heard).toEqual(['opened 1'])
  })

  it('SEC-358 lets one probe through after each hold: of 1, 2, and then 3.5 seconds', () => {
    const { breaker, fail, time, heard } = bench()
    fail(5)
    for (const hold of [1, 2, 3.5, 3.5, 3.5]) {
      expect(breaker.refusedFor()).toBe(Math.ceil(hold))
      time.now += hold - 0.01
      expect(breaker.refusedFor()).toBe(1)
      time.now += 0.01
      expect(breaker.refusedFor()).toBeUndefined()
      const probe = breaker.begin()
      expect(breaker.refusedFor()).toBe(1)
      probe.failed()
    }
    expect(heard).toEqual(['opened 1'])
  })

  it('SEC-184 draws the length of a hold at random, from three quarters of it on', () => {
    const { breaker, fail, time } = bench(() => 0)
    fail(5)
    time.now += 0.74
    expect(breaker.refusedFor()).toBe(1)
    time.now += 0.02
    expect(breaker.refusedFor()).toBeUndefined()
    const drawn = Array.from({ length: 50 }, () => {
      const circuit = createCircuit()
      const other = createCircuitBreaker({ circuit, now: () => 0 })
      for (let call = 0; call < 5; call++) other.begin().failed()
      return circuit.heldUntil
    })
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.75)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1)
    expect(new Set(drawn).size).toBeGreaterThan(40)
  })

  it('SEC-358 closes at the first answer, and begins anew with holds of a second', () => {
    const { breaker, fail, time, heard } = bench()
    fail(5)
    time.now += 1
    breaker.begin().failed()
    time.now += 2
    breaker.begin().answered()
    expect(breaker.refusedFor()).toBeUndefined()
    fail(4)
    expect(breaker.refusedFor()).toBeUndefined()
    fail(1)
    expect(breaker.refusedFor()).toBe(1)
    expect(heard).toEqual(['opened 1', 'closed 3', 'opened 1'])
  })

  it('closes at the answer of a call that was under way when it opened', () => {
    const { breaker, fail, heard } = bench()
    const slow = breaker.begin()
    fail(5)
    slow.answered()
    expect(breaker.refusedFor()).toBeUndefined()
    expect(heard).toEqual(['opened 1', 'closed 0'])
  })

  it('takes nothing from calls that began before it opened or closed, and fail late', () => {
    const { breaker, fail, time, heard } = bench()
    const late = Array.from({ length: 40 }, () => breaker.begin())
    fail(5)
    for (const call of late.slice(0, 20)) call.failed(30)
    time.now += 1
    expect(breaker.refusedFor()).toBeUndefined()
    breaker.begin().answered()
    for (const call of late.slice(20)) call.failed()
    expect(breaker.refusedFor()).toBeUndefined()
    expect(heard).toEqual(['opened 1', 'closed 1'])
  })

  it('I8 sends another probe when one does not come back, and hears no more of the first', () => {
    const { breaker, fail, time } = bench()
    fail(5)
    time.now += 1
    const lost = breaker.begin()
    time.now += 3.49
    expect(breaker.refusedFor()).toBe(1)
    time.now += 0.02
    expect(breaker.refusedFor()).toBeUndefined()
    const second = breaker.begin()
    lost.failed()
    expect(breaker.refusedFor()).toBe(1)
    second.answered()
    expect(breaker.refusedFor()).toBeUndefined()
  })

  it.each([
    [0, 1],
    [17, 17],
    [30, 30],
    [3600, 30],
  ])('SEC-184 asked to stay away for %i seconds, stays away for %i', (retryAfter, seconds) => {
    const { breaker, fail, time } = bench()
    fail(5, retryAfter)
    expect(breaker.refusedFor()).toBe(seconds)
    time.now += seconds - 0.01
    expect(breaker.refusedFor()).toBe(1)
    time.now += 0.01
    expect(breaker.refusedFor()).toBeUndefined()
  })

  it('sends a probe when the clock was set back, instead of waiting until it is there again', () => {
    const { breaker, fail, time, heard } = bench()
    fail(5)
    time.now -= 3600
    expect(breaker.refusedFor()).toBeUndefined()
    breaker.begin().answered()
    expect(heard).toEqual(['opened 1', 'closed 0'])
  })
})

/** The same on paper: a phase is an object, and a failure counts if its call began in the phase that still lasts. */
type Phase =
  | { readonly name: 'closed'; row: number }
  | { readonly name: 'held' | 'probing'; readonly holds: number; readonly from: number; readonly until: number }

function onPaper(time: { readonly now: number }, luck: number) {
  let phase: Phase = { name: 'closed', row: 0 }
  let changes = 0
  const hold = (holds: number, retryAfter: number) => {
    const full = [1, 2, 3.5][holds - 1] ?? 3.5
    const seconds = Math.max(full * (0.75 + luck / 4), Math.min(retryAfter, 30))
    phase = { name: 'held', holds, from: time.now, until: time.now + seconds }
  }
  return {
    changes: () => changes,
    told() {
      if (phase.name === 'closed' || time.now < phase.from || time.now >= phase.until) return undefined
      return phase.name === 'probing' ? 1 : Math.max(1, Math.ceil(phase.until - time.now))
    },
    begin(): Phase {
      if (phase.name !== 'closed') phase = { ...phase, name: 'probing', from: time.now, until: time.now + 3.5 }
      return phase
    },
    answered() {
      if (phase.name !== 'closed') changes += 1
      if (phase.name === 'closed') phase.row = 0
      else phase = { name: 'closed', row: 0 }
    },
    failed(begunIn: Phase, retryAfter: number) {
      if (begunIn !== phase) return
      if (phase.name === 'probing') return hold(phase.holds + 1, retryAfter)
      if (phase.name !== 'closed' || ++phase.row < 5) return
      changes += 1
      hold(1, retryAfter)
    },
  }
}

describe('whatever calls, outages, answers and clocks do', () => {
  const which = fc.nat({ max: 7 })
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('call' as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('fail' as const), which, after: fc.constantFrom(0, 7, 99) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('answer' as const), which }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        seconds: fc.constantFrom(0.1, 0.9, 1, 2, 3.5, 30, -60),
      }),
    },
  )

  it('SEC-358 the breaker does what three phases on paper do', () => {
    let changes = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 150 }), fc.constantFrom(0, 0.5, 1), (steps, luck) => {
        const { breaker, time, heard } = bench(() => luck)
        const paper = onPaper(time, luck)
        const calls: { readonly attempt: Attempt; readonly begunIn: Phase }[] = []
        for (const now of steps) {
          if (now.kind === 'wait') time.now += now.seconds
          else if (now.kind === 'call') {
            if (breaker.refusedFor() === undefined) calls.push({ attempt: breaker.begin(), begunIn: paper.begin() })
          } else {
            const [call] = calls.splice(now.which % Math.max(calls.length, 1), 1)
            if (call === undefined) continue
            if (now.kind === 'answer') {
              call.attempt.answered()
              paper.answered()
            } else {
              call.attempt.failed(now.after)
              paper.failed(call.begunIn, now.after)
            }
          }
          expect([breaker.refusedFor(), heard.length]).toEqual([paper.told(), paper.changes()])
        }
        changes += paper.changes()
      }),
      { numRuns: 400 },
    )
    // The steps drawn do reach what they are about.
    expect(changes).toBeGreaterThan(400)
  })
})
