import { describe, expect, it } from 'vitest'
import { initialState, stateAfter } from './session-state.js'
import { ada, gil } from './test/sessions.js'

describe('initialState', () => {
  it.each([
    ['nothing from the server', undefined, 'loading', null],
    ['a stranger', null, 'signed-out', null],
    ['a session', ada, 'signed-in', ada],
  ] as const)('%s', (_label, initial, status, session) => {
    expect(initialState(initial)).toEqual({ status, session })
  })
})

describe('stateAfter', () => {
  const states = {
    loading: initialState(undefined),
    'signed-in': initialState(ada),
    'signed-out': initialState(null),
    unavailable: { status: 'unavailable', session: null },
  } as const

  it.each([
    ['loading', undefined, 'unavailable'],
    ['signed-in', undefined, 'signed-in'],
    ['signed-out', undefined, 'signed-out'],
    ['unavailable', undefined, 'unavailable'],
    ['loading', null, 'signed-out'],
    ['signed-in', null, 'signed-out'],
    ['unavailable', null, 'signed-out'],
    ['loading', ada, 'signed-in'],
    ['signed-out', ada, 'signed-in'],
    ['unavailable', ada, 'signed-in'],
  ] as const)('%s, then %o: %s', (before, answer, status) => {
    expect(stateAfter(states[before], answer).status).toBe(status)
  })

  it.each([
    ['signed-in', { ...ada }],
    ['signed-out', null],
    ['signed-in', undefined],
    ['unavailable', undefined],
  ] as const)('%s is the same object after the same answer, so that nothing renders again', (before, answer) => {
    expect(stateAfter(states[before], answer)).toBe(states[before])
  })

  it('is another person after another login', () => {
    expect(stateAfter(states['signed-in'], gil).session).toBe(gil)
  })

  it('notices a permission that was taken away', () => {
    expect(stateAfter(states['signed-in'], { ...ada, permissions: [] }).session?.permissions).toEqual([])
  })
})
