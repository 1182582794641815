import { describe, expect, it } from 'vitest'
import { cookieName } from './cookie-names.js'

describe('cookieName', () => {
  it.each([
    ['https', { secure: true }, '__Host-s'],
    ['https with a domain', { secure: true, domain: 'app.example' }, '__Secure-s'],
    ['SEC-153 http on this machine', { secure: false }, 's'],
    ['SEC-153 http with a domain', { secure: false, domain: 'a.localhost' }, 's'],
  ])('%s', (_label, rules, expected) => {
    expect(cookieName('s', rules)).toBe(expected)
  })
})
