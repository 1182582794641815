import { type Context, Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { type HonoAuth, type ScalegateEnv, scalegate } from './index.js'
import { type App, ada, base, secret, start } from './test/app.js'
import { page, script } from './test/visitor.js'

const json = (c: Context<ScalegateEnv>) => c.json(c.var.auth.user)

describe('the kit on Hono', () => {
  it('the program of the README works: login, a guarded page, a session anywhere, logout', async () => {
    const app = await start({
      routes(app, auth) {
        app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth.user))
        app.get('/', async (c) => c.text((await auth.session(c))?.user.id ?? 'stranger'))
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
    expect(app.errors).toEqual([])
  })

  it.each([
    ['a stranger navigating', 'stranger', page, 303],
    ['SEC-309 a stranger’s script', 'stranger', script, 401],
    ['SEC-309 a program without any hints', 'stranger', {}, 401],
    ['somebody with everything', 'ada', script, 200],
    ['somebody without the permission', 'bob', script, 403],
    ['somebody without the permission, navigating', 'bob', page, 403],
  ] as const)('%s', async (_label, who, headers, status) => {
    const reached: string[] = []
    const app = await start({
      routes: (app, auth) =>
        app.get('/x', auth.requirePermission('sk_org_users_read'), (c) => {
          reached.push(c.var.auth.user.id)
          return json(c)
        }),
    })
    const browser = who === 'stranger' ? app.visitor() : await app.signedIn(who === 'ada' ? ada : { sub: 'usr_bob' })
    const answer = await browser.get('/x', headers)
    expect(answer.status).toBe(status)
    // SEC-349.
    expect(answer.header('cache-control')).toBe('private, no-store')
    if (status === 401) expect(answer.header('www-authenticate')).toBe('Bearer')
    if (status === 403) expect(answer.header('location')).toBeUndefined()
    expect(reached).toEqual(status === 200 ? ['usr_ada'] : [])
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
    const app = await start({
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
    expect((await (await app.signedIn()).get('/x', script)).status).toBe(status)
  })

  it.each([
    ['/orgs/org_1', 200],
    ['/orgs/org_2', 403],
    ['/query?org=org_1', 200],
    ['/query?org=org_2', 403],
    ['SEC-308 /query', 403],
    ['SEC-308 /query?org=', 403],
    ['SEC-308 /query?org=org_2&org=org_1', 403],
  ])('an organization from the request: %s → %i', async (label, status) => {
    const app = await start({
      routes(app, auth) {
        app.get(
          '/orgs/:id',
          auth.requireOrganization((c) => c.req.param('id')),
          json,
        )
        app.get(
          '/query',
          auth.requireOrganization((c) => c.req.query('org')),
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

  it('options are checked at creation, all of them', () => {
    expect(() => scalegate({ cleintId: 'x', baseUrl: 'ftp://x' } as never)).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }),
    )
  })

  it('not_mounted: guards and readers on a request that never passed the kit', async () => {
    const app = await start({
      mount: () => undefined,
      routes(app, auth) {
        app.get('/guard', auth.requireAuth(), json)
        app.get('/session', async (c) => c.json(await auth.session(c)))
        app.get('/token', async (c) => c.text(await auth.accessToken(c)))
        app.get('/logout', async (c) => c.text((await auth.logout(c)).href))
        app.use(auth)
        app.get('/late', auth.requireAuth(), json)
      },
    })
    for (const path of ['/guard', '/session', '/token', '/logout'])
      expect(await app.visitor().get(path)).toMatchObject({ status: 500, text: 'app: not_mounted' })
    expect((await app.visitor().get('/late')).status).toBe(303)
  })

  it.each([
    ['on everything', (app: App, auth: HonoAuth) => app.use(auth)],
    ['on a pattern', (app: App, auth: HonoAuth) => app.use('*', auth)],
    ['on another pattern', (app: App, auth: HonoAuth) => app.use('/*', auth)],
    ['twice', (app: App, auth: HonoAuth) => app.use(auth, auth)],
  ])('mounted %s', async (_label, mount) => {
    const app = await start({ mount, routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.get('/x', script)
    expect([answer.status, answer.setCookies.length, app.provider.grants.length]).toEqual([200, 1, 2])
    expect((await app.visitor().get('/nothing')).status).toBe(404)
  })

  it('mounted again on a part of the app, a session that a guard has revealed stays revealed', async () => {
    const app = await start({
      routes(app, auth) {
        app.use('/area/*', auth.requireAuth())
        app.route('/area', new Hono<ScalegateEnv>().use(auth).get('/x', json))
      },
    })
    expect((await (await app.signedIn()).get('/area/x')).text).toContain('usr_ada')
  })

  it('errors reach app.onError: of a hook, of the provider, of the app', async () => {
    let broken = true
    const app = await start({
      options: { onLogin: () => (broken ? Promise.reject(new Error('hook')) : undefined) },
      routes(app, auth) {
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

  it('SEC-289 an outage is 503 with Retry-After, from guards and from app.onError', async () => {
    const app = await start({
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), json)
        app.get('/session', async (c) => c.json(await auth.session(c)))
      },
    })
    const browser = await app.signedIn()
    app.ahead = 400
    app.provider.failures.push(500)
    const answer = await browser.get('/x', script)
    expect([answer.status, answer.header('retry-after'), answer.setCookies]).toEqual([503, '5', []])
    expect(await browser.get('/session')).toMatchObject({ status: 503, text: 'app: refresh_unavailable' })
    app.ahead = 410
    expect((await browser.get('/x', script)).status).toBe(200)
  })

  it('accessToken, logout and widgetsFor in handlers of the app', async () => {
    const app = await start({
      routes(app, auth) {
        app.get('/token', async (c) => c.text(await auth.accessToken(c, { minimumLifetime: 60 })))
        app.post('/leave', auth.requireAuth(), async (c) => c.json({ url: (await auth.logout(c)).href }))
        app.get('/menu', auth.requireAuth(), (c) => c.json(auth.widgetsFor(c.var.auth)))
      },
    })
    expect((await app.visitor().get('/token')).text).toBe('app: unauthenticated')
    const browser = await app.signedIn()
    expect((await browser.get('/token')).text).toMatch(/^eyJ/)
    const menu: { id: string; href: string }[] = JSON.parse((await browser.get('/menu')).text)
    expect(menu.map(({ id }) => id)).toEqual(['members', 'profile', 'security'])
    expect(menu[0]?.href).toMatch(new RegExp(`^${base}/auth/widgets`))
    const left = await browser.post('/leave', '')
    expect(JSON.parse(left.text).url).toMatch(new RegExp(`^${app.provider.issuer}/oidc/logout\\?id_token_hint=`))
    expect([browser.cookies.size, left.header('cache-control')]).toEqual([0, 'private, no-store'])
  })

  it('two kits in one app keep apart, each with its own variable and cookie', async () => {
    const other = scalegate({
      issuer: 'https://other.example',
      clientId: 'c2',
      clientSecret: 'client-secret-value',
      cookieSecret: `${secret}2`,
      baseUrl: base,
      basePath: '/admin-auth',
      session: { cookieName: 'admin' },
      property: 'admin',
    })
    const app = await start({
      mount: (app, auth) => app.use(auth, other),
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), (c) => c.json(Object.keys(c.var)))
        app.get('/both', auth.requireAuth(), (c) => c.json((c.var as unknown as { admin: unknown }).admin))
        app.get('/admin', other.requireAuth(), (c) => c.text('admin'))
      },
    })
    const browser = await app.signedIn()
    expect((await browser.get('/x')).text).toBe('["auth"]')
    expect((await browser.get('/both')).text).toBe('app: guard_missing')
    expect((await browser.get('/admin')).header('location')).toBe(`${base}/admin-auth/login?return_to=%2Fadmin`)
  })

  it('answers app.request() as it answers sockets', async () => {
    const { app } = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), json) })
    const answer = await app.request('/x', { headers: script })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const begun = await app.request('/auth/login', { headers: page })
    expect([begun.status, begun.headers.getSetCookie().length]).toEqual([303, 1])
  })
})
