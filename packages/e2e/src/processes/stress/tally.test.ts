import { describe, expect, it } from 'vitest'
import { Tally } from './tally.js'

const rider = (state: 'in' | 'leaving' | 'out') => ({ sid: 'ses_1', state, outSince: Number.POSITIVE_INFINITY })
const answer = (status: number, sentAt = 1) => ({
  status,
  sentAt,
  answeredAt: sentAt + 1,
  ...(status === 200 ? { sid: 'ses_1' } : {}),
})

describe('what makes a run under stress a failure', () => {
  it.each([500, 502, 0])('an answer with %i, whenever it comes', (status) => {
    const tally = new Tally(0)
    tally.add(rider('in'), answer(status))
    expect(tally.problems).toEqual(['1 answers with 500, or none'])
  })

  it('503 while something is away is none', () => {
    const tally = new Tally(0)
    for (const status of [200, 503]) tally.add(rider('in'), answer(status))
    tally.add(rider('out'), answer(401))
    expect(tally.problems).toEqual([])
  })

  it.each([
    ['in', 503],
    ['out', 503],
    ['leaving', 401],
  ] as const)('the roll-call of one who is `%s` with %i', (state, status) => {
    const tally = new Tally(0)
    tally.settle(rider(state), answer(status))
    expect(tally.problems).toEqual(['1 wrong answers to the roll-call'])
  })

  it('the roll-call with 200 of who stays and 401 of who left is none', () => {
    const tally = new Tally(0)
    tally.settle(rider('in'), answer(200))
    tally.settle(rider('out'), answer(401))
    expect(tally.problems).toEqual([])
  })

  it('503 for longer than five seconds after everything is back', () => {
    const tally = new Tally(0)
    tally.backAt = 1000
    tally.add(rider('in'), answer(503, 5900))
    expect(tally.problems).toEqual([])
    tally.add(rider('in'), answer(503, 6100))
    expect(tally.problems).toEqual(['refused until 5100 ms after it was back'])
  })
})
