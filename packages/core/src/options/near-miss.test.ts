import { describe, expect, it } from 'vitest'
import { nearMiss } from './near-miss.js'

describe('nearMiss', () => {
  it.each([
    ['a letter too few', 'cookieSecre', 'cookieSecret'],
    ['two letters swapped', 'cleintId', 'clientId'],
    ['another spelling', 'client_id', 'clientId'],
    ['nothing close', 'banana', undefined],
    ['an empty name', '', undefined],
  ])('%s', (_label, name, meant) => {
    expect(nearMiss(name, ['clientId', 'cookieSecret', 'baseUrl'])).toBe(meant)
  })
})
