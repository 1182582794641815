import { describe, expect, it } from 'vitest'
import { processState } from './process-state.js'

describe('processState', () => {
  it('is shared by everybody who asks for the same issuer and client', () => {
    const value = processState('https://a.example', 'client').slot('x', () => ({ made: 1 }))
    expect(processState('https://a.example', 'client').slot('x', () => ({ made: 2 }))).toBe(value)
  })

  it.each([
    ['another client', 'https://a.example', 'other'],
    ['another issuer', 'https://b.example', 'client'],
  ])('is not shared with %s', (_label, issuer, clientId) => {
    processState('https://a.example', 'client').slot('x', () => 1)
    expect(processState(issuer, clientId).slot('x', () => 2)).toBe(2)
  })

  it('keeps a slot that holds undefined', () => {
    const state = processState('https://c.example', 'client')
    state.slot<number | undefined>('x', () => undefined)
    expect(state.slot<number | undefined>('x', () => 1)).toBeUndefined()
  })

  it('SEC-366 does not show up when globalThis is listed', () => {
    processState('https://d.example', 'client').slot('x', () => 'canary')
    const shown = Object.getOwnPropertyDescriptors(globalThis)
    const symbols = Object.getOwnPropertySymbols(globalThis).filter((key) => key.description?.includes('d.example'))
    expect(symbols).toHaveLength(1)
    expect(symbols.map((key) => (shown as Record<symbol, PropertyDescriptor>)[key]?.enumerable)).toEqual([false])
  })
})
