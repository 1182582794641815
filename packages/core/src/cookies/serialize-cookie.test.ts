import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CookieAttributes } from './cookie-jar.js'
import { parseCookies } from './parse-cookies.js'
import { serializeCookie } from './serialize-cookie.js'

const attributes: CookieAttributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' }

describe('serializeCookie', () => {
  it.each<[string, string, CookieAttributes, string]>([
    ['a session cookie', '__Host-s', attributes, '__Host-s=v; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [
      'with an age',
      '__Host-s',
      { ...attributes, maxAge: 600 },
      '__Host-s=v; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
    [
      'with a domain',
      '__Secure-s',
      { ...attributes, domain: 'app.example' },
      '__Secure-s=v; Domain=app.example; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
    [
      'for a frame',
      '__Host-s',
      { ...attributes, sameSite: 'none' },
      '__Host-s=v; Path=/; HttpOnly; Secure; SameSite=None',
    ],
    ['SEC-153 on http', 's', { ...attributes, secure: false }, 's=v; Path=/; HttpOnly; SameSite=Lax'],
    ['below a path', 's', { ...attributes, path: '/app' }, 's=v; Path=/app; HttpOnly; Secure; SameSite=Lax'],
  ])('%s', (_label, name, given, expected) => {
    expect(serializeCookie(name, 'v', given)).toBe(expected)
  })

  it.each<[string, string, CookieAttributes]>([
    ['__Host- with a domain', '__Host-s', { ...attributes, domain: 'app.example' }],
    ['__Host- with a path', '__Host-s', { ...attributes, path: '/app' }],
    ['__Host- without Secure', '__Host-s', { ...attributes, secure: false }],
    ['__Secure- without Secure', '__Secure-s', { ...attributes, secure: false }],
  ])('SEC-150 refuses %s', (_label, name, given) => {
    expect(() => serializeCookie(name, 'v', given)).toThrow(TypeError)
  })

  it('SEC-151 refuses SameSite=None without Secure', () => {
    expect(() => serializeCookie('s', 'v', { ...attributes, secure: false, sameSite: 'none' })).toThrow(TypeError)
  })

  it.each<[string, string, CookieAttributes]>([
    ['a name with a semicolon', 'a;b', attributes],
    ['a name with a space', 'a b', attributes],
    ['a name with CR LF', 'a\r\nb', attributes],
    ['a name with an equals sign', 'a=b', attributes],
    ['no name', '', attributes],
    ['a domain with a semicolon', 's', { ...attributes, domain: 'a.example; Path=/x' }],
    ['a domain with CR LF', 's', { ...attributes, domain: 'a.example\r\nX: y' }],
    ['a domain with a space', 's', { ...attributes, domain: 'a example' }],
    ['a path with a semicolon', 's', { ...attributes, path: '/; Domain=evil.com' }],
    ['a path with CR LF', 's', { ...attributes, path: '/\r\nX: y' }],
    ['a path that is none', 's', { ...attributes, path: 'app' }],
    ['an age that is no number', 's', { ...attributes, maxAge: Number.NaN }],
    ['an age with a fraction', 's', { ...attributes, maxAge: 0.5 }],
  ])('SEC-152 refuses %s', (_label, name, given) => {
    expect(() => serializeCookie(name, 'v', given)).toThrow(TypeError)
  })

  it.each(['a;b', 'a b', 'a,b', 'a"b', 'a\\b', 'a=b', 'a%b', 'a\r\nb', 'a\u0000b', '\u00e9', 'a/b', 'a+b'])(
    'refuses the value %j',
    (value) => {
      expect(() => serializeCookie('s', value, attributes)).toThrow(TypeError)
    },
  )

  it('is undone by the reader, for every value it takes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.~*-]{0,200}$/), (value) => {
        const pair = serializeCookie('__Host-s', value, attributes).split('; ')[0] ?? ''
        expect(parseCookies(`a=1; ${pair}; b=2`).first.get('__Host-s')).toBe(value)
      }),
    )
  })
})
