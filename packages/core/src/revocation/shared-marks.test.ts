import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ScalegateEvent } from '../model/events.js'
import { memoryStore } from '../state/memory-store.js'
import { guardStore } from '../store/guarded-store.js'
import { type FaultyStore, faultyStore } from '../test/faulty-store.js'
import { hearMarks } from './heard-marks.js'
import { createMarkTable } from './mark-table.js'
import {
  createRevocationMarks,
  type RevocableSession,
  type RevocationMarks,
  type RevocationTarget,
} from './revocation-marks.js'
import { createSharedMarks } from './shared-marks.js'

const start = 1_800_000_000
const time = { now: start }
let monotonic = 0
let store: FaultyStore
let events: ScalegateEvent[]

beforeEach(() => {
  time.now = start
  monotonic = 0
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic)
  store = faultyStore(() => memoryStore({ clock: () => time.now }))
  events = []
})
afterEach(() => vi.restoreAllMocks())

function process(given: { maxStaleness?: number; failOpenFor?: number; owner?: string; capacity?: number } = {}) {
  const { maxStaleness = 2, failOpenFor = 0, owner = 'https://auth.example skc_1', capacity = 1000 } = given
  const emit = (type: string, details: object) => void events.push({ type, at: time.now, ...details } as never)
  const guarded = guardStore(store, emit as never)
  const clock = () => time.now
  const table = createMarkTable({ clock, capacity })
  table.keepFor(1000)
  const heard = hearMarks({ store: guarded, table, owner })
  const parts = { store: guarded, table, heard, owner, maxStaleness, failOpenFor, emit: emit as never }
  return createRevocationMarks({ clock, clockSkew: 60, table, shared: createSharedMarks(parts) })
}

/** Its feed tells nothing, but perhaps that it has told everything. */
function deafProcess({ current }: { current: boolean }): RevocationMarks {
  const engine = store
  const follow: FaultyStore['marks']['follow'] = (follower) => {
    if (current) follower.current(0, start)
    return () => undefined
  }
  store = { ...engine, marks: { ...engine.marks, follow } }
  const marks = process()
  store = engine
  return marks
}

const session = (changes: Partial<RevocableSession> = {}): RevocableSession => ({
  id: 'one',
  sid: 'ses_1',
  sub: 'usr_1',
  organizationId: 'org_1',
  loggedInAt: start - 10,
  confirmedAt: start + 60,
  ...changes,
})

async function isRevoked(marks: RevocationMarks, of = session()): Promise<boolean> {
  await marks.consult(of)
  return marks.isRevoked(of)
}

describe('marks of several processes', () => {
  it('a copy grows old while its process is frozen, though the monotonic clock stands still', async () => {
    const wall = vi.spyOn(Date, 'now').mockReturnValue(start * 1000)
    const marks = deafProcess({ current: true })
    await process().revoke({ sid: 'ses_1' }, start)
    expect(await isRevoked(marks)).toBe(false)
    wall.mockReturnValue((start + 3) * 1000)
    expect(await isRevoked(marks)).toBe(true)
  })

  it.each<[string, RevocationTarget]>([
    ['session', { session: 'one' }],
    ['sid', { sid: 'ses_1' }],
    ['subject', { sub: 'usr_1' }],
    ['member', { sub: 'usr_1', organization: 'org_1' }],
    ['organization', { organization: 'org_1' }],
  ])('I2 a mark of a %s reaches all of them, told or asked for, and one that starts later', async (_label, target) => {
    const [here, told, asking] = [process(), process({ maxStaleness: 60 }), process({ maxStaleness: 0 })]
    expect(await isRevoked(told)).toBe(false)
    await here.revoke(target, start)
    for (const marks of [here, told, asking, process()]) expect(await isRevoked(marks)).toBe(true)
    expect(await isRevoked(asking, session({ loggedInAt: start + 1 }))).toBe(false)
  })

  it('what a session says is outdated in all of them', async () => {
    const [here, there] = [process(), process()]
    await here.refreshAfter({ sub: 'usr_1' })
    // The clock of the machine that wrote it may be ahead of ours.
    expect(there.isOutdated(session({ confirmedAt: start + 5 }))).toBe(true)
    const confirmedAt = await there.confirmationTime()
    expect(there.isOutdated(session({ confirmedAt }))).toBe(false)
    expect(here.isOutdated(session({ confirmedAt }))).toBe(false)
  })

  it('a machine that is an hour ahead dates nobody’s confirmation but that of whom its mark is about', async () => {
    const here = process()
    const hour = 3600
    time.now += hour
    const ahead = process()
    await ahead.refreshAfter({ sub: 'usr_2' })
    time.now -= hour
    const confirmedAt = await here.confirmationTime(session())
    expect(confirmedAt).toBe(start + 5.001)
    expect(await here.confirmationTime()).toBeLessThan(start + 72)
    const other = session({ sub: 'usr_2' })
    expect(here.isOutdated({ ...other, confirmedAt: await here.confirmationTime() })).toBe(true)
    expect(here.isOutdated({ ...other, confirmedAt: await here.confirmationTime(other) })).toBe(false)
    // What was lost with the log a minute later is noticed by whom it is not about.
    time.now += 60
    store.empty()
    await here.consult(session())
    expect(confirmedAt).toBeLessThanOrEqual(here.listeningSince())
  })

  it('of another app on the same store are not ours, whatever their names', async () => {
    const ours = process({ maxStaleness: 0 })
    const theirs = process({ owner: 'https://auth.example skc_2' })
    const trick = process({ owner: 'https://auth.example' })
    await theirs.revoke({ sub: 'usr_1' }, start)
    await trick.revoke({ sid: 'skc_1 sid:ses_1' }, start)
    expect(await isRevoked(ours)).toBe(false)
    expect(await isRevoked(theirs)).toBe(true)
  })

  it.each(['*', 'a:b', 'a\r\nFLUSHALL', '{tag}', '\u0000', 's'.repeat(10_000)])(
    'SEC-161 SEC-243 nothing of a name is in a key: sid %j',
    async (sid) => {
      await process().revoke({ sid }, start)
      expect(store.written).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)])
      expect(await isRevoked(process({ maxStaleness: 0 }), session({ sid }))).toBe(true)
    },
  )

  it('I7 a mark that could not be written has not been set, here either', async () => {
    const here = process()
    store.condition = 'down'
    await expect(here.revoke({ sid: 'ses_1' }, start)).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(here.refreshAfter({ sub: 'usr_1' })).rejects.toMatchObject({ code: 'store_unavailable' })
    store.condition = 'up'
    expect(await isRevoked(here)).toBe(false)
    expect(here.isOutdated(session({ confirmedAt: start }))).toBe(false)
  })
})

describe('how far a copy is trusted', () => {
  const questions = () => store.calls.filter(({ method }) => method === 'marks.read').length

  it('not at all at 0', async () => {
    const marks = process({ maxStaleness: 0 })
    await isRevoked(marks)
    await isRevoked(marks)
    expect(questions()).toBe(2)
  })

  it('until the feed has been silent for longer; then each question is asked', async () => {
    const marks = process({ maxStaleness: 2 })
    monotonic += 1999
    expect(marks.consult(session())).toBeUndefined()
    monotonic += 1
    await isRevoked(marks)
    expect(questions()).toBe(1)
  })

  it('I2 past the bound a mark is found that the feed never told', async () => {
    const deaf = deafProcess({ current: true })
    await process().revoke({ sid: 'ses_1' }, start)
    expect(await isRevoked(deaf)).toBe(false)
    monotonic += 2000
    expect(await isRevoked(deaf)).toBe(true)
  })

  it('I4 an engine that cannot be asked is an outage, not a yes', async () => {
    const marks = process({ maxStaleness: 0 })
    store.condition = 'down'
    await expect(marks.consult(session())).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('opted in, for so many seconds since the copy was complete, and each time it is said', async () => {
    const marks = process({ maxStaleness: 0, failOpenFor: 30 })
    store.condition = 'down'
    monotonic += 29_999
    await marks.consult(session())
    expect(events.filter(({ type }) => type === 'revocation_unchecked')).toHaveLength(1)
    expect(JSON.stringify(events)).not.toContain('ses_1')
    monotonic += 1
    await expect(marks.consult(session())).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('I2 opted in, nobody is let in whose mark this process knows', async () => {
    const marks = process({ maxStaleness: 0, failOpenFor: 30 })
    await marks.revoke({ sid: 'ses_1' }, start)
    store.condition = 'down'
    expect(await isRevoked(marks)).toBe(true)
  })

  it('no longer once it had no room for a mark: then each question is asked', async () => {
    const marks = process({ maxStaleness: 60, capacity: 8 })
    expect(marks.consult(session())).toBeUndefined()
    await marks.revoke({ sid: 'ses_1' }, start)
    for (let i = 0; i < 8; i++) await marks.revoke({ sid: `other ${i}` }, start)
    expect(marks.isRevoked(session())).toBe(false)
    expect(await isRevoked(marks)).toBe(true)
    store.condition = 'down'
    await expect(marks.consult(session())).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

describe('since when the marks are without a gap', () => {
  it('since the engine says so, and some seconds more for the clocks of two machines', async () => {
    const first = process()
    time.now += 100
    const later = process()
    expect([first.listeningSince(), later.listeningSince()]).toEqual([start + 5, start + 5])
    expect(await later.confirmationTime()).toBe(start + 100)
  })

  it('SEC-174 moves in every process when the engine has lost its data, told or asked', async () => {
    const [told, asking] = [process(), process({ maxStaleness: 0 })]
    await told.revoke({ sid: 'ses_1' }, start)
    const before = await told.confirmationTime()
    time.now += 100
    store.empty()
    expect(told.listeningSince()).toBe(start + 105)
    await asking.consult(session())
    expect(asking.listeningSince()).toBe(start + 105)
    expect(before).toBeLessThanOrEqual(told.listeningSince())
    // Who is confirmed now is believed from now on.
    expect(await told.confirmationTime()).toBeGreaterThan(told.listeningSince())
  })

  it('never moves back, whatever an engine says whose clock was set back', async () => {
    const marks = process({ maxStaleness: 0 })
    time.now -= 1000
    store.empty()
    await marks.consult(session())
    expect(marks.listeningSince()).toBe(start + 5)
  })

  it('a process that has heard nothing asks before it writes down a confirmation, or fails', async () => {
    const marks = deafProcess({ current: false })
    expect(await marks.confirmationTime()).toBe(start + 5.001)
    const other = deafProcess({ current: false })
    store.condition = 'down'
    await expect(other.confirmationTime()).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

it('F8 I2 marks never move back, in whatever order two processes write, hear and start', async () => {
  const target = fc.constantFrom<RevocationTarget>(
    { sid: 'ses_1' },
    { sub: 'usr_1' },
    { organization: 'org_1' },
    { sid: 'ses_2' },
  )
  const step = fc.record({
    by: fc.nat({ max: 1 }),
    target,
    at: fc.integer({ min: start - 20, max: start }),
    event: fc.constantFrom('nothing', 'restart', 'outage'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.constantFrom(0, 2), async (steps, maxStaleness) => {
      store = faultyStore(() => memoryStore({ clock: () => time.now }))
      const processes = [process({ maxStaleness }), process({ maxStaleness })]
      let latest = Number.NEGATIVE_INFINITY
      for (const { by, target: marked, at, event } of steps) {
        if (event === 'outage') {
          store.condition = 'down'
          await processes[by]!.revoke(marked, at).catch(() => undefined)
          store.condition = 'up'
          continue
        }
        if (event === 'restart') processes[1 - by] = process({ maxStaleness })
        await processes[by]!.revoke(marked, at)
        if (!('sid' in marked && marked.sid === 'ses_2')) latest = Math.max(latest, at)
        for (const marks of processes) {
          expect(await isRevoked(marks, session({ loggedInAt: latest }))).toBe(latest > Number.NEGATIVE_INFINITY)
          expect(await isRevoked(marks, session({ loggedInAt: latest + 1 }))).toBe(false)
        }
      }
    }),
    { numRuns: 150 },
  )
})
