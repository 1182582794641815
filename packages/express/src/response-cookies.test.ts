import type { Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { type Setup, start, versions } from './test/app.js'
import { page, script } from './test/visitor.js'

const names = (lines: readonly string[]) => lines.map((line) => line.slice(0, line.indexOf('=')))

describe.each(versions)('Express %i: the app’s own response', (version) => {
  /** A guarded page whose session is refreshed by the request. */
  async function refreshed(handler: (req: Request, res: Response) => void, setup: Setup = {}) {
    const app = await start(version, {
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

  it.each([
    [
      'res.setHeader',
      (_: Request, res: Response) => {
        res.setHeader('Set-Cookie', ['a=1', 'b=2'])
        res.end()
      },
    ],
    [
      'res.cookie',
      (_: Request, res: Response) => {
        res.cookie('a', '1').cookie('b', '2').send('x')
      },
    ],
    [
      'res.writeHead with an object',
      (_: Request, res: Response) => {
        res.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end()
      },
    ],
    [
      'res.writeHead with a flat list',
      (_: Request, res: Response) => {
        res.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end()
      },
    ],
    [
      'res.writeHead with a reason',
      (_: Request, res: Response) => {
        res.writeHead(200, 'fine', { 'set-cookie': ['a=1', 'b=2'] }).end()
      },
    ],
  ])('SEC-352 keeps its own cookies beside ours, each in a line of its own: %s', async (_label, handler) => {
    const { answer, browser } = await refreshed(handler)
    expect(answer.status).toBe(200)
    expect(names(answer.setCookies)).toEqual(['a', 'b', 'scalegate'])
    expect((await browser.get('/x', script)).status).toBe(200)
  })

  it('SEC-352 a session of several cookies arrives in several lines', async () => {
    const app = await start(version, {
      routes: (app, auth) => app.get('/x', auth.requireAuth(), (req, res) => void res.json(req.auth.user.id)),
    })
    const browser = await app.signedIn({ sub: 'usr_big', claims: { filler: 'x'.repeat(4000) } })
    expect([...browser.cookies.keys()]).toEqual(['scalegate.0', 'scalegate.1', 'scalegate.2'])
    app.ahead = 400
    expect(names((await browser.get('/x', script)).setCookies)).toEqual(['scalegate.0', 'scalegate.1', 'scalegate.2'])
    expect((await browser.get('/x', script)).text).toBe('"usr_big"')
  })

  it.each([
    [
      'res.set',
      (_: Request, res: Response) => {
        res
          .set({
            'Cache-Control': 'public, max-age=3600, immutable',
            'CDN-Cache-Control': 'max-age=60',
            'Surrogate-Control': 'max-age=60',
            Expires: 'x',
            Vary: 'Accept-Encoding',
          })
          .send('x')
      },
    ],
    [
      'res.writeHead',
      (_: Request, res: Response) => {
        res
          .writeHead(200, {
            'cache-control': 'public',
            'vercel-cdn-cache-control': 'max-age=60',
            etag: '"x"',
            vary: 'Accept-Encoding',
          })
          .end('x')
      },
    ],
    [
      'an ETag of Express',
      (_: Request, res: Response) => {
        res.vary('Accept-Encoding').json({ a: 1 })
      },
    ],
  ])('SEC-346 SEC-347 SEC-348 F22 is private, whatever the handler says: %s', async (_label, handler) => {
    const { answer } = await refreshed(handler)
    const caching = answer.lines.filter(([name]) => /cache|surrogate|expires|etag|last-modified|vary/.test(name))
    expect(caching.sort()).toEqual([
      ['cache-control', 'private, no-store'],
      ['vary', 'Accept-Encoding, Cookie'],
    ])
  })

  it('SEC-348 a validator of somebody else gets no 304 with a session', async () => {
    const { browser } = await refreshed((_, res) => void res.set('ETag', '"shared"').send('mine'))
    const answer = await browser.get('/x', { ...script, 'if-none-match': '"shared"' })
    // Express decides about 304 before the headers leave; what it never does is carry the validator on.
    expect(answer.header('etag')).toBeUndefined()
    expect(answer.header('cache-control')).toBe('private, no-store')
  })

  it('SEC-350 a public page stays cacheable, without cookies, also for somebody signed in', async () => {
    const app = await start(version, {
      routes: (app) => app.get('/public', (_req, res) => void res.set('Cache-Control', 'public, max-age=60').send('x')),
    })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.get('/public')
    expect([answer.header('cache-control'), answer.header('vary'), answer.setCookies]).toEqual([
      'public, max-age=60',
      undefined,
      [],
    ])
    expect(answer.header('etag')).toBeDefined()
    expect(app.provider.grants).toEqual(['authorization_code'])
  })

  it('SEC-346 a page that only asked whether there is a session is private too', async () => {
    const app = await start(version, {
      routes: (app, auth) =>
        app.get('/', (req, res, next) => {
          auth.session(req).then(() => void res.set('Cache-Control', 'public').send('x'), next)
        }),
    })
    expect((await app.visitor().get('/')).header('cache-control')).toBe('private, no-store')
  })

  it('SEC-345 what a middleware before the kit has set does not make a route of the kit cacheable', async () => {
    const app = await start(version, {
      mount(app, auth) {
        app.use((_req, res, next) => {
          res.set({
            'Cache-Control': 'public, max-age=60',
            'CDN-Cache-Control': 'max-age=60',
            Expires: 'x',
            ETag: '"x"',
            'Set-Cookie': 'own=1',
          })
          res.set('Content-Security-Policy', "default-src 'self'")
          next()
        })
        app.use(auth)
      },
    })
    for (const path of ['/auth/login', '/auth/session', '/auth/callback', '/auth/widgets']) {
      const answer = await app.visitor().get(path)
      expect(answer.lines.filter(([name]) => /cache|expires|etag/.test(name))).toEqual([
        ['cache-control', 'private, no-store'],
      ])
      // Its own cookie goes along.
      expect(names(answer.setCookies)[0]).toBe('own')
    }
  })

  it('SEC-354 a policy set earlier for the app’s pages is replaced on pages of the kit', async () => {
    const app = await start(version, {
      mount(app, auth) {
        app.use((_req, res, next) => {
          res.set({
            'Content-Security-Policy': "default-src *; form-action 'self'",
            'X-Frame-Options': 'SAMEORIGIN',
            'Referrer-Policy': 'unsafe-url',
          })
          next()
        })
        app.use(auth)
      },
    })
    const answer = await app.visitor().get('/auth/callback?state=x&code=y')
    expect(answer.header('content-security-policy')).toContain("default-src 'none'")
    expect(answer.header('referrer-policy')).toBe('no-referrer')
    expect(answer.header('x-frame-options')).toBe('SAMEORIGIN')
  })

  it('SEC-351 a response that streams before it asks refreshes nothing, and one that asks first does', async () => {
    const app = await start(version, {
      routes(app, auth) {
        app.get('/late', (req, res, next) => {
          res.write('first ')
          auth.session(req).then((session) => void res.end(`stale: ${session?.stale}`), next)
        })
        app.get('/early', auth.requireAuth(), (_req, res) => {
          res.write('first ')
          res.end('second')
        })
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    expect((await browser.get('/late')).text).toBe('first stale: true')
    expect(app.provider.grants).toEqual(['authorization_code'])
    const early = await browser.get('/early')
    expect([early.text, names(early.setCookies)]).toEqual(['first second', ['scalegate']])
  })

  it.each([
    [
      'a guard that has to refuse',
      (app: Parameters<NonNullable<Setup['routes']>>[0], auth: Parameters<NonNullable<Setup['routes']>>[1]) =>
        app.get(
          '/x',
          (_req, res, next) => {
            res.write('x')
            next()
          },
          auth.requirePermission('sk_org_sso_manage'),
        ),
    ],
    [
      'a logout',
      (app: Parameters<NonNullable<Setup['routes']>>[0], auth: Parameters<NonNullable<Setup['routes']>>[1]) =>
        app.get('/x', (req, res, next) => {
          res.write('x')
          auth.logout(req).then(() => void res.end(), next)
        }),
    ],
  ])('SEC-351 headers_already_sent: %s after the first byte', async (_label, routes) => {
    const app = await start(version, { routes: routes as NonNullable<Setup['routes']> })
    const browser = await app.signedIn()
    await browser.get('/x').catch(() => undefined)
    expect(app.errors.map(({ code }) => code)).toEqual(['headers_already_sent'])
  })

  it('SEC-351 a refresh that finishes after the headers have left is told, and its tokens are not lost', async () => {
    const seen: unknown[] = []
    const app = await start(version, {
      routes(app, auth) {
        app.get('/x', (req, res) => {
          auth.session(req).then(
            (session) => seen.push(session),
            (error) => seen.push(error),
          )
          setImmediate(() => res.end('gone'))
        })
        app.get('/y', auth.requireAuth(), (_req, res) => void res.end('y'))
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    await browser.get('/x')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(seen).toEqual([expect.objectContaining({ code: 'headers_already_sent' })])
    expect((await browser.get('/y')).text).toBe('y')
    expect(app.provider.grants).toEqual(['authorization_code', 'refresh_token'])
  })

  it('takes an unusable cookie away on a page load, and leaves it on a script’s request', async () => {
    const app = await start(version, {
      routes: (app, auth) => app.get('/x', auth.requireAuth(), (_req, res) => void res.end()),
    })
    const visitor = app.visitor()
    visitor.cookies.set('scalegate', 'rubbish')
    expect((await visitor.get('/x', script)).setCookies).toEqual([])
    expect(names((await visitor.get('/x', page)).setCookies)).toEqual(['scalegate'])
    expect(visitor.cookies.size).toBe(0)
  })

  it('SEC-364 nothing is left open when the server closes', async () => {
    const app = await start(version)
    await app.signedIn()
    // `app.ts` closes every server after the test; a handle left open would keep the worker.
    expect(app.errors).toEqual([])
  })
})
