import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BaseUrl, parseBaseUrl, urlUnder } from './base-url.js'
import { seeOther } from './redirect.js'
import { sanitizeReturnTo } from './return-to.js'

const root = parseBaseUrl('https://app.example')
const underApp = parseBaseUrl('https://app.example/app')
const bases: readonly (readonly [string, BaseUrl])[] = [
  ['at the root', root],
  ['under /app', underApp],
]
const sanitize = (target: unknown, base: BaseUrl = root) =>
  sanitizeReturnTo(target, { base, excluded: [`${base.path}/auth`] })

/** Row, input; each must be refused, whether the app lives at the root or under a path. */
const refused: readonly (readonly [string, unknown])[] = [
  ['SEC-018', 'https://evil.com'],
  ['SEC-018', 'http://evil.com'],
  ['SEC-018', 'ftp://evil.com'],
  ['SEC-018', 'ftp://app.example/x'],
  ['SEC-019', '//evil.com'],
  ['SEC-019', '///evil.com'],
  ['SEC-019', '////evil.com'],
  ['SEC-020', '/\\evil.com'],
  ['SEC-020', '\\\\evil.com'],
  ['SEC-020', '/\\/evil.com'],
  ['SEC-020', '\\/evil.com'],
  ['SEC-020', 'https://app.example/\\evil.com'],
  ['SEC-020', '/a\\b'],
  ['SEC-021', '/\t/evil.com'],
  ['SEC-021', '/\n/evil.com'],
  ['SEC-021', '/\r/evil.com'],
  ['SEC-021', '\t//evil.com'],
  ['SEC-021', '/ok\t'],
  ['SEC-022', ' //evil.com'],
  ['SEC-022', '\u0001//evil.com'],
  ['SEC-022', ' /ok'],
  ['SEC-023', '/.//evil.com'],
  ['SEC-023', '/..//evil.com'],
  ['SEC-023', '/a/..//evil.com'],
  ['SEC-023', '/%2e%2e//evil.com'],
  ['SEC-023', '/./\\evil.com'],
  ['SEC-023', '/.//'],
  ['SEC-023', '/.//app.example/x'],
  ['SEC-023', 'https://app.example/..//evil.com'],
  ['SEC-024', 'https:evil.com'],
  ['SEC-024', 'https:/evil.com'],
  ['SEC-024', 'http:evil.com'],
  ['SEC-024', 'https:/app'],
  ['SEC-025', 'https://app.example@evil.com'],
  ['SEC-025', 'https://app.example:443@evil.com'],
  ['SEC-025', 'https://evil.com\\@app.example'],
  ['SEC-025', 'https://evil.com#@app.example'],
  ['SEC-025', 'https://user@app.example/app/x'],
  ['SEC-026', 'https://app.example.evil.com'],
  ['SEC-026', 'https://evil.com/app.example'],
  ['SEC-026', 'https://notapp.example'],
  ['SEC-027', 'http://app.example/x'],
  ['SEC-027', 'https://app.example:8443/x'],
  ['SEC-028', 'blob:https://app.example/uuid'],
  ['SEC-029', 'javascript:alert(1)'],
  ['SEC-029', 'JaVaScRiPt:alert(1)'],
  ['SEC-029', 'java\nscript:alert(1)'],
  ['SEC-029', 'data:text/html,<script>alert(1)</script>'],
  ['SEC-029', 'vbscript:x'],
  ['SEC-029', 'file:///etc/passwd'],
  ['SEC-030', '//evil\u3002com'],
  ['SEC-030', '//evil%E3%80%82com'],
  ['SEC-030', '//\u0435vil.com'],
  ['SEC-031', '%2f%2fevil.com'],
  ['SEC-031', '%252f%252fevil.com'],
  ['SEC-032', '/ok\r\nLocation: https://evil.com'],
  ['SEC-033', '/\u0000'],
  ['SEC-033', '/a\u007f'],
  ['SEC-034', '/auth'],
  ['SEC-034', '/auth/login'],
  ['SEC-034', '/auth/logout'],
  ['SEC-034', '/auth/callback?code=x&state=y'],
  ['SEC-034', '/auth/login?return_to=/auth/login'],
  ['SEC-034', '/AUTH/logout'],
  ['SEC-034', '/%61uth/logout'],
  ['SEC-034', '/x/../auth/logout'],
  ['SEC-036', `/${'a'.repeat(8192)}`],
  ['SEC-036', `/${'a'.repeat(2_000_000)}`],
  ['SEC-036', `/${'a'.repeat(2048)}`],
  ['SEC-036', `/${'\u00fc'.repeat(400)}`],
  ['SEC-036', `/x#${'a'.repeat(4096)}`],
  ['SEC-037', ['/x']],
  ['SEC-037', { toString: () => '/x' }],
  ['SEC-037', 7],
  ['SEC-037', null],
  ['SEC-037', undefined],
  ['SEC-037', ''],
  ['SEC-042', '//evil.com/..'],
  ['SEC-043', '/_next/data/build/page.json'],
  ['SEC-043', '/_next/image?url=https://evil.com'],
  ['SEC-043', '/_next'],
  ['SEC-043', '/fr/../_next/data'],
]

describe('sanitizeReturnTo refuses', () => {
  it.each(
    bases.flatMap(([where, base]) =>
      refused.map(([row, target]) => [row, JSON.stringify(target)?.slice(0, 60), where, base, target] as const),
    ),
  )('%s %s %s', (_row, _text, _where, base, target) => {
    expect(sanitize(target, base)).toBeUndefined()
  })

  it('an absolute address of our origin beside the app', () => {
    expect(sanitize('https://app.example/other', underApp)).toBeUndefined()
    expect(sanitize('https://app.example/application', underApp)).toBeUndefined()
    expect(sanitize('https://app.example/app/../other', underApp)).toBeUndefined()
  })
})

describe('sanitizeReturnTo accepts', () => {
  it.each<[string, string, string, string]>([
    ['a path', '/members', '/members', '/app/members'],
    ['path and query', '/members?page=2&sort=name', '/members?page=2&sort=name', '/app/members?page=2&sort=name'],
    ['the root', '/', '/', '/app/'],
    ['a path that begins like an excluded one', '/authority', '/authority', '/app/authority'],
    ['empty segments inside', '/proxy//x', '/proxy//x', '/app/proxy//x'],
    ['an address in the query', '/x?to=https://evil.com//', '/x?to=https://evil.com//', '/app/x?to=https://evil.com//'],
    ['a backslash in the query', '/x?a=\\b', '/x?a=\\b', '/app/x?a=\\b'],
    ['SEC-031 encoded slashes, not decoded', '/%2f%2fevil.com', '/%2f%2fevil.com', '/app/%2f%2fevil.com'],
    ['SEC-031 an encoded backslash, not decoded', '/%5cevil.com', '/%5cevil.com', '/app/%5cevil.com'],
    [
      'SEC-032 encoded CR LF, not decoded',
      '/ok%0d%0aSet-Cookie:%20x=y',
      '/ok%0d%0aSet-Cookie:%20x=y',
      '/app/ok%0d%0aSet-Cookie:%20x=y',
    ],
    ['SEC-033 an encoded NUL, without truncation', '/path%00.evil', '/path%00.evil', '/app/path%00.evil'],
    [
      'SEC-035 a path with side effects: the app decides',
      '/api/delete?id=1',
      '/api/delete?id=1',
      '/app/api/delete?id=1',
    ],
    ['SEC-038 a lone surrogate, encoded', '/\ud800', '/%EF%BF%BD', '/app/%EF%BF%BD'],
    ['SEC-039 without a fragment', '/x#access_token=secret', '/x', '/app/x'],
    ['SEC-043 dot segments, base path applied once', '/fr/../../x', '/x', '/app/x'],
    ['malformed escapes', '/100%', '/100%', '/app/100%'],
  ])('%s', (_label, target, atRoot, belowApp) => {
    expect(sanitize(target, root)).toBe(atRoot)
    expect(sanitize(target, underApp)).toBe(belowApp)
  })

  it.each([
    ['with a path', 'https://app.example/members?a=b', '/members?a=b'],
    ['without a path', 'https://app.example', '/'],
    ['with a query only', 'https://app.example?a=b', '/?a=b'],
    ['with a fragment only', 'https://app.example#a', '/'],
  ])('an absolute address of our own %s', (_label, target, expected) => {
    expect(sanitize(target)).toBe(expected)
  })

  it('an absolute address under the base path, and a path that already holds it', () => {
    expect(sanitize('https://app.example/app/members', underApp)).toBe('/app/members')
    expect(sanitize('/app/members', underApp)).toBe('/app/members')
    expect(sanitize('/app', underApp)).toBe('/app')
  })

  it('SEC-036 exactly 2048 bytes', () => {
    const longest = `/${'a'.repeat(2047)}`
    expect(sanitize(longest)).toBe(longest)
    expect(sanitize(`${longest.slice(0, -1)}\u00fc`)).toBeUndefined()
  })

  it('SEC-044 parameters of another request as one encoded value', () => {
    const target = '/x&client_id=evil&scope=admin?a=b&redirect_uri=https://evil.com'
    const returnTo = sanitize(target)
    expect(returnTo).toBe(target)
    const url = new URL('https://auth.example/authorize')
    url.search = new URLSearchParams({ client_id: 'ours', return_to: returnTo ?? '' }).toString()
    expect([...new URL(url.href).searchParams]).toEqual([
      ['client_id', 'ours'],
      ['return_to', target],
    ])
  })
})

const hostilePieces = fc.constantFrom(
  '/', '//', '\\', ':', '@', '?', '#', '%', '.', '..', '/./', '/../', '\t', '\n', '\r', '\0', ' ', ';', '&', '%2f', '%5c', '%2e', '%00',
  'https:', 'http:', 'javascript:', 'blob:', 'data:', 'app.example', 'https://app.example', 'https://app.example/app', 'evil.com', 'auth',
  'app', '_next', 'a', '\u3002', '\u0435', '\ud800', '\udc00', '\u00a0', '\u2028', '\ufeff', '[::1]', '0x7f.1',
) // biome-ignore format: one table
const hostile = fc.oneof(
  fc.array(hostilePieces, { maxLength: 10 }).map((pieces) => pieces.join('')),
  fc.array(hostilePieces, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.anything(),
)

describe('sanitizeReturnTo, for every input', () => {
  it('F1 is total, stays on our origin, never begins with two slashes, and changes nothing when applied again', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(root, underApp), (target, base) => {
        const out = sanitize(target, base)
        if (out === undefined) return
        const { origin, protocol, username, password, href, pathname } = new URL(out, base.origin)
        expect({ origin, protocol, username, password }).toEqual({
          origin: base.origin,
          protocol: 'https:',
          username: '',
          password: '',
        })
        expect(href).toBe(base.origin + out)
        expect(out).toMatch(/^\/(?![/\\])[\u0021-\u007e]*$/)
        expect(out.length).toBeLessThanOrEqual(2048)
        expect(pathname === base.path || pathname.startsWith(`${base.path}/`)).toBe(true)
        expect(sanitize(out, base)).toBe(out)
      }),
      { numRuns: 5000 },
    )
  })

  it('F1 survives a socket: the Location that arrives is the one that was sent, on our origin', async () => {
    const outs = fc
      .sample(hostile, { numRuns: 2000, seed: 7 })
      .map((target) => sanitize(target))
      .filter((out) => out !== undefined)
    expect(outs.length).toBeGreaterThan(50)
    const server = createServer((request, response) => {
      const answer = seeOther(urlUnder(root, outs[Number(request.url?.slice(1))] ?? '/'))
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      for (const [index, out] of outs.entries()) {
        const response = await fetch(`http://127.0.0.1:${port}/${index}`, { redirect: 'manual' })
        expect(response.headers.get('location')).toBe(`https://app.example${out}`)
      }
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('F2 leaves every legitimate path and query as it is', () => {
    const segment = fc.stringMatching(/^(?:[A-Za-z0-9_~!$&()*+,;=:@-]|%[0-9A-F]{2}){1,12}$/)
    const query = fc.stringMatching(/^(?:[A-Za-z0-9_.~!$&()*+,;=:@/?-]|%[0-9A-F]{2}){1,40}$/)
    const legitimate = fc
      .tuple(fc.array(segment, { maxLength: 5 }), fc.option(query))
      .map(([segments, search]) => `/${segments.join('/')}${search === null ? '' : `?${search}`}`)
      .filter((path) => !/^\/(?:%2e|auth|_next|(?:%[0-9a-f]{2})+(?:\/|$|\?))/i.test(path) && !/%2e/i.test(path))
    fc.assert(
      fc.property(legitimate, (path) => {
        expect(sanitize(path, root)).toBe(path)
      }),
      { numRuns: 2000 },
    )
  })
})
