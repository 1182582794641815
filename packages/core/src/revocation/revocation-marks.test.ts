import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMarkTable } from './mark-table.js'
import { createRevocationMarks, type RevocableSession } from './revocation-marks.js'

const start = 1_000

function bench(capacity = 100, lifetime = 500) {
  const time = { now: start }
  const clock = () => time.now
  const table = createMarkTable({ clock, capacity })
  table.keepFor(lifetime)
  const marks = createRevocationMarks({ clock, clockSkew: 60, table })
  return { time, marks }
}

const session = (changes: Partial<RevocableSession> = {}): RevocableSession => ({
  id: 'one',
  sid: 'ses_1',
  sub: 'usr_1',
  organizationId: 'org_1',
  loggedInAt: 900,
  confirmedAt: 900,
  ...changes,
})

describe('revoke', () => {
  it.each([
    ['SEC-233 its own sid', { sid: 'ses_1' }, {}, true],
    ['SEC-233 another sid', { sid: 'ses_2' }, {}, false],
    ['SEC-234 its subject', { sub: 'usr_1' }, {}, true],
    ['SEC-234 another subject', { sub: 'usr_2' }, {}, false],
    ['its own id', { session: 'one' }, {}, true],
    ['another id', { session: 'two' }, {}, false],
    ['a sid for a session without one', { sid: 'ses_1' }, { sid: undefined }, false],
    ['a subject for a session without sid', { sub: 'usr_1' }, { sid: undefined }, true],
    ['a sid by the name of a subject', { sid: 'usr_1' }, {}, false],
    ['an id by the name of a sid', { session: 'ses_1' }, {}, false],
    ['SEC-279 its subject in its organization', { sub: 'usr_1', organization: 'org_1' }, {}, true],
    ['SEC-279 its subject in another organization', { sub: 'usr_1', organization: 'org_2' }, {}, false],
    ['SEC-279 another subject in its organization', { sub: 'usr_2', organization: 'org_1' }, {}, false],
    [
      'SEC-279 a member for a session of no organization',
      { sub: 'usr_1', organization: 'org_1' },
      { organizationId: undefined },
      false,
    ],
    ['SEC-279 its organization', { organization: 'org_1' }, {}, true],
    ['SEC-279 another organization', { organization: 'org_2' }, {}, false],
    ['SEC-279 an organization for a session of none', { organization: 'org_1' }, { organizationId: undefined }, false],
    ['SEC-279 its subject for a session of no organization', { sub: 'usr_1' }, { organizationId: undefined }, true],
    ['an organization by the name of a subject', { organization: 'usr_1' }, {}, false],
    ['SEC-243 a member whose names end elsewhere', { sub: 'r_1', organization: 'org_1us' }, {}, false],
    ['SEC-243 a subject that is spelt like a member', { sub: '5:org_1usr_1' }, {}, false],
    ['SEC-243 a sid with separators', { sid: 'a:*\u0000b' }, { sid: 'a:*\u0000b' }, true],
    ['SEC-243 a sid of 10 KB', { sid: 's'.repeat(10_000) }, { sid: 's'.repeat(10_000) }, true],
    ['SEC-301 a sid by the name of a property', { sid: '__proto__' }, { sid: 'constructor' }, false],
  ] as const)('%s → %j', async (_label, target, changes, revoked) => {
    const { marks } = bench()
    await marks.revoke(target, 950)
    expect(marks.isRevoked(session(changes))).toBe(revoked)
  })

  it.each([
    ['before the mark', 949, true],
    ['SEC-236 in the same second', 950, true],
    ['SEC-236 after it', 951, false],
  ])('a login %s', async (_label, loggedInAt, revoked) => {
    const { marks } = bench()
    await marks.revoke({ sub: 'usr_1' }, 950)
    expect(marks.isRevoked(session({ loggedInAt }))).toBe(revoked)
  })

  it('the later of two marks counts, in whatever order they come', async () => {
    const { marks } = bench()
    await marks.revoke({ sid: 'ses_1' }, 950)
    await marks.revoke({ sid: 'ses_1' }, 920)
    expect(marks.isRevoked(session({ loggedInAt: 940 }))).toBe(true)
  })

  it('SEC-232 remembers an unknown session for one that appears later', async () => {
    const { marks, time } = bench()
    await marks.revoke({ sid: 'ses_new' }, 1_000)
    time.now += 400
    expect(marks.isRevoked(session({ sid: 'ses_new', loggedInAt: 999 }))).toBe(true)
  })

  it('a mark is true for ever', async () => {
    const { marks, time } = bench()
    await marks.revoke({ sid: 'ses_1' }, start)
    time.now = start + 1_000_000
    expect(marks.isRevoked(session())).toBe(true)
  })

  it('I2 no order of marks ever revives a session', async () => {
    const target = fc.oneof(
      fc.record({ sid: fc.constantFrom('ses_1', 'ses_2') }),
      fc.record({ sub: fc.constantFrom('usr_1', 'usr_2') }),
      fc.record({ session: fc.constantFrom('one', 'two') }),
      fc.record({ sub: fc.constantFrom('usr_1', 'usr_2'), organization: fc.constantFrom('org_1', 'org_2') }),
      fc.record({ organization: fc.constantFrom('org_1', 'org_2') }),
    )
    const marksArbitrary = fc.array(fc.record({ target, at: fc.integer({ min: 850, max: 1_000 }) }))
    await fc.assert(
      fc.asyncProperty(marksArbitrary, async (list) => {
        const { marks } = bench()
        let dead = false
        for (const { target: marked, at } of list) {
          await marks.revoke(marked, at)
          const now = marks.isRevoked(session())
          if (dead) expect(now).toBe(true)
          dead = now
        }
      }),
    )
  })
})

describe('isOutdated', () => {
  const confirmed = (confirmedAt: number, changes: Partial<RevocableSession> = {}) => ({
    ...session(changes),
    confirmedAt,
  })

  it.each([
    ['its subject', { sub: 'usr_1' }, {}, true],
    ['its subject, in no organization', { sub: 'usr_1' }, { organizationId: undefined }, true],
    ['another subject', { sub: 'usr_2' }, {}, false],
    ['its subject in its organization', { sub: 'usr_1', organization: 'org_1' }, {}, true],
    ['its subject in another organization', { sub: 'usr_1', organization: 'org_2' }, {}, false],
    [
      'a member, for a session of no organization',
      { sub: 'usr_1', organization: 'org_1' },
      { organizationId: undefined },
      false,
    ],
    ['another member of its organization', { sub: 'usr_2', organization: 'org_1' }, {}, false],
  ] as const)('%s', async (_label, subject, changes, outdated) => {
    const { marks } = bench()
    await marks.refreshAfter(subject, 950)
    expect(marks.isOutdated(confirmed(950, changes))).toBe(outdated)
    expect(marks.isRevoked(session(changes))).toBe(false)
  })

  it.each([
    [949, true],
    [950, true],
    [951, false],
  ])('a session that was confirmed at %i', async (confirmedAt, outdated) => {
    const { marks } = bench()
    await marks.refreshAfter({ sub: 'usr_1' }, 950)
    await marks.refreshAfter({ sub: 'usr_1' }, 920)
    expect(marks.isOutdated(confirmed(confirmedAt))).toBe(outdated)
  })

  it('whoever is confirmed after the mark is up to date, also in the same second', async () => {
    const { marks, time } = bench()
    time.now += 10
    const before = await marks.confirmationTime()
    await marks.refreshAfter({ sub: 'usr_1' }, time.now)
    expect(marks.isOutdated(confirmed(before))).toBe(true)
    expect(marks.isOutdated(confirmed(await marks.confirmationTime()))).toBe(false)
  })

  it('a later mark is not hidden by one of a machine that is ahead', async () => {
    const { marks, time } = bench()
    await marks.refreshAfter({ sub: 'usr_1' }, time.now + 300)
    const confirmedAt = await marks.confirmationTime(session())
    time.now += 1
    await marks.refreshAfter({ sub: 'usr_1' })
    expect(marks.isOutdated(confirmed(confirmedAt))).toBe(true)
    expect(marks.isOutdated(confirmed(await marks.confirmationTime(session())))).toBe(false)
  })

  it('a login right after a mark of a provider whose clock is ahead is not sent back', async () => {
    const { marks, time } = bench()
    await marks.refreshAfter({ sub: 'usr_1' }, time.now + 61)
    expect(marks.isOutdated(confirmed(await marks.confirmationTime()))).toBe(false)
  })

  it('a moment yet to come is met by one confirmation, of whom it is about', async () => {
    const { marks, time } = bench()
    await marks.refreshAfter({ sub: 'usr_1' }, time.now + 300)
    expect(await marks.confirmationTime()).toBe(start + 61.001)
    expect(await marks.confirmationTime(session({ sub: 'usr_2' }))).toBe(start + 0.001)
    const confirmedAt = await marks.confirmationTime(session())
    expect(confirmedAt).toBe(start + 300.001)
    expect(marks.isOutdated(confirmed(confirmedAt))).toBe(false)
  })
})

describe('listeningSince', () => {
  it('is the start, and a confirmation asked for in that second lies after it', async () => {
    const { marks, time } = bench()
    expect([marks.listeningSince(), await marks.confirmationTime()]).toEqual([start, start + 0.001])
    time.now += 10
    expect([marks.listeningSince(), await marks.confirmationTime()]).toEqual([start, start + 10])
  })

  it('moves when a mark that still counted had to go', async () => {
    const { marks, time } = bench(2)
    await marks.revoke({ sid: 'a' }, start)
    await marks.revoke({ sid: 'b' }, start)
    time.now += 50
    const before = await marks.confirmationTime()
    await marks.revoke({ sid: 'c' }, start + 50)
    expect(marks.isRevoked(session({ sid: 'a' }))).toBe(false)
    expect(marks.listeningSince()).toBe(start + 50)
    // Whoever was confirmed in that second or before has to be confirmed again.
    expect(before).toBeLessThanOrEqual(marks.listeningSince())
    expect(await marks.confirmationTime()).toBe(start + 50.001)
  })

  it.each(['member', 'organization', 'refresh'] as const)('moves when a %s had to go', async (kind) => {
    const { marks, time } = bench(1)
    const write = (name: string) => {
      if (kind === 'refresh') return marks.refreshAfter({ sub: name }, start)
      return marks.revoke(kind === 'member' ? { sub: name, organization: 'org_1' } : { organization: name }, start)
    }
    await write('a')
    time.now += 50
    expect(marks.listeningSince()).toBe(start)
    await write('b')
    expect(marks.listeningSince()).toBe(start + 50)
  })

  it('does not move for marks that had ended anyway', async () => {
    const { marks, time } = bench(2, 10)
    await marks.revoke({ sid: 'a' }, start)
    await marks.revoke({ sid: 'b' }, start)
    // As long as they could have met a session, whose provider's clock may be behind.
    time.now += 10 + 900
    await marks.revoke({ sid: 'c' }, start)
    expect(marks.listeningSince()).toBe(start)
  })
})

it('a process that starts right after a confirmation does not believe it, whatever was heard in that second', async () => {
  const { marks, time } = bench()
  time.now += 0.2
  await marks.refreshAfter({ sub: 'usr_2' })
  const confirmedAt = await marks.confirmationTime()
  time.now += 0.05
  const clock = () => time.now
  const next = createRevocationMarks({ clock, clockSkew: 60, table: createMarkTable({ clock, capacity: 10 }) })
  expect(confirmedAt).toBeLessThanOrEqual(next.listeningSince())
})
