import { describe, expect, it } from 'vitest'
import { type CookieAttributes, collectingJar } from './cookie-jar.js'

const attributes: CookieAttributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' }

describe('collectingJar', () => {
  it('shows the cookies of the request and what came twice', () => {
    const jar = collectingJar('a=1; b=2; a=3')
    expect([...jar.all]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect([...jar.duplicates]).toEqual(['a'])
    expect(jar.writable).toBe(true)
    expect(jar.setCookies()).toEqual([])
  })

  it('collects one Set-Cookie per name; the last write counts', () => {
    const jar = collectingJar(null)
    jar.set('a', '1', attributes)
    jar.set('b', '2', { ...attributes, maxAge: 60 })
    jar.set('a', '', { ...attributes, maxAge: 0 })
    expect(jar.setCookies()).toEqual([
      'a=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
      'b=2; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
    expect(jar.all.size).toBe(0)
  })

  it('refuses what cannot be written at the moment it is set', () => {
    expect(() => collectingJar(null).set('a', 'x; Domain=evil.com', attributes)).toThrow(TypeError)
  })
})
