import { describe, expect, it } from 'vitest'
import { absoluteHttpUrl } from './absolute-url.js'
import { seeOther } from './redirect.js'

describe('seeOther', () => {
  it('SEC-017 SEC-349 is a 303 with an absolute Location, no-store, no referrer and no body', async () => {
    const response = seeOther('https://auth.example/authorize?a=b')
    expect(response.status).toBe(303)
    expect(Object.fromEntries(response.headers)).toEqual({
      location: 'https://auth.example/authorize?a=b',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
    })
    expect(await response.text()).toBe('')
  })

  it('carries further headers, each cookie by itself, but not over its own', () => {
    const headers = new Headers({ Location: 'https://evil.com', 'Cache-Control': 'public' })
    headers.append('Set-Cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    const response = seeOther('https://app.example/', headers)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('location')).toBe('https://app.example/')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('location')).toBe('https://evil.com')
  })

  it('writes what a header can hold', () => {
    expect(seeOther('https://app.example/\u00fc?\u00fc').headers.get('location')).toBe(
      'https://app.example/%C3%BC?%C3%BC',
    )
  })

  it.each([
    '',
    '/x',
    '//evil.com',
    'x',
    'javascript:alert(1)',
    'ftp://app.example',
    'https:app.example',
    'https:///app.example',
    'https://[',
  ])('refuses %j', (location) => {
    expect(() => seeOther(location)).toThrow(TypeError)
    expect(absoluteHttpUrl(location)).toBeUndefined()
  })
})
