import type { NextFunction, Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { scalegate } from './index.js'
import { ada, base, expressOf, listen, secret, start, versions } from './test/app.js'
import { page, script, Visitor } from './test/visitor.js'

const json = (req: Request, res: Response) => void res.json(req.auth.user)

describe.each(versions)('Express %i', (version) => {
  it('the program of the README works: login, a guarded page, a session anywhere, logout', async () => {
    const app = await start(version, {
      routes(app, auth) {
        app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => void res.json(req.auth.user))
        app.get('/', (req, res, next) => {
          auth.session(req).then((session) => void res.send(session === null ? 'stranger' : session.user.id), next)
        })
      },
    })
    const stranger = await app.visitor().get('/members?page=2')
    expect([stranger.status, stranger.header('location')]).toEqual([
      303,
      `${base}/auth/login?return_to=%2Fmembers%3Fpage%3D2`,
    ])
    const browser = await app.signedIn()
    expect(JSON.parse((await browser.get('/members')).text)).toEqual({
      id: 'usr_ada',
      email: 'usr_ada@corp.example',
      emailVerified: false,
    })
    expect((await browser.get('/')).text).toBe('usr_ada')
    const bye = await browser.post('/auth/logout', '', page)
    expect([bye.status, bye.text.includes('http-equiv="refresh"')]).toEqual([200, true])
    expect([browser.cookies.size, (await browser.get('/')).text]).toEqual([0, 'stranger'])
  })

  it.each([
    ['a stranger navigating', 'stranger', page, 303],
    ['SEC-309 a stranger’s script', 'stranger', script, 401],
    ['SEC-309 a program without any hints', 'stranger', {}, 401],
    ['somebody with everything', 'ada', script, 200],
    ['somebody without the permission', 'bob', script, 403],
    ['somebody without the permission, navigating', 'bob', page, 403],
  ] as const)('%s', async (_label, who, headers, status) => {
    const app = await start(version, {
      routes: (app, auth) => app.get('/x', auth.requirePermission('sk_org_users_read'), json),
    })
    const browser = who === 'stranger' ? app.visitor() : await app.signedIn(who === 'ada' ? ada : { sub: 'usr_bob' })
    const answer = await browser.get('/x', headers)
    expect(answer.status).toBe(status)
    // SEC-349.
    expect(answer.header('cache-control')).toBe('private, no-store')
    if (status === 401) expect(answer.header('www-authenticate')).toBe('Bearer')
    if (status === 403) expect(answer.header('location')).toBeUndefined()
  })

  it.each([
    ['requireAuth', 200],
    ['requireAnyPermission, one held', 200],
    ['requireAnyPermission, none held', 403],
    ['requireRole, held', 200],
    ['requireRole, not held', 403],
    ['requireOrganization, the same', 200],
    ['requireOrganization, another', 403],
  ] as const)('%s → %i', async (name, status) => {
    const app = await start(version, {
      routes(app, auth) {
        const guards = {
          requireAuth: auth.requireAuth(),
          'requireAnyPermission, one held': auth.requireAnyPermission('invoices:read', 'sk_org_users_read'),
          'requireAnyPermission, none held': auth.requireAnyPermission('invoices:read', 'sk_org_sso_read'),
          'requireRole, held': auth.requireRole('admin', 'member'),
          'requireRole, not held': auth.requireRole('admin'),
          'requireOrganization, the same': auth.requireOrganization('org_1'),
          'requireOrganization, another': auth.requireOrganization('org_2'),
        }
        app.get('/x', guards[name], json)
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/x', script)).status).toBe(status)
  })

  it.each([
    ['/orgs/org_1', 200],
    ['/orgs/org_2', 403],
    ['/query?org=org_1', 200],
    ['/query?org=org_2', 403],
    ['SEC-308 /query', 403],
    ['SEC-308 /query?org=', 403],
    ['SEC-308 /query?org=org_1&org=org_2', 403],
  ])('an organization from the request: %s → %i', async (label, status) => {
    const app = await start(version, {
      routes(app, auth) {
        app.get(
          '/orgs/:id',
          auth.requireOrganization((req) => String(req.params.id)),
          json,
        )
        app.get(
          '/query',
          auth.requireOrganization((req) => req.query.org as string),
          json,
        )
      },
    })
    const path = label.replace(/^SEC-\d+ /, '')
    expect((await (await app.signedIn()).get(path, script)).status).toBe(status)
    expect((await app.visitor().get(path, script)).status).toBe(401)
    expect(app.errors).toEqual([])
  })

  it('SEC-300 a guard without a requirement cannot be made', () => {
    const auth = scalegate()
    for (const make of [
      () => auth.requirePermission(),
      () => auth.requireAnyPermission(),
      () => auth.requireRole(),
      () => auth.requireOrganization(''),
      () => auth.requirePermission('sk_org_user_read' as never),
    ])
      expect(make).toThrow(TypeError)
  })

  it('SEC-286 HEAD on a guarded GET is decided alike and has no body', async () => {
    const app = await start(version, { routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    const browser = await app.signedIn()
    const head = await browser.send('/x', { method: 'HEAD', headers: script })
    expect([head.status, head.text]).toEqual([200, ''])
    const stranger = await app.visitor().send('/x', { method: 'HEAD', headers: script })
    expect([stranger.status, stranger.text, stranger.header('www-authenticate')]).toEqual([401, '', 'Bearer'])
    const navigating = await app.visitor().send('/x', { method: 'HEAD', headers: page })
    expect([navigating.status, navigating.setCookies]).toEqual([303, []])
  })

  it('SEC-285 OPTIONS on a guarded page is the app’s own matter and touches no session', async () => {
    const app = await start(version, { routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.send('/x', { method: 'OPTIONS', headers: script })
    expect([answer.status, answer.setCookies, app.provider.grants.length]).toEqual([200, [], 1])
  })

  it.each([
    ['TRACE', 405, 'GET, HEAD, OPTIONS'],
    ['PUT', 405, 'GET, HEAD, OPTIONS'],
    ['PROPFIND', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', 204, 'GET, HEAD, OPTIONS'],
    ['HEAD', 204, undefined],
  ])('SEC-353 %s on a route of the kit → %i', async (method, status, allow) => {
    const app = await start(version)
    const answer = await app.visitor().send('/auth/login', { method, headers: page })
    expect([answer.status, answer.header('allow'), answer.setCookies]).toEqual([status, allow, []])
    expect(app.errors).toEqual([])
  })

  it('guard_missing: the session read where no guard stands fails closed and names the route', async () => {
    const app = await start(version, {
      routes(app) {
        app.get('/open/:id', json)
        app.use('/mid', (req: Request, res: Response) => void res.json(req.auth))
      },
    })
    const browser = await app.signedIn()
    expect(await browser.get('/open/canary-id')).toMatchObject({ status: 500, text: 'app: guard_missing' })
    expect(await browser.get('/mid')).toMatchObject({ status: 500 })
    expect(app.errors.map(({ message }) => message.split(' Put')[0])).toEqual([
      'guard_missing: `req.auth` was read at GET /open/:id, which no guard protects.',
      'guard_missing: `req.auth` was read at GET a middleware, which no guard protects.',
    ])
  })

  it('SEC-293 what an earlier middleware claims is not the session, and nothing can be put in its place', async () => {
    const app = await start(version, {
      mount(app, auth) {
        app.use((req, _res, next) => {
          Object.assign(req, { auth: { user: { id: 'usr_evil' } } })
          next()
        })
        app.use(auth)
      },
      routes(app, auth) {
        app.get('/open', json)
        app.get('/x', auth.requireAuth(), json)
        app.get('/set', auth.requireAuth(), (req, res) => {
          Object.assign(req, { auth: 1 })
          res.end()
        })
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/open')).text).toBe('app: guard_missing')
    expect((await browser.get('/x')).text).toContain('usr_ada')
    expect((await browser.get('/set')).text).toBe('app: TypeError')
  })

  it('a property of another name leaves `req.auth` alone', async () => {
    const app = await start(version, {
      options: { property: 'person' },
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), (req, res) => {
          res.json([(req as unknown as { person: { user: { id: string } } }).person.user.id, 'auth' in req])
        })
        app.get('/open', (req, res) => void res.json((req as unknown as { person: unknown }).person))
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/x')).text).toBe('["usr_ada",false]')
    expect((await browser.get('/open')).text).toBe('app: guard_missing')
    expect(app.errors[0]?.message).toContain('`req.person`')
  })

  it('not_mounted: guards and readers on a request that never passed the kit', async () => {
    const app = await start(version, {
      mount: () => undefined,
      routes(app, auth) {
        app.get('/guard', auth.requireAuth(), json)
        app.get('/session', (req, res, next) => {
          auth.session(req).then((session) => void res.json(session), next)
        })
        app.get('/token', (req, res, next) => {
          auth.accessToken(req).then((token) => void res.send(token), next)
        })
        app.get('/logout', (req, res, next) => {
          auth.logout(req).then((url) => void res.send(url.href), next)
        })
      },
    })
    for (const path of ['/guard', '/session', '/token', '/logout'])
      expect(await app.visitor().get(path)).toMatchObject({ status: 500, text: 'app: not_mounted' })
  })

  it('SEC-369 app.use validates the environment: everything that is missing, before the first request', () => {
    const names = [
      'SCALEKIT_ENVIRONMENT_URL',
      'SCALEKIT_CLIENT_ID',
      'SCALEKIT_CLIENT_SECRET',
      'COOKIE_ENCRYPTION_SECRET',
      'APP_BASE_URL',
    ]
    const app = expressOf(version)()
    expect(() => app.use(scalegate())).toThrow(
      expect.objectContaining({
        code: 'configuration_invalid',
        problems: names.map((path) => ({ path, message: expect.stringContaining('is missing') })),
      }),
    )
    expect(() => app.use('/prefix', scalegate())).toThrow(expect.objectContaining({ code: 'configuration_invalid' }))
  })

  it('router.use falls back to the first request, and the error reaches the framework', async () => {
    const router = expressOf(version).Router()
    expect(() => router.use(scalegate())).not.toThrow()
    const app = expressOf(version)()
    app.use(router)
    app.use(
      (error: { code?: string }, _req: Request, res: Response, _next: NextFunction) =>
        void res.status(500).send(error.code),
    )
    const answer = await new Visitor(await listen(app)).get('/')
    expect([answer.status, answer.text]).toEqual([500, 'configuration_invalid'])
  })

  it('works on a router too', async () => {
    const app = await start(version, {
      mount(app, auth) {
        const router = expressOf(version).Router()
        router.use(auth)
        app.use(router)
      },
      routes: (app, auth) => app.get('/x', auth.requireAuth(), json),
    })
    expect((await (await app.signedIn()).get('/x')).status).toBe(200)
  })

  it('async errors reach next(error): of a hook, of the provider, of the app', async () => {
    let broken = true
    const app = await start(version, {
      options: { onLogin: () => (broken ? Promise.reject(new Error('hook')) : undefined) },
      routes(app, auth) {
        app.get('/session', (req, res, next) => {
          auth.session(req).then((session) => void res.json(session), next)
        })
        app.get(
          '/throws',
          auth.requireOrganization(() => {
            throw new RangeError('of the app')
          }),
        )
      },
    })
    await expect(app.signedIn()).rejects.toThrow('The login answered 500: app: Error')
    broken = false
    expect((await (await app.signedIn()).get('/throws')).text).toBe('app: RangeError')
    // A stranger reaches no code of the app.
    expect((await app.visitor().get('/throws')).status).toBe(303)
    expect(app.errors.map(({ message }) => message)).toEqual(['hook', 'of the app'])
  })

  it('an outage is 503 with Retry-After, from guards and from the framework’s own handler', async () => {
    const app = await start(version, {
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), json)
        app.get('/session', (req, res, next) => {
          auth.session(req).then((session) => void res.json(session), next)
        })
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    app.provider.failures.push(500)
    const answer = await browser.get('/x', script)
    expect([answer.status, answer.header('retry-after'), answer.setCookies]).toEqual([503, '5', []])
    expect((await browser.get('/session')).text).toBe('app: refresh_unavailable')
    app.ahead = 410
    expect((await browser.get('/x', script)).status).toBe(200)
  })

  it('SEC-352 a refresh reaches the app’s own response, and the refresh token is used once', async () => {
    const app = await start(version, { routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    const browser = await app.signedIn()
    app.ahead = 400
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.get('/x', script)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(app.provider.grants).toEqual(['authorization_code', 'refresh_token'])
    app.ahead = 800
    expect((await browser.get('/x', script)).status).toBe(200)
  })

  it('accessToken, logout and widgetsFor in handlers of the app', async () => {
    const app = await start(version, {
      routes(app, auth) {
        app.get('/token', (req, res, next) => {
          auth.accessToken(req, { minimumLifetime: 60 }).then((token) => void res.send(token), next)
        })
        app.post('/leave', auth.requireAuth(), (req, res, next) => {
          auth.logout(req).then((url) => void res.json({ url: url.href }), next)
        })
        app.get('/menu', auth.requireAuth(), (req, res) => void res.json(auth.widgetsFor(req.auth).map(({ id }) => id)))
      },
    })
    expect((await app.visitor().get('/token')).text).toBe('app: unauthenticated')
    const browser = await app.signedIn()
    expect((await browser.get('/token')).text).toMatch(/^eyJ/)
    expect(JSON.parse((await browser.get('/menu')).text)).toEqual(['members', 'profile', 'security'])
    const left = await browser.post('/leave', '')
    expect(JSON.parse(left.text).url).toMatch(new RegExp(`^${app.provider.issuer}/oidc/logout\\?id_token_hint=`))
    expect(browser.cookies.size).toBe(0)
  })

  it.each([
    ['a sub-app', 'https://app.example/app', '/app', '/app/x'],
    ['a proxy that strips the path of the base', 'https://app.example/app', '', '/x'],
    ['no path at all', 'https://app.example', '', '/x'],
  ])('behind %s the addresses are those of the browser', async (_label, baseUrl, prefix, path) => {
    const app = await start(version, {
      options: { baseUrl },
      mount(app, auth) {
        const sub = expressOf(version)()
        sub.use(auth)
        sub.get('/x', auth.requireAuth(), json)
        app.use(prefix === '' ? '/' : prefix, sub)
      },
    })
    const visitor = app.visitor()
    const { pathname } = new URL(baseUrl)
    const external = `${pathname.replace(/\/$/, '')}/x`
    const stranger = await visitor.get(path)
    expect(stranger.header('location')).toBe(`${baseUrl}/auth/login?return_to=${encodeURIComponent(external)}`)
    const begun = await visitor.get(`${prefix}/auth/login?return_to=${external}`)
    expect(new URL(begun.header('location') ?? '').searchParams.get('redirect_uri')).toBe(`${baseUrl}/auth/callback`)
    const callback = app.provider.authorize(begun.header('location') ?? '', ada)
    const done = await visitor.get(prefix === '' ? callback.replace(pathname.replace(/\/$/, ''), '') : callback)
    expect([done.status, done.header('location')]).toEqual([303, new URL(baseUrl).origin + external])
    expect((await visitor.get(path)).text).toContain('usr_ada')
  })

  it.each([
    ['/auth/%', 404],
    ['//evil.example/auth/login', 404],
    ['/auth/login?return_to=%', 303],
    ['/auth/callback?state=%ff&code=%', 400],
    ['/x?%E0%A4%A', 303],
    ['//evil.example/x', 404],
    ['/\u00e9', 404],
  ])('SEC-283 no target is an error of the server: %s', async (path, status) => {
    const app = await start(version, { routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    expect((await app.visitor().get(encodeURI(path).replaceAll('%25', '%'))).status).toBe(status)
  })

  it.each([
    ['a cookie without name', '=x; =; ;;; a'],
    ['bytes that are no text', 'scalegate=\u00ff\u00fe; \u00e9=1'],
    ['a transaction that the kit never wrote', 'scalegate-login.\u00e9=1; scalegate-login.a"b=2'],
    ['64 KB', `scalegate=${'x'.repeat(15_000)}`],
  ])('SEC-149 no Cookie header is an error of the server: %s', async (_label, cookie) => {
    const app = await start(version, { routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    const visitor = app.visitor()
    expect((await visitor.get('/x', { ...page, cookie })).status).toBe(303)
    expect((await visitor.get('/auth/login', { ...page, cookie })).status).toBe(303)
    expect((await visitor.post('/auth/logout', '', { ...page, cookie })).status).toBe(200)
    expect(app.errors).toEqual([])
  })

  it('a page of a mounted sub-app is come back to by its whole path', async () => {
    const app = await start(version, {
      mount(app, auth) {
        const sub = expressOf(version)()
        sub.use(auth)
        sub.get('/x', auth.requireAuth(), json)
        app.use('/area', sub)
      },
    })
    const answer = await app.visitor().get('/area/x?y=1')
    expect(answer.header('location')).toBe(`${base}/auth/login?return_to=%2Farea%2Fx%3Fy%3D1`)
  })

  it('SEC-337 forwarded headers have no say', async () => {
    const app = await start(version, {
      mount(app, auth) {
        app.set('trust proxy', true)
        app.use(auth)
      },
    })
    const headers = {
      ...page,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    }
    const answer = await app.visitor().get('/auth/login', headers)
    expect(new URL(answer.header('location') ?? '').searchParams.get('redirect_uri')).toBe(`${base}/auth/callback`)
  })

  it('two kits in one app keep apart, each with its own property and cookie', async () => {
    const other = { kit: undefined as ReturnType<typeof scalegate> | undefined }
    const app = await start(version, {
      mount(app, auth) {
        other.kit = scalegate({
          issuer: 'https://other.example',
          clientId: 'c2',
          clientSecret: 'client-secret-value',
          cookieSecret: `${secret}2`,
          baseUrl: base,
          basePath: '/admin-auth',
          session: { cookieName: 'admin' },
          property: 'admin',
        })
        app.use(auth, other.kit)
      },
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), json)
        app.get('/admin', other.kit!.requireAuth(), (_req, res) => void res.send('admin'))
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/x')).status).toBe(200)
    expect((await browser.get('/admin')).header('location')).toBe(`${base}/admin-auth/login?return_to=%2Fadmin`)
  })
})
