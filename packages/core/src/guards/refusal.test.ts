import { describe, expect, it } from 'vitest'
import { LoginError, RefreshError, SessionError } from '../errors/scalegate-error.js'
import { parseBaseUrl } from '../http/base-url.js'
import { resolveOptions } from '../options/resolve-options.js'
import { createErrorPages } from './error-page.js'
import { createRefusals } from './refusal.js'

const { paths } = resolveOptions(
  {
    issuer: 'https://auth.example',
    clientId: 'c',
    clientSecret: 'secret-of-client',
    cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
    baseUrl: 'https://app.example',
  },
  {},
)
const refusalsAt = (address: string) => {
  const base = parseBaseUrl(address)
  const excluded = Object.values(paths).map((path) => base.path + path)
  return createRefusals({ base, paths, excluded, errorPages: createErrorPages(undefined) })
}
const refusals = refusalsAt('https://app.example')

const document = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const script = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }

const request = (url: string, headers: Readonly<Record<string, string>>, method = 'GET') => ({
  url,
  method,
  headers: new Headers(headers),
})

const moving = /<meta http-equiv="refresh" content="0; url=([^"]+)"/

describe('refuse', () => {
  it.each([
    [
      'a page',
      'https://app.example',
      '/members?page=2',
      'https://app.example/auth/login?return_to=%2Fmembers%3Fpage%3D2',
    ],
    [
      'SEC-012 whatever host the request claims',
      'https://app.example',
      'http://evil.example/members',
      'https://app.example/auth/login?return_to=%2Fmembers',
    ],
    [
      'a page under a base path',
      'https://app.example/app',
      '/app/members',
      'https://app.example/app/auth/login?return_to=%2Fapp%2Fmembers',
    ],
    [
      'a base path that a proxy stripped',
      'https://app.example/app',
      '/members',
      'https://app.example/app/auth/login?return_to=%2Fapp%2Fmembers',
    ],
    [
      'SEC-042 a target that is another host',
      'https://app.example',
      '//evil.example/..',
      'https://app.example/auth/login',
    ],
    ['SEC-034 a route of the kit', 'https://app.example', '/auth/logout', 'https://app.example/auth/login'],
    [
      'SEC-044 one encoded value',
      'https://app.example',
      '/a?x=1&client_id=evil&scope=admin',
      'https://app.example/auth/login?return_to=%2Fa%3Fx%3D1%26client_id%3Devil%26scope%3Dadmin',
    ],
  ])('SEC-309 takes a stranger to the login and back: %s', (_label, base, url, location) => {
    const answer = refusalsAt(base).refuse(request(url, document), { why: 'anonymous' })
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
      303,
      location,
      'private, no-store',
    ])
  })

  it.each([
    [
      'the page the form stood on',
      'https://app.example/form?x=1',
      'https://app.example/auth/login?return_to=%2Fform%3Fx%3D1',
    ],
    ['no foreign page', 'https://evil.example/form', 'https://app.example/auth/login'],
  ])('sends a posted form back to %s', async (_label, referer, location) => {
    const answer = refusals.refuse(request('/save', { ...document, referer }, 'POST'), { why: 'anonymous' })
    // A page that moves on: a redirect would be blocked by form-action 'self' (findings.md G6).
    expect([answer.status, answer.headers.get('location')]).toEqual([401, null])
    expect(moving.exec(await answer.text())?.[1]).toBe(location)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it.each([
    [
      'SEC-309 a stranger’s script',
      script,
      'GET',
      { why: 'anonymous' },
      401,
      { code: 'unauthenticated', login_url: 'https://app.example/auth/login' },
    ],
    [
      'SEC-002 a component fetched by Next',
      { ...document, rsc: '1' },
      'GET',
      { why: 'anonymous' },
      401,
      { code: 'unauthenticated' },
    ],
    [
      'SEC-002 a program by its Accept',
      { accept: 'application/json' },
      'GET',
      { why: 'anonymous' },
      401,
      { code: 'unauthenticated' },
    ],
    [
      'a prefetch',
      { ...document, 'sec-purpose': 'prefetch' },
      'GET',
      { why: 'anonymous' },
      401,
      { code: 'unauthenticated' },
    ],
    [
      'a script with a stale session',
      script,
      'GET',
      { why: 'stale' },
      401,
      { code: 'refresh_required', refresh_url: 'https://app.example/auth/refresh' },
    ],
    [
      'a script without the permission',
      script,
      'POST',
      { why: 'forbidden', requirement: { permissions: ['a'], roles: ['b'] } },
      403,
      { code: 'forbidden', permissions: ['a'], roles: ['b'] },
    ],
    [
      'a script without any of them',
      script,
      'GET',
      { why: 'forbidden', requirement: { anyPermission: ['a'] } },
      403,
      { code: 'forbidden', any_permission: ['a'] },
    ],
  ] as const)('answers a program with problem+json: %s', async (_label, headers, method, refusal, status, body) => {
    const answer = refusals.refuse(request('/x', headers, method), refusal)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ type: 'about:blank', status, ...body })
    expect(Object.fromEntries(answer.headers)).toEqual({
      'cache-control': 'private, no-store',
      'content-type': 'application/problem+json',
      'www-authenticate': status === 403 ? 'Bearer error="insufficient_scope"' : 'Bearer',
      'x-content-type-options': 'nosniff',
    })
  })

  it('shows a known person a page, never the login', async () => {
    const answer = refusals.refuse(request('/x', document), { why: 'forbidden', requirement: { permissions: ['a'] } })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('location')).toBeNull()
    expect(await answer.text()).toContain('<small>forbidden</small>')
  })

  it('sends a stale page through the refresh route', () => {
    const answer = refusals.refuse(request('/x?y=1', document), { why: 'stale' })
    expect(answer.headers.get('location')).toBe('https://app.example/auth/refresh?return_to=%2Fx%3Fy%3D1')
  })
})

describe('unavailable', () => {
  const down = new RefreshError('refresh_unavailable', 'timeout', 17)

  it('tells a program when to come back', async () => {
    const answer = refusals.unavailable(request('/x', script), down)
    expect([
      answer.status,
      answer.headers.get('retry-after'),
      ((await answer.json()) as { code: string }).code,
    ]).toEqual([503, '17', 'refresh_unavailable'])
  })

  it('offers a person the page once more', async () => {
    const answer = refusals.unavailable(request('/x?y=1', document), new SessionError('permissions_unavailable'))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await answer.text()).toContain('href="https://app.example/x?y=1"')
  })

  it.each([
    ['an unknown error', new Error('x')],
    ['an error of another kind', new LoginError('state_missing')],
  ])('passes %s on', (_label, error) => {
    expect(() => refusals.unavailable(request('/x', script), error)).toThrow(error)
  })
})

describe('where nothing but a redirect can be answered', () => {
  const anywhere = [
    ['a page', document],
    ['a page that the router fetches', { ...script, rsc: '1' }],
    ['a server action', { ...script, 'next-action': 'a1' }],
  ] as const

  it.each(anywhere)('a stranger is sent to the login and back: %s', (_label, headers) => {
    const refused = refusals.refuse(request('/members?page=2', headers), { why: 'anonymous' }, 'redirects')
    expect([refused.status, refused.headers.get('location')]).toEqual([
      303,
      'https://app.example/auth/login?return_to=%2Fmembers%3Fpage%3D2',
    ])
  })

  it.each(anywhere)('known and not allowed, to the 403 page: %s', (_label, headers) => {
    const refusal = { why: 'forbidden', requirement: { permissions: ['x'] } } as const
    const refused = refusals.refuse(request('/members', headers), refusal, 'redirects')
    expect([refused.status, refused.headers.get('location')]).toEqual([303, 'https://app.example/auth/forbidden'])
  })

  it.each(anywhere)('stale or not to be decided now, to the refresh and back: %s', (_label, headers) => {
    const asked = request('/members', headers)
    for (const answer of [
      refusals.refuse(asked, { why: 'stale' }, 'redirects'),
      refusals.unavailable(asked, new RefreshError('refresh_unavailable', 'timeout'), 'redirects'),
    ])
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        'https://app.example/auth/refresh?return_to=%2Fmembers',
      ])
  })

  it('comes back to the page of a form that was posted', () => {
    const posted = request('/members', { ...script, referer: 'https://app.example/settings' }, 'POST')
    const refused = refusals.refuse(posted, { why: 'anonymous' }, 'redirects')
    expect(refused.headers.get('location')).toBe('https://app.example/auth/login?return_to=%2Fsettings')
  })

  it('marks the way of a form that was posted without scripts, which may not leave the site by redirects', () => {
    const posted = request('', { ...document, referer: 'https://app.example/settings' }, 'POST')
    const refused = refusals.refuse(posted, { why: 'anonymous' }, 'redirects')
    expect(refused.headers.get('location')).toBe('https://app.example/auth/login?return_to=%2Fsettings&posted_form=1')
  })

  it('does not take anybody away from a form because the provider is out', () => {
    const error = new RefreshError('refresh_unavailable', 'timeout')
    expect(() => refusals.unavailable(request('/members', script, 'POST'), error, 'redirects')).toThrow(error)
  })

  it('knows no way back where the address is not known', () => {
    const refused = refusals.refuse(request('', document), { why: 'anonymous' }, 'redirects')
    expect(refused.headers.get('location')).toBe('https://app.example/auth/login')
  })
})
