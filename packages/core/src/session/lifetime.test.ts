import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessTokenEnd, accessTokenLives, endOf, refreshInterval, refreshIsDue, touchIsDue } from './lifetime.js'
import type { SessionRecord } from './session-record.js'

const limits = { idle: 1_000, refreshBefore: 30, outlivesTokens: false }

const record = (changes: Partial<SessionRecord> = {}): SessionRecord => ({
  v: 1,
  id: 'a'.repeat(43),
  accessToken: 'access',
  idToken: 'id',
  refreshToken: 'refresh',
  accessTokenExpiresAt: 5_300,
  loggedInAt: 5_000,
  confirmedAt: 5_000,
  seenAt: 5_000,
  expiresAt: 10_000,
  ...changes,
})

describe('endOf', () => {
  it.each([
    ['fresh', 5_000, {}, undefined],
    ['SEC-170 the last second of idling', 5_999, {}, undefined],
    ['SEC-170 idle', 6_000, {}, 'idle'],
    ['SEC-169 active to the last second', 9_999, { seenAt: 9_998 }, undefined],
    ['SEC-169 the absolute end, however active', 10_000, { seenAt: 9_999 }, 'expired'],
    ['an expired access token that can be refreshed', 5_400, {}, undefined],
    ['an expired access token that cannot', 5_300, { refreshToken: undefined }, 'expired'],
    ['a living access token that cannot be refreshed', 5_299, { refreshToken: undefined }, undefined],
  ])('%s', (_label, now, changes, expected) => {
    expect(endOf(record(changes as Partial<SessionRecord>), now, limits)).toBe(expected)
  })
})

describe('refreshIsDue', () => {
  it.each([
    ['not yet', 5_269, {}, false],
    ['shortly before the end', 5_270, {}, true],
    ['after the end', 5_400, {}, true],
    ['SEC-193 a token born expired waits for the interval', 5_009, { accessTokenExpiresAt: 5_000 }, false],
    ['SEC-193 and is refreshed after it', 5_010, { accessTokenExpiresAt: 5_000 }, true],
    ['nothing to refresh with', 5_400, { refreshToken: undefined }, false],
  ])('%s', (_label, now, changes, expected) => {
    expect(refreshIsDue(record(changes as Partial<SessionRecord>), now, limits)).toBe(expected)
  })
})

describe('accessTokenEnd', () => {
  it.each([
    ['the sooner of both: exp', 5_200, 300, 5_200],
    ['the sooner of both: expires_in', 9_000, 300, 5_300],
    ['without expires_in', 5_200, undefined, 5_200],
    ['SEC-193 expires_in 0', 5_300, 0, 5_010],
    ['SEC-193 expires_in 1', 5_300, 1, 5_010],
    ['SEC-192 an exp that is past by our clock', 4_400, 300, 5_010],
  ])('%s', (_label, exp, expiresIn, expected) => {
    expect(accessTokenEnd(exp, expiresIn, 5_000)).toBe(expected)
  })

  it('F25 is a safe integer that lies after the interval, for any claims', () => {
    const instant = fc.integer({ min: -(2 ** 50), max: 2 ** 50 })
    const lifetime = fc.option(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { nil: undefined })
    fc.assert(
      fc.property(instant, lifetime, fc.integer({ min: 0, max: 2 ** 40 }), (exp, expiresIn, now) => {
        const end = accessTokenEnd(exp, expiresIn, now)
        expect(Number.isSafeInteger(end)).toBe(true)
        expect(end).toBeGreaterThanOrEqual(now + refreshInterval)
      }),
    )
  })
})

describe('touchIsDue', () => {
  it.each([
    ['a tenth of the idle time later', 5_100, true],
    ['before that', 5_099, false],
  ])('%s', (_label, now, expected) => {
    expect(touchIsDue(record(), now, limits)).toBe(expected)
  })

  it.each([60, 90, 300, 3_600, 86_400])('SEC-167 somebody active never idles out, with idle %i', (idle) => {
    const short = { idle, refreshBefore: 30, outlivesTokens: false }
    let now = 0
    let seenAt = 0
    // A request at least every eight tenths of the idle time.
    for (const step of [0.09, 0.8, 0.05, 0.8, 0.8, 0.09, 0.8]) {
      now += Math.floor(idle * step)
      expect(endOf(record({ seenAt, expiresAt: 10 ** 9 }), now, short)).toBeUndefined()
      if (touchIsDue(record({ seenAt }), now, short)) seenAt = now
    }
  })
})

describe('lifetimes', () => {
  it('F25 are monotone: what has ended stays ended, what is due stays due', () => {
    const time = fc.integer({ min: 0, max: 20_000 })
    fc.assert(
      fc.property(time, time, time, (seenAt, now, wait) => {
        const one = record({ seenAt })
        if (endOf(one, now, limits) !== undefined) expect(endOf(one, now + wait, limits)).toBeDefined()
        if (!accessTokenLives(one, now)) expect(accessTokenLives(one, now + wait)).toBe(false)
        if (touchIsDue(one, now, limits)) expect(touchIsDue(one, now + wait, limits)).toBe(true)
      }),
    )
  })
})
