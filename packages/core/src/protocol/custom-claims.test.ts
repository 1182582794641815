import { describe, expect, it } from 'vitest'
import { customClaims } from './custom-claims.js'
import { accessClaims } from './test/test-issuer.js'

describe('customClaims', () => {
  it('SEC-306 leaves out every name that is registered or reserved', () => {
    const others = { azp: 'x', auth_time: 1, acr: 'x', amr: ['x'], xoid: 'x', xuid: 'x', typ: 'x', scopes: ['x'] }
    expect(customClaims(accessClaims(others))).toEqual({})
  })

  it('SEC-306 takes names that only look like those', () => {
    const others = { permissions_extra: ['admin'], SUB: 'x', ' roles': ['x'], plan: null }
    expect(customClaims(accessClaims(others))).toEqual(others)
  })

  it('SEC-301 a claim by the name of a prototype is a claim like any other', () => {
    const raw = JSON.parse('{"sub":"usr_1","__proto__":{"admin":true},"constructor":"x"}') as Record<string, unknown>
    const claims = customClaims(raw) as Readonly<Record<string, unknown>>
    expect(claims.admin).toBeUndefined()
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
    expect(Object.keys(claims).sort()).toEqual(['__proto__', 'constructor'])
  })

  it('is frozen all through', () => {
    const claims = customClaims({ limits: { seats: [{ of: 5 }] } }) as { limits: { seats: { of: number }[] } }
    const parts = [claims, claims.limits, claims.limits.seats, claims.limits.seats[0]]
    expect(parts.every(Object.isFrozen)).toBe(true)
  })
})
