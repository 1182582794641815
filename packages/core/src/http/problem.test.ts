import { describe, expect, it } from 'vitest'
import { errorCodes } from '../errors/error-codes.js'
import { problem } from './problem.js'

const unauthenticated = { code: 'unauthenticated', ...errorCodes.unauthenticated }

describe('problem', () => {
  it('SEC-349 is application/problem+json with the code, never cached or sniffed', async () => {
    const response = problem(unauthenticated)
    expect(response.status).toBe(401)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Sign in to continue.',
      status: 401,
      code: 'unauthenticated',
    })
  })

  it('adds members and headers, which replace nothing of its own', async () => {
    const response = problem(unauthenticated, {
      headers: { 'WWW-Authenticate': 'Bearer', 'Content-Type': 'text/html', 'Cache-Control': 'public' },
      members: { loginUrl: 'https://app.example/auth/login', status: 200, code: 'fine', type: 'x', title: 'x' },
    })
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Sign in to continue.',
      status: 401,
      code: 'unauthenticated',
      loginUrl: 'https://app.example/auth/login',
    })
  })
})
