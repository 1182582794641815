import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, type Handler, Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { deleteCookie, setCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import { stream, streamSSE, streamText } from 'hono/streaming'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Setup, start } from './test/app.js'
import { page, script } from './test/visitor.js'

const names = (lines: readonly string[]) => lines.map((line) => line.slice(0, line.indexOf('=')))
const isCaching = ([name]: readonly [string, string]) => /cache|surrogate|expires|etag|last-modified|vary/.test(name)
const privately = ['cache-control', 'private, no-store'] as const

let upstream = ''
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'public', 'set-cookie': ['a=1', 'b=2'] })
  res.end('from upstream')
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => void server.close())

/** A guarded page whose session is refreshed by the request. */
async function refreshed(handler: Handler | MiddlewareHandler, setup: Setup = {}) {
  const app = await start({
    ...setup,
    routes(app, auth) {
      setup.routes?.(app, auth)
      app.get('/x', auth.requireAuth(), handler)
    },
  })
  const browser = await app.signedIn()
  app.ahead = 400
  return { app, browser, answer: await browser.get('/x', script) }
}

const two = (headers = new Headers()) => {
  headers.append('Set-Cookie', 'a=1')
  headers.append('Set-Cookie', 'b=2')
  return headers
}

describe('the app’s own response', () => {
  it.each<readonly [string, Handler, number, string]>([
    [
      'c.header and c.text',
      (c) => {
        c.header('Set-Cookie', 'a=1', { append: true })
        c.header('Set-Cookie', 'b=2', { append: true })
        return c.text('own')
      },
      200,
      'own',
    ],
    [
      'setCookie of hono/cookie',
      (c) => {
        setCookie(c, 'a', '1')
        setCookie(c, 'b', '2')
        return c.json('own')
      },
      200,
      '"own"',
    ],
    ['a Response of its own', () => new Response('own', { headers: two() }), 200, 'own'],
    ['a Response with a status', () => new Response('own', { status: 418, headers: two() }), 418, 'own'],
    ['no content', () => new Response(null, { status: 204, headers: two() }), 204, ''],
    [
      'a stream of its own',
      () => new Response(new Blob(['own']).stream(), { headers: two(new Headers({ 'content-type': 'text/x' })) }),
      200,
      'own',
    ],
    ['what fetch() has brought, immutable', () => fetch(upstream), 200, 'from upstream'],
    [
      'the stream helper',
      (c) => {
        setCookie(c, 'a', '1')
        setCookie(c, 'b', '2')
        return stream(c, async (out) => {
          await out.write('ow')
          await out.sleep(5)
          await out.write('n')
        })
      },
      200,
      'own',
    ],
  ])(
    'SEC-352 keeps its own cookies beside ours, each in a line of its own: %s',
    async (_label, handler, status, text) => {
      const { answer, browser, app } = await refreshed(handler)
      expect([answer.status, answer.text]).toEqual([status, text])
      expect(names(answer.setCookies)).toEqual(['a', 'b', 'scalegate'])
      expect(answer.lines.filter(isCaching)).toEqual([privately, ['vary', 'Cookie']])
      expect((await browser.get('/x', script)).status).toBe(status)
      expect([app.provider.grants.length, app.errors]).toEqual([2, []])
    },
  )

  it('SEC-352 Response.redirect, immutable', async () => {
    const { answer } = await refreshed(() => Response.redirect('https://app.example/next', 303))
    expect([answer.status, answer.header('location')]).toEqual([303, 'https://app.example/next'])
    expect([names(answer.setCookies), answer.header('cache-control')]).toEqual([['scalegate'], 'private, no-store'])
  })

  it('SEC-352 through app.request as well, where Response is the one of the platform', async () => {
    const { app, browser } = await refreshed(() => fetch(upstream))
    app.ahead = 800
    const answer = await app.app.request('/x', { headers: { ...script, cookie: browser.cookieHeader } })
    expect(names(answer.headers.getSetCookie())).toEqual(['a', 'b', 'scalegate'])
    expect([answer.status, await answer.text()]).toEqual([200, 'from upstream'])
  })

  it('SEC-352 a session of several cookies arrives in several lines', async () => {
    const app = await start({
      routes: (app, auth) => app.get('/x', auth.requireAuth(), (c) => c.text(c.var.auth.user.id)),
    })
    const browser = await app.signedIn({ sub: 'usr_big', claims: { filler: 'x'.repeat(4000) } })
    expect([...browser.cookies.keys()]).toEqual(['scalegate.0', 'scalegate.1', 'scalegate.2'])
    app.ahead = 400
    expect(names((await browser.get('/x', script)).setCookies)).toEqual(['scalegate.0', 'scalegate.1', 'scalegate.2'])
    expect((await browser.get('/x', script)).text).toBe('usr_big')
  })

  it('SEC-352 a constant Response of the app never carries the cookie of one person to the next', async () => {
    const constant = new Response(null, { status: 204 })
    const app = await start({
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), () => constant)
        app.get('/open', () => constant)
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    expect(names((await browser.get('/x', script)).setCookies)).toEqual(['scalegate'])
    const open = await app.visitor().get('/open')
    expect([open.status, open.setCookies, open.header('cache-control')]).toEqual([204, [], undefined])
    const next = await (await app.signedIn({ sub: 'usr_bob' })).get('/x', script)
    expect([next.status, next.setCookies]).toEqual([204, []])
  })

  it.each<readonly [string, Handler]>([
    [
      'c.header',
      (c) => {
        c.header('Cache-Control', 'public, max-age=3600, immutable')
        c.header('CDN-Cache-Control', 'max-age=60')
        c.header('Surrogate-Control', 'max-age=60')
        c.header('Expires', 'x')
        c.header('Vary', 'Accept-Encoding')
        return c.text('x')
      },
    ],
    [
      'a Response of its own',
      () =>
        new Response('x', {
          headers: {
            'cache-control': 'public',
            'vercel-cdn-cache-control': 'max-age=60',
            etag: '"x"',
            vary: 'Accept-Encoding',
          },
        }),
    ],
  ])('SEC-346 SEC-347 SEC-348 is private, whatever the handler says: %s', async (_label, handler) => {
    const { answer } = await refreshed(handler)
    expect(answer.lines.filter(isCaching)).toEqual([privately, ['vary', 'Accept-Encoding, Cookie']])
  })

  it('SEC-347 SEC-348 is private whatever middleware after the kit says: ETag, compression, CORS', async () => {
    const app = await start({
      mount: (app, auth) =>
        app.use(auth, etag(), compress(), cors({ origin: 'https://app.example', credentials: true })),
      routes: (app, auth) => app.get('/x', auth.requireAuth(), (c) => c.text('x'.repeat(2000))),
    })
    const browser = await app.signedIn()
    const sent = { ...script, origin: 'https://app.example', 'accept-encoding': 'gzip' }
    const answer = await browser.get('/x', sent)
    expect([answer.header('content-encoding'), answer.header('etag')]).toEqual(['gzip', undefined])
    expect(answer.lines.filter(isCaching)).toEqual([privately, ['vary', expect.stringMatching(/, Cookie$/)]])
    expect(answer.header('access-control-allow-origin')).toBe('https://app.example')
    const again = await browser.get('/x', { ...sent, 'if-none-match': '*' })
    expect(again.header('etag')).toBeUndefined()
  })

  it('SEC-350 a public page stays cacheable, without cookies, also for somebody signed in', async () => {
    const response = new Response('x', { headers: { 'cache-control': 'public, max-age=60', etag: '"x"' } })
    const app = await start({ routes: (app) => app.get('/public', () => response) })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.get('/public')
    expect(answer.lines.filter(isCaching)).toEqual([
      ['cache-control', 'public, max-age=60'],
      ['etag', '"x"'],
    ])
    expect([answer.setCookies, app.provider.grants]).toEqual([[], ['authorization_code']])
  })

  it('SEC-350 a public page comes out of the kit as the very object the handler made', async () => {
    const response = new Response('x')
    const { app } = await start({ routes: (app) => app.get('/public', () => response) })
    expect(await app.request('/public')).toBe(response)
  })

  it('SEC-346 a page that only asked whether there is a session is private too', async () => {
    const app = await start({
      routes: (app, auth) =>
        app.get('/', async (c) => {
          await auth.session(c)
          c.header('Cache-Control', 'public')
          return c.text('x')
        }),
    })
    expect((await app.visitor().get('/')).lines.filter(isCaching)).toEqual([privately, ['vary', 'Cookie']])
  })
})

describe('errors and pages that are not there', () => {
  const boom = async () => {
    throw new Error('boom')
  }
  it.each<readonly [string, Handler, number]>([
    ['an Error', boom, 500],
    [
      'an HTTPException',
      () => {
        throw new HTTPException(409)
      },
      409,
    ],
    ['c.notFound()', (c) => c.notFound(), 404],
    ['next() of the last handler', (_c, next) => next(), 404],
  ])('SEC-352 a refresh reaches the answer of app.onError and app.notFound: %s', async (_label, handler, status) => {
    const { answer } = await refreshed(handler)
    expect([answer.status, names(answer.setCookies)]).toEqual([status, ['scalegate']])
    expect(answer.lines.filter(isCaching)).toEqual([privately, ['vary', 'Cookie']])
  })

  it('a handler of a sub-app with an onError of its own', async () => {
    const sub = new Hono().onError((error) => new Response(`sub: ${error.message}`, { status: 500 }))
    sub.get('/', boom)
    const app = await start({
      routes(app, auth) {
        app.use('/x', auth.requireAuth())
        app.route('/x', sub)
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.get('/x')
    expect([answer.status, answer.text, names(answer.setCookies)]).toEqual([500, 'sub: boom', ['scalegate']])
    expect(answer.header('cache-control')).toBe('private, no-store')
  })

  it('a notFound that knows its caller, where nothing else matches', async () => {
    const app = await start({
      routes: (app, auth) => app.notFound(async (c) => c.text(`${(await auth.session(c))?.user.id}: no`, 404)),
    })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.get('/nothing')
    expect([answer.status, answer.text, names(answer.setCookies)]).toEqual([404, 'usr_ada: no', ['scalegate']])
    expect(answer.header('cache-control')).toBe('private, no-store')
  })

  it('a notFound that asks and fails: Hono answers outside of the kit, with the cookie and in private', async () => {
    const app = await start({
      routes: (app, auth) =>
        app.notFound(async (c) => {
          await auth.session(c)
          throw new Error('boom')
        }),
    })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.get('/nothing')
    expect([answer.status, answer.text, names(answer.setCookies)]).toEqual([500, 'app: Error', ['scalegate']])
    expect(answer.lines.filter(isCaching)).toEqual([privately, ['vary', 'Cookie']])
    expect(app.errors.map(({ message }) => message)).toEqual(['boom'])
  })

  it('after such an error nothing more can be stored, and that is said', async () => {
    const app = await start({
      routes: (app, auth) =>
        app
          .notFound(() => {
            throw new Error('boom')
          })
          .onError(async (_error, c) => c.text(await auth.logout(c).catch(({ code }) => code))),
    })
    expect((await (await app.signedIn()).get('/nothing')).text).toBe('headers_already_sent')
  })

  it('what is thrown and is no Error goes through untouched, before and after the handler has answered', async () => {
    const odd = { odd: true }
    const { app } = await start({
      routes(app, auth) {
        app.get('/before', async (c) => {
          await auth.session(c)
          throw odd
        })
        app.use('/after', async (_c, next) => {
          await next()
          throw odd
        })
        app.get('/after', () => fetch(upstream))
      },
    })
    for (const path of ['/before', '/after']) await expect(app.request(path)).rejects.toBe(odd)
  })
})

describe('what an earlier middleware has set', () => {
  const early: MiddlewareHandler = async (c, next) => {
    for (const [name, value] of [
      ['Cache-Control', 'public, max-age=60'],
      ['CDN-Cache-Control', 'max-age=60'],
      ['ETag', '"x"'],
      ['Location', 'https://evil.example/'],
      ['X-Own', '1'],
    ] as const)
      c.header(name, value)
    c.header('Set-Cookie', 'own=1')
    await next()
  }
  /** Hono keeps headers in another place once somebody has touched `c.res`, and merges them differently. */
  const touched: MiddlewareHandler = async (c, next) => {
    c.res.headers.set('X-Touched', '1')
    await next()
  }

  it.each<readonly [string, MiddlewareHandler[]]>([
    ['c.header', [early]],
    ['c.res.headers', [touched, early]],
    ['CORS', [cors({ origin: 'https://app.example', credentials: true }), early]],
  ])('SEC-345 does not make a route of the kit cacheable, and loses no cookie: %s', async (_label, middleware) => {
    const app = await start({
      mount(app, auth) {
        for (const one of [...middleware, auth]) app.use(one)
      },
    })
    for (const path of ['/auth/login', '/auth/session', '/auth/callback', '/auth/widgets']) {
      const answer = await app.visitor().get(path)
      expect(answer.lines.filter((line) => isCaching(line) && line[0] !== 'vary')).toEqual([privately])
      expect([answer.header('x-own'), names(answer.setCookies)[0]]).toEqual(['1', 'own'])
    }
    const begun = await app.visitor().get('/auth/login')
    expect(names(begun.setCookies)).toEqual(['own', expect.stringMatching(/^scalegate-login/)])
    expect(begun.header('location')).toContain(app.provider.issuer)
  })

  it.each<readonly [string, MiddlewareHandler[]]>([
    ['c.header', [early]],
    ['c.res.headers', [touched, early]],
  ])('SEC-349 has no say in a refusal: %s', async (_label, middleware) => {
    const app = await start({
      mount(app, auth) {
        for (const one of [...middleware, auth]) app.use(one)
      },
      routes: (app, auth) => app.get('/x', auth.requireAuth(), (c) => c.text('in')),
    })
    const answer = await app.visitor().get('/x')
    expect(answer.header('location')).toMatch(/^http:\/\/localhost:3000\/auth\/login\?/)
    expect([answer.header('cache-control'), answer.setCookies]).toEqual(['private, no-store', ['own=1']])
  })

  it('SEC-354 a policy set earlier for the app’s pages is replaced on pages of the kit', async () => {
    const app = await start({
      mount(app, auth) {
        const policy: MiddlewareHandler = async (c, next) => {
          c.header('Content-Security-Policy', "default-src *; form-action 'self'")
          c.header('X-Frame-Options', 'SAMEORIGIN')
          await next()
        }
        app.use(policy, auth)
      },
    })
    const answer = await app.visitor().get('/auth/callback?state=x&code=y')
    expect(answer.header('content-security-policy')).toContain("default-src 'none'")
    expect([answer.header('content-type'), answer.header('x-content-type-options')]).toEqual([
      'text/html; charset=utf-8',
      'nosniff',
    ])
    expect(answer.header('x-frame-options')).toBe('SAMEORIGIN')
  })

  it('secureHeaders with overwrite: false leaves the policy of the kit’s pages alone, mounted before or after it', async () => {
    const policy = secureHeaders({ overwrite: false, contentSecurityPolicy: { defaultSrc: ["'self'"] } })
    for (const order of [0, 1]) {
      const app = await start({
        mount: (app, auth) => (order === 0 ? app.use(policy, auth) : app.use(auth, policy)),
        routes: (app, auth) => app.get('/x', auth.requireRole('admin'), (c) => c.text('in')),
      })
      const refused = await (await app.signedIn()).get('/x')
      expect([refused.status, refused.header('content-security-policy')]).toEqual([
        403,
        expect.stringContaining("default-src 'none'"),
      ])
      const failed = await app.visitor().get('/auth/callback?state=x&code=y')
      expect(failed.header('content-security-policy')).toContain("default-src 'none'")
    }
  })
})

describe('streams and other odd responses', () => {
  it('SEC-351 a stream that asks late refreshes nothing, and one that asks first does', async () => {
    const app = await start({
      routes(app, auth) {
        app.get('/late', (c) =>
          streamText(c, async (out) => {
            await out.write('first ')
            await out.sleep(20)
            await out.write(`stale: ${(await auth.session(c))?.stale}`)
          }),
        )
        app.get('/early', auth.requireAuth(), (c) =>
          streamSSE(c, async (out) => {
            await out.writeSSE({ data: 'first' })
            await out.sleep(5)
            await out.writeSSE({ data: 'second' })
          }),
        )
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    expect((await browser.get('/late')).text).toBe('first stale: true')
    expect(app.provider.grants).toEqual(['authorization_code'])
    const early = await browser.get('/early')
    expect([early.text, names(early.setCookies)]).toEqual(['data: first\n\ndata: second\n\n', ['scalegate']])
    expect([early.header('content-type'), early.header('cache-control')]).toEqual([
      'text/event-stream',
      'private, no-store',
    ])
  })

  it('SEC-351 the first byte of a stream does not wait for the last', async () => {
    let finish = () => undefined as undefined
    const app = await start({
      routes: (app, auth) =>
        app.get('/x', auth.requireAuth(), (c) =>
          streamText(c, async (out) => {
            await out.write('first')
            await new Promise<void>((resolve) => {
              finish = () => void resolve() as undefined
            })
          }),
        ),
    })
    const browser = await app.signedIn()
    const answer = await fetch(`${app.origin}/x`, { headers: { cookie: browser.cookieHeader } })
    const reader = answer.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first')
    finish()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('SEC-351 headers_already_sent: a logout after the response has left', async () => {
    const seen: unknown[] = []
    const app = await start({
      routes: (app, auth) =>
        app.get('/x', (c) =>
          stream(c, async (out) => {
            await out.sleep(20)
            await auth.logout(c).catch((error) => seen.push(error))
            await out.write('end')
          }),
        ),
    })
    expect((await (await app.signedIn()).get('/x')).text).toBe('end')
    expect(seen).toEqual([expect.objectContaining({ code: 'headers_already_sent' })])
  })

  it('SEC-351 a refresh that finishes after the response has left is told, and its tokens are not lost', async () => {
    const seen: unknown[] = []
    const app = await start({
      routes(app, auth) {
        app.get('/x', (c) => {
          auth.session(c).catch((error) => seen.push(error))
          return c.text('gone')
        })
        app.get('/y', auth.requireAuth(), (c) => c.text('y'))
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    expect((await browser.get('/x')).header('cache-control')).toBe('private, no-store')
    await vi.waitFor(() => expect(seen).toEqual([expect.objectContaining({ code: 'headers_already_sent' })]))
    expect((await browser.get('/y')).text).toBe('y')
    expect(app.provider.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  it.each([
    ['101, which no constructor makes', () => Object.defineProperty(new Response(null), 'status', { value: 101 }), 101],
    ['a network error', () => Response.error(), 0],
  ])('a response that cannot be made again is passed on: %s', async (_label, make, status) => {
    const odd = make()
    const app = await start({ routes: (app, auth) => app.get('/odd', auth.requireAuth(), () => odd) })
    const { cookieHeader: cookie } = await app.signedIn()
    const answer = await app.app.request('/odd', { headers: { cookie } })
    expect([answer.status, app.errors]).toEqual([status, []])
  })

  it('what a handler sends through Node’s own response is left to it', async () => {
    const answered = await refreshed((c: Context) => {
      const { outgoing } = c.env as { outgoing: import('node:http').ServerResponse }
      outgoing.writeHead(200, { 'content-type': 'text/plain' })
      outgoing.write('by ')
      setTimeout(() => outgoing.end('hand'), 20)
      return RESPONSE_ALREADY_SENT
    })
    expect([answered.answer.status, answered.answer.text, answered.app.errors]).toEqual([200, 'by hand', []])
  })

  it('takes an unusable cookie away on a page load, and leaves it on a script’s request', async () => {
    const app = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), (c) => c.text('in')) })
    const visitor = app.visitor()
    visitor.cookies.set('scalegate', 'rubbish')
    expect((await visitor.get('/x', script)).setCookies).toEqual([])
    expect(names((await visitor.get('/x', page)).setCookies)).toEqual(['scalegate'])
    expect(visitor.cookies.size).toBe(0)
  })

  it('a logout clears the cookies on the handler’s own response, beside those it deletes itself', async () => {
    const { answer, browser } = await refreshed(async (c) => c.text('x'), {
      routes: (app, auth) =>
        app.post('/leave', async (c) => {
          const url = await auth.logout(c)
          deleteCookie(c, 'own')
          return c.redirect(url.href, 303)
        }),
    })
    expect(answer.status).toBe(200)
    const left = await browser.post('/leave', '')
    expect([left.status, names(left.setCookies), browser.cookies.size]).toEqual([303, ['own', 'scalegate'], 0])
  })
})
