import { type CookieJar, RefreshError, type Scalegate, type Session } from '@scalegate/core'
import { type NextFetchEvent, NextRequest, NextResponse } from 'next/server.js'
import { describe, expect, it, vi } from 'vitest'
import { createProxy, type ProxyHandler } from './proxy.js'

const ada = { user: { id: 'usr_ada' } } as Session
const attributes = { path: '/', secure: false, httpOnly: true, sameSite: 'lax' } as const
const event = {} as NextFetchEvent

interface Kit {
  /** What happens when the session is asked for. */
  readonly session?: (jar: CookieJar) => Promise<Session | null>
}

/** The proxy before a kit whose sessions the test makes; what core decides is tested there. */
async function through(
  path: string,
  kit: Kit = {},
  handler?: ProxyHandler,
  cookie = 'scalegate=old; other=1',
  method = 'GET',
) {
  const asked: string[] = []
  const fake: Partial<Scalegate> = {
    owns: (url) => url.startsWith('/auth/'),
    handle: async () => new Response(null, { status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } }),
    context: (request, jar) => {
      asked.push(request.url)
      return { session: () => kit.session?.(jar) ?? Promise.resolve(null) } as never
    },
  }
  const request = new NextRequest(`http://localhost:3000${path}`, {
    method,
    headers: { cookie, 'x-scalegate-path': '/forged' },
  })
  const answer = await createProxy(fake as Scalegate, handler)(request, event)
  const pageSees = (name: string) => answer.headers.get(`x-middleware-request-${name}`)
  return { answer, asked, pageSees }
}
const refreshed: Kit = {
  session: async (jar) => {
    jar.set('scalegate', 'new', attributes)
    return ada
  },
}

describe('the proxy', () => {
  it('tells the page its address, whatever the request claims it to be', async () => {
    const { answer, pageSees } = await through('/members?page=2')
    expect([answer.headers.get('x-middleware-next'), pageSees('x-scalegate-path')]).toEqual(['1', '/members?page=2'])
  })

  it('SEC-350 leaves what strangers get alone', async () => {
    const { answer } = await through('/public', {}, () => NextResponse.next())
    expect([answer.headers.get('cache-control'), answer.headers.getSetCookie()]).toEqual([null, []])
  })

  it('SEC-345 SEC-346 answers privately to somebody signed in, because the page behind it may ask', async () => {
    const { answer } = await through('/api/export', { session: async () => ada })
    expect([answer.headers.get('cache-control'), answer.headers.getSetCookie()]).toEqual(['private, no-store', []])
  })

  it('shows a refreshed session to the page of the same request and to the browser, privately', async () => {
    const { answer, pageSees } = await through('/members', refreshed)
    expect(pageSees('cookie')).toBe('scalegate=new; other=1')
    expect(answer.headers.getSetCookie()).toEqual(['scalegate=new; Path=/; HttpOnly; SameSite=Lax'])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
  })

  it('shows that a cookie is gone', async () => {
    const { pageSees } = await through('/members', {
      session: async (jar) => {
        jar.set('scalegate', '', { ...attributes, maxAge: 0 })
        return null
      },
    })
    expect(pageSees('cookie')).toBe('other=1')
  })

  it('leaves the kit’s own routes to themselves, also by the app’s own proxy', async () => {
    const session = vi.fn(async () => ada)
    const handler = vi.fn(() => NextResponse.redirect('http://localhost/en/auth/login'))
    const { answer } = await through('/auth/refresh?return_to=/', { session }, handler)
    expect([answer.headers.get('x-middleware-next'), session.mock.calls, handler.mock.calls]).toEqual(['1', [], []])
  })

  it('answers methods there that a route file cannot, with the Allow that belongs to 405', async () => {
    const { answer } = await through('/auth/login', {}, undefined, '', 'PUT')
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  it('lets a page answer for an outage, and passes on what is no outage', async () => {
    const outage = { session: () => Promise.reject(new RefreshError('refresh_unavailable', 'timeout')) }
    expect((await through('/public', outage)).answer.headers.get('x-middleware-next')).toBe('1')
    const bug = { session: () => Promise.reject(new Error('a bug')) }
    await expect(through('/public', bug)).rejects.toThrow('a bug')
  })
})

describe('with the app’s own proxy', () => {
  it('gives it the session and the refreshed request, and keeps its answer', async () => {
    const seen: unknown[] = []
    const { answer, pageSees } = await through('/members', refreshed, (request, { session, event: given }) => {
      seen.push(session, request.cookies.get('scalegate')?.value, given)
      const headers = new Headers(request.headers)
      headers.set('x-nonce', 'abc')
      const next = NextResponse.next({ request: { headers } })
      next.cookies.set('locale', 'en')
      next.headers.set('content-security-policy', "default-src 'self'")
      return next
    })
    expect(seen).toEqual([ada, 'new', event])
    expect([pageSees('x-nonce'), pageSees('cookie'), pageSees('x-scalegate-path')]).toEqual([
      'abc',
      'scalegate=new; other=1',
      '/members',
    ])
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'self'")
    expect(answer.headers.getSetCookie().map((line) => line.split(';')[0])).toEqual(['locale=en', 'scalegate=new'])
  })

  it('SEC-346 makes an answer private that depends on somebody being a stranger, and no other', async () => {
    const reads = await through('/', {}, (_request, { session }) => {
      void session
    })
    const ignores = await through('/', {}, () => NextResponse.next())
    expect([reads, ignores].map(({ answer }) => answer.headers.get('cache-control'))).toEqual([
      'private, no-store',
      null,
    ])
  })

  it('puts the refreshed cookie onto a redirect too, which is immutable', async () => {
    const { answer } = await through('/', refreshed, (request) => Response.redirect(new URL('/en', request.url)))
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([302, 1])
  })
})

describe('on the edge runtime of Next 15, where no logout is heard', () => {
  it('refreshes nothing, tells the address, and does not say who is calling', async () => {
    vi.stubEnv('NEXT_RUNTIME', 'edge')
    vi.resetModules()
    const { createProxy: createEdgeProxy } = await import('./proxy.js')
    vi.unstubAllEnvs()
    const session = vi.fn(async () => ada)
    const kit = { owns: () => false, context: () => ({ session }) } as unknown as Scalegate
    const request = () => new NextRequest('http://localhost:3000/members')
    const answer = await createEdgeProxy(kit)(request(), event)
    expect(answer.headers.get('x-middleware-request-x-scalegate-path')).toBe('/members')
    expect(session).not.toHaveBeenCalled()
    await expect(
      createEdgeProxy(kit, (_request, { session: asked }) => void asked)(request(), event),
    ).rejects.toMatchObject({
      code: 'edge_runtime',
    })
  })
})
