import { describe, expect, it } from 'vitest'
import { RequestError } from '../errors/scalegate-error.js'
import { parseBaseUrl } from '../http/base-url.js'
import { createBench } from '../test/fixture.js'
import type { Route } from './route.js'
import { createRouter } from './router.js'

const page: Route = {
  get: async () => new Response('page', { headers: { 'Cache-Control': 'public', 'CDN-Cache-Control': 'max-age=60' } }),
}
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

const routerAt = (base: string, route: Route = page) =>
  createRouter(parseBaseUrl(base), new Map([['/auth/page', route]]))

describe('createRouter', () => {
  it.each([
    ['the path', 'https://app.example', '/auth/page', true],
    ['with a query', 'https://app.example', '/auth/page?x=1', true],
    ['of another host, which nobody looks at', 'https://app.example', 'http://evil.example/auth/page', true],
    ['under the base path', 'https://app.example/app', '/app/auth/page', true],
    ['with the base path stripped by a proxy', 'https://app.example/app', '/auth/page', true],
    ['with a slash at the end', 'https://app.example', '/auth/page/', false],
    ['in other case', 'https://app.example', '/Auth/Page', false],
    ['escaped', 'https://app.example', '/auth/%70age', false],
    ['with an empty segment before', 'https://app.example', '//auth/page', false],
    ['a part of it', 'https://app.example', '/auth', false],
    ['no path at all', 'https://app.example', '*', false],
    ['nothing', 'https://app.example', '', false],
  ])('owns %s', (_label, base, url, owned) => {
    expect(routerAt(base).owns(url)).toBe(owned)
  })

  it.each([
    ['GET', 200, null],
    ['HEAD', 204, null],
    ['OPTIONS', 204, 'GET, HEAD, OPTIONS'],
    ['POST', 405, 'GET, HEAD, OPTIONS'],
    ['PUT', 405, 'GET, HEAD, OPTIONS'],
    ['BREW', 405, 'GET, HEAD, OPTIONS'],
  ])('SEC-353 %s → %i', async (method, status, allow) => {
    const answer = await routerAt('https://app.example').route(new Request('https://app.example/auth/page', { method }))
    expect([answer?.status, answer?.headers.get('allow') ?? null]).toEqual([status, allow])
    expect(answer?.headers.get('cache-control')).toBe('private, no-store')
  })

  it('leaves other paths to the app', async () => {
    expect(await routerAt('https://app.example').route(new Request('https://app.example/'))).toBeUndefined()
  })

  it('SEC-345 and SEC-352: cookies each in a header of its own, and nothing may be kept', async () => {
    const router = routerAt('https://app.example', {
      get: async ({ jar }) => {
        jar.set('a', '1', attributes)
        jar.set('b', '2', attributes)
        jar.set('a', '3', attributes)
        return new Response('x', {
          headers: { 'Cache-Control': 'public', 'Surrogate-Control': 'max-age=9', Vary: 'Accept' },
        })
      },
    })
    const answer = await router.route(new Request('https://app.example/auth/page'))
    expect(answer?.headers.getSetCookie().map((line) => line.split(';')[0])).toEqual(['a=3', 'b=2'])
    expect([...(answer?.headers ?? [])].filter(([name]) => name !== 'set-cookie')).toEqual([
      ['cache-control', 'private, no-store'],
      ['content-type', 'text/plain;charset=UTF-8'],
      ['vary', 'Accept, Cookie'],
    ])
  })

  it('turns a refused request into a problem, and passes every other error on', async () => {
    const throwing = (error: unknown): Route => ({ get: async () => Promise.reject(error) })
    const request = new Request('https://app.example/auth/page')
    const refused = await routerAt('https://app.example', throwing(new RequestError('payload_too_large'))).route(
      request,
    )
    expect([refused?.status, refused?.headers.get('connection')]).toEqual([413, 'close'])
    await expect(routerAt('https://app.example', throwing(new Error('x'))).route(request)).rejects.toThrow('x')
  })
})

describe('SEC-345 every route of the kit', () => {
  const paths = ['login', 'callback', 'refresh', 'logout', 'backchannel-logout', 'session', 'widgets']
  const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE']

  it.each(paths.flatMap((path) => methods.map((method) => [method, path] as const)))(
    '%s %s is never kept, never 5xx',
    async (method, path) => {
      const bench = await createBench()
      const browser = await bench.signedIn()
      for (const as of ['navigation', 'fetch', 'prefetch'] as const) {
        const answer = await browser.copy().route(`/auth/${path}`, { method, as })
        expect(answer.headers.get('cache-control')).toBe('private, no-store')
        expect(answer.status).toBeLessThan(500)
        expect(answer.headers.has('etag')).toBe(false)
      }
    },
  )
})
