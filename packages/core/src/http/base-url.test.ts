import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type BaseUrl, externalPath, isUnder, parseBaseUrl, urlUnder } from './base-url.js'

const root = parseBaseUrl('https://app.example')
const underApp = parseBaseUrl('https://app.example/app')

describe('parseBaseUrl', () => {
  it.each<[string, string, BaseUrl]>([
    ['plain https', 'https://app.example', { origin: 'https://app.example', path: '', secure: true, loopback: false }],
    [
      'trailing slash',
      'https://app.example/',
      { origin: 'https://app.example', path: '', secure: true, loopback: false },
    ],
    [
      'a path',
      'https://app.example/app',
      { origin: 'https://app.example', path: '/app', secure: true, loopback: false },
    ],
    [
      'a path with slash',
      'https://app.example/a/b/',
      { origin: 'https://app.example', path: '/a/b', secure: true, loopback: false },
    ],
    [
      'case and default port',
      'HTTPS://App.Example:443',
      { origin: 'https://app.example', path: '', secure: true, loopback: false },
    ],
    [
      'localhost',
      'http://localhost:3000',
      { origin: 'http://localhost:3000', path: '', secure: false, loopback: true },
    ],
    [
      'under localhost',
      'http://a.localhost',
      { origin: 'http://a.localhost', path: '', secure: false, loopback: true },
    ],
    [
      'IPv4 loopback',
      'http://127.0.0.1:3000',
      { origin: 'http://127.0.0.1:3000', path: '', secure: false, loopback: true },
    ],
    ['IPv6 loopback', 'http://[::1]:3000', { origin: 'http://[::1]:3000', path: '', secure: false, loopback: true }],
    [
      'plain http elsewhere',
      'http://10.0.0.1',
      { origin: 'http://10.0.0.1', path: '', secure: false, loopback: false },
    ],
    [
      'a name that begins like a loopback address',
      'http://127.evil.example',
      { origin: 'http://127.evil.example', path: '', secure: false, loopback: false },
    ],
    [
      'an address that ends like one',
      'http://10.127.0.1',
      { origin: 'http://10.127.0.1', path: '', secure: false, loopback: false },
    ],
    [
      'a look-alike',
      'https://localhost.evil.example',
      { origin: 'https://localhost.evil.example', path: '', secure: true, loopback: false },
    ],
  ])('reads %s', (_label, text, expected) => {
    expect(parseBaseUrl(text)).toEqual(expected)
  })

  it.each([
    ['nothing', ''],
    ['a bare host', 'app.example'],
    ['a path', '/app'],
    ['no slashes', 'https:app.example'],
    ['three slashes', 'https:///app.example'],
    ['another scheme', 'ftp://app.example'],
    ['javascript', 'javascript:alert(1)'],
    ['a user name', 'https://user@app.example'],
    ['an empty user name', 'https://@app.example'],
    ['user name and password', 'https://user:hunter2-password@app.example'],
    ['a query', 'https://app.example/?a=b'],
    ['an empty query', 'https://app.example?'],
    ['a fragment', 'https://app.example/#a'],
    ['a backslash', 'https://app.example\\x'],
    ['white space', ' https://app.example'],
    ['a line break', 'https://app.example\n'],
    ['empty segments', 'https://app.example//x'],
    ['empty segments at the end', 'https://app.example/x//'],
    ['empty segments after dots', 'https://app.example/a/..//x'],
    ['a port out of range', 'https://app.example:99999'],
  ])('refuses %s with a TypeError that does not repeat it', (_label, text) => {
    const failure = (() => {
      try {
        return parseBaseUrl(text)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(TypeError)
    // Node's own error would carry the input as a property.
    expect(inspect(failure)).not.toMatch(/hunter2|99999/)
  })
})

describe('urlUnder', () => {
  it('builds absolute addresses inside the app', () => {
    expect(urlUnder(root, '/auth/callback')).toBe('https://app.example/auth/callback')
    expect(urlUnder(underApp, '/auth/callback')).toBe('https://app.example/app/auth/callback')
    expect(urlUnder(underApp, '/')).toBe('https://app.example/app/')
  })

  it.each(['', 'auth', 'https://evil.example', '@evil.example', '.evil.example'])('refuses %j', (path) => {
    expect(() => urlUnder(root, path)).toThrow(TypeError)
  })
})

describe('externalPath', () => {
  it.each<[string, BaseUrl, string, string | undefined]>([
    ['absolute, own origin', root, 'https://app.example/a?b=c', '/a?b=c'],
    ['a path', root, '/a?b=c', '/a?b=c'],
    ['the root', root, 'http://localhost:3000', '/'],
    ['a fragment', root, '/a#b', '/a'],
    ['base path kept by the proxy', underApp, 'http://localhost/app/auth/login', '/app/auth/login'],
    ['base path stripped by the proxy', underApp, 'http://localhost/auth/login', '/app/auth/login'],
    ['base path alone', underApp, 'http://localhost/app', '/app'],
    ['a longer first segment', underApp, '/application', '/app/application'],
    ['encoded slashes stay encoded', root, '/%2f%2fevil.com', '/%2f%2fevil.com'],
    ['asterisk form', root, '*', undefined],
    ['nothing', root, '', undefined],
    ['another scheme', root, 'ftp://app.example/x', undefined],
    ['a blob of ours', root, 'blob:https://app.example/x', undefined],
    ['no URL', root, 'http://[', undefined],
  ])('%s', (_label, base, rawUrl, expected) => {
    const path = externalPath(base, rawUrl)
    expect(path && path.pathname + path.search).toBe(expected)
  })

  it.each([
    'http://evil.com/a?b',
    'https://evil.com/a?b',
    'http://localhost:3000/a?b',
    'http://user:pass@evil.com:8080/a?b',
  ])('SEC-012 SEC-337 takes only path and query from %s, whatever host the caller claims', (rawUrl) => {
    expect(externalPath(root, rawUrl)).toEqual({ pathname: '/a', search: '?b' })
  })

  it.each([
    '//evil.com/..',
    '//evil.com/x',
    '///evil.com',
    '/\\evil.com',
    '/..//evil.com',
    '/.//evil.com',
    '/\t/evil.com',
    'http://localhost:3000//evil.com/..',
    'http://localhost:3000/..//evil.com',
    'http://localhost:3000/\\evil.com',
  ])('SEC-042 has no path for %j, which emitted again would name another host', (rawUrl) => {
    expect(externalPath(root, rawUrl)).toBeUndefined()
    expect(externalPath(underApp, rawUrl)).toBeUndefined()
  })
})

describe('isUnder', () => {
  it.each([
    ['/auth', '/auth', true],
    ['/auth', '/auth/login', true],
    ['/auth', '/authority', false],
    ['/auth', '/', false],
    ['', '/anything', true],
  ])('%j, %j: %j', (prefix, pathname, expected) => {
    expect(isUnder(prefix, pathname)).toBe(expected)
  })
})
