import { describe, expect, it } from 'vitest'
import { environmentOrigin } from './environment-origin.js'

describe('environmentOrigin', () => {
  it.each([
    ['https://acme.scalekit.com', 'https://acme.scalekit.com'],
    ['https://acme.scalekit.com/', 'https://acme.scalekit.com'],
    ['https://ACME.scalekit.com:443', 'https://acme.scalekit.com'],
    ['https://sso.example.com:8443', 'https://sso.example.com:8443'],
    ['http://localhost:8787', 'http://localhost:8787'],
    ['http://scalekit.localhost:8787', 'http://scalekit.localhost:8787'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ])('%s', (address, origin) => {
    expect(environmentOrigin(address)).toBe(origin)
  })

  it.each([
    ['http elsewhere', 'http://acme.scalekit.com'],
    ['http of a name that begins like this machine', 'http://127.0.0.1.evil.test'],
    ['http of a name that ends like it', 'http://notlocalhost'],
    ['a wildcard', 'https://*.scalekit.com'],
    ['everything', 'https://*'],
    ['another directive', 'https://acme.scalekit.com;script-src'],
    ['another policy', 'https://acme.scalekit.com,x'],
    ['a keyword', "https://'unsafe-inline'"],
    ['a path', 'https://acme.scalekit.com/ui'],
    ['a query', 'https://acme.scalekit.com/?a'],
    ['a fragment', 'https://acme.scalekit.com/#a'],
    ['a name and a password', 'https://ada:secret@acme.scalekit.com'],
    ['a final dot, another origin', 'https://acme.scalekit.com.'],
    ['IPv6, which no policy can name', 'http://[::1]:8787'],
    ['a host alone', 'acme.scalekit.com'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a websocket', 'wss://acme.scalekit.com'],
    ['nothing', ''],
    ['undefined', undefined],
    ['an object', new URL('https://acme.scalekit.com')],
  ])('refuses %s', (_, address) => {
    expect(environmentOrigin(address)).toBeUndefined()
  })
})
