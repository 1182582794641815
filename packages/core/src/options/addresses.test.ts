import { describe, expect, it } from 'vitest'
import { normaliseAddress } from './addresses.js'

function normalise(value: string, kind: 'issuer' | 'base'): { address: string | undefined; problems: string[] } {
  const problems: string[] = []
  const address = normaliseAddress({ path: 'issuer', value }, kind, (path, message) =>
    problems.push(`${path}: ${message}`),
  )
  return { address, problems }
}

describe('normaliseAddress', () => {
  it.each([
    ['as it is', 'https://auth.example', 'issuer', 'https://auth.example'],
    ['SEC-344 a trailing slash goes', 'https://auth.example/', 'issuer', 'https://auth.example'],
    ['a bare host, as some samples have it', 'auth.example', 'issuer', 'https://auth.example'],
    ['upper case host and default port', 'https://AUTH.example:443', 'issuer', 'https://auth.example'],
    ['SEC-371 http on localhost', 'http://localhost:8080', 'issuer', 'http://localhost:8080'],
    ['SEC-371 http on a loopback address', 'http://127.0.0.1:3000', 'base', 'http://127.0.0.1:3000'],
    ['http on another loopback address', 'http://127.9.8.7', 'base', 'http://127.9.8.7'],
    ['http on IPv6 loopback', 'http://[::1]:3000', 'base', 'http://[::1]:3000'],
    ['http on a name under localhost', 'http://app.localhost', 'base', 'http://app.localhost'],
    ['a base with a path', 'https://app.example/app/', 'base', 'https://app.example/app'],
    ['spaces around it', ' https://app.example ', 'base', 'https://app.example'],
  ] as const)('accepts %s', (_label, value, kind, address) => {
    expect(normalise(value, kind)).toEqual({ address, problems: [] })
  })

  it.each([
    ['SEC-127 http on another host', 'http://auth.example', 'issuer', 'must be https; http is for localhost only'],
    [
      'SEC-127 http on a host that looks local',
      'http://127.evil.example',
      'issuer',
      'must be https; http is for localhost only',
    ],
    [
      'SEC-127 http on a host that begins like an address',
      'http://127.0.0.1.evil.example',
      'base',
      'must be https; http is for localhost only',
    ],
    [
      'SEC-127 http on a host that ends like localhost',
      'http://notlocalhost',
      'base',
      'must be https; http is for localhost only',
    ],
    [
      'SEC-127 a path',
      'https://auth.example/tenant',
      'issuer',
      'must not have a path: it is the environment URL alone',
    ],
    [
      'SEC-127 an empty path segment',
      'https://auth.example//',
      'issuer',
      'must not have a path: it is the environment URL alone',
    ],
    ['SEC-127 a query', 'https://auth.example/?a=b', 'issuer', 'must not hold a query or fragment'],
    ['SEC-127 a fragment', 'https://auth.example/#a', 'base', 'must not hold a query or fragment'],
    ['SEC-127 a user name', 'https://ada@auth.example', 'issuer', 'must not hold a user name or password'],
    ['SEC-127 a password', 'https://ada:pw@auth.example', 'base', 'must not hold a user name or password'],
    ['another scheme', 'ftp://auth.example', 'base', 'must begin with https://'],
    ['a path with an empty segment', 'https://app.example/a//b', 'base', 'has an unusual path'],
    ['a path with escapes', 'https://app.example/%61', 'base', 'has an unusual path'],
    ['no URL at all', 'https://', 'base', 'is not a URL'],
    ['a scheme without slashes', 'https:auth.example', 'issuer', 'is not a URL'],
  ] as const)('refuses %s', (_label, value, kind, message) => {
    expect(normalise(value, kind)).toEqual({ address: undefined, problems: [`issuer: ${message}`] })
  })

  it('says nothing about what is not there', () => {
    expect(normaliseAddress(undefined, 'issuer', () => expect.unreachable())).toBeUndefined()
  })
})
