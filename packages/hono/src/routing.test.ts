import { EventEmitter, once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { serve, upgradeWebSocket } from '@hono/node-server'
import fc from 'fast-check'
import { type Context, Hono } from 'hono'
import { contextStorage, getContext } from 'hono/context-storage'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import type { ScalegateEnv } from './index.js'
import { type App, base, type Setup, start } from './test/app.js'
import { page, script } from './test/visitor.js'

const id = (c: Context<ScalegateEnv>) => c.text(c.var.auth.user.id)

describe('the address of a request', () => {
  it.each([
    ['a sub-app', 'https://app.example/app', '/app/x', (app: App, sub: App) => app.route('/app', sub)],
    ['a base path', 'https://app.example/app', '/app/x', (app: App, sub: App) => app.basePath('/app').route('/', sub)],
    [
      'a proxy that strips the path of the base',
      'https://app.example/app',
      '/x',
      (app: App, sub: App) => app.route('/', sub),
    ],
    ['no path at all', 'https://app.example', '/x', (app: App, sub: App) => app.route('/', sub)],
  ])('behind %s the addresses are those of the browser', async (_label, baseUrl, path, mount) => {
    const app = await start({
      options: { baseUrl },
      mount(app, auth) {
        mount(app, new Hono<ScalegateEnv>().use(auth).get('/x', auth.requireAuth(), id) as App)
      },
    })
    const visitor = app.visitor()
    const { pathname, origin } = new URL(baseUrl)
    const external = `${pathname.replace(/\/$/, '')}/x`
    const prefix = path.slice(0, -2)
    const stranger = await visitor.get(path)
    expect(stranger.header('location')).toBe(`${baseUrl}/auth/login?return_to=${encodeURIComponent(external)}`)
    const begun = await visitor.get(`${prefix}/auth/login?return_to=${external}`)
    expect(new URL(begun.header('location') ?? '').searchParams.get('redirect_uri')).toBe(`${baseUrl}/auth/callback`)
    const callback = app.provider.authorize(begun.header('location') ?? '', { sub: 'usr_ada' })
    const done = await visitor.get(prefix === '' ? callback.replace(pathname.replace(/\/$/, ''), '') : callback)
    expect([done.status, done.header('location')]).toEqual([303, origin + external])
    expect((await visitor.get(path)).text).toBe('usr_ada')
  })

  it('a page of a sub-app is come back to by its whole path', async () => {
    const app = await start({
      routes: (app, auth) => app.route('/area', new Hono().get('/x', auth.requireAuth(), id)),
    })
    const answer = await app.visitor().get('/area/x?y=1')
    expect(answer.header('location')).toBe(`${base}/auth/login?return_to=%2Farea%2Fx%3Fy%3D1`)
  })

  it.each([
    ['/bücher', '/b%C3%BCcher/x'],
    ['/bücher', '/b%c3%bccher/%78'],
    ['/area', '/%61rea/x'],
    ['/:tenant', '/a%20b/x'],
    ['/:tenant', '/..%2f..%2fauth/x'],
    ['/:tenant{[^/]+}', '/%2525/x'],
  ])('SEC-294 a sub-app under %s, asked for as %s, is guarded by the router’s own match', async (prefix, path) => {
    const reached: string[] = []
    const sub = () => new Hono<ScalegateEnv>()
    const app = await start({
      routes(app, auth) {
        const handler = (c: Context<ScalegateEnv>) => {
          reached.push(c.var.auth.user.id)
          return id(c)
        }
        app.route(prefix, sub().use('/x', auth.requireAuth()).get('/x', handler))
      },
    })
    const stranger = await app.visitor().get(path)
    expect([stranger.status, reached]).toEqual([303, []])
    const location = new URL(stranger.header('location') ?? '')
    expect(location.origin + location.pathname).toBe(`${base}/auth/login`)
    expect((await (await app.signedIn()).get(path)).text).toBe('usr_ada')
    expect(reached).toEqual(['usr_ada'])
  })

  it('SEC-294 another app mounted under an encoded prefix has no session unless it asks, and no hole', async () => {
    const reached: string[] = []
    const app = await start({
      routes(app, auth) {
        const inner = new Hono<ScalegateEnv>().get('/x', auth.requireAuth(), (c) => {
          reached.push(c.req.path)
          return id(c)
        })
        inner.onError((error, c) => c.text((error as { code?: string }).code ?? error.name, 500))
        app.mount('/b%C3%BC', inner.fetch)
        app.mount('/bü', inner.fetch)
      },
    })
    const browser = await app.signedIn()
    for (const path of ['/b%C3%BC/x', '/b%25C3%25BC/x', '/b%c3%bc/%78'])
      expect(['not_mounted', 'Bad Request', '404 Not Found', 'app: Error']).toContain((await browser.get(path)).text)
    expect(reached).toEqual([])
  })

  it.each([
    ['/auth/%', 404],
    ['//evil.example/auth/login', 404],
    ['/%61uth/login', 404],
    ['/auth/login/', 404],
    ['/auth/login?return_to=%', 303],
    ['/auth/callback?state=%ff&code=%', 400],
    ['/x?%E0%A4%A', 303],
    ['//evil.example/x', 404],
    ['/%', 404],
    ['/%00', 404],
    ['/a\\b', 400],
    ['/./x', 303],
    ['/y/../x', 303],
    ['http://evil.example/x', 303],
    ['http://evil.example/auth/login', 303],
    ['*', 400],
  ])('SEC-283 no target is an error of the server: %s → %i', async (path, status) => {
    const app = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), id) })
    const answer = await app.visitor().get(path)
    expect(answer.status).toBe(status)
    if (status === 303) expect(answer.header('location')).not.toContain('evil')
    expect(app.errors).toEqual([])
  })

  it.each([
    ['a cookie without name', '=x; =; ;;; a'],
    ['bytes that are no text', 'scalegate=\u00ff\u00fe; \u00e9=1'],
    ['a transaction that the kit never wrote', 'scalegate-login.\u00e9=1; scalegate-login.a"b=2'],
    ['15 KB', `scalegate=${'x'.repeat(15_000)}`],
  ])('SEC-149 no Cookie header is an error of the server: %s', async (_label, cookie) => {
    const app = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), id) })
    const visitor = app.visitor()
    expect((await visitor.get('/x', { ...page, cookie })).status).toBe(303)
    expect((await visitor.get('/auth/login', { ...page, cookie })).status).toBe(303)
    expect((await visitor.post('/auth/logout', '', { ...page, cookie })).status).toBe(200)
    expect(app.errors).toEqual([])
  })

  it.each([
    ['SEC-337', { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-host': 'evil.example' }],
    ['SEC-338', { 'x-forwarded-host': 'a.example, evil.example', 'x-forwarded-proto': 'https, http' }],
    ['SEC-339', { 'x-forwarded-proto': 'http' }],
    ['SEC-340', { 'x-forwarded-uri': '/evil', 'x-original-url': '/evil', 'x-forwarded-prefix': '/evil' }],
    ['SEC-341', { host: 'evil.example:99' }],
    ['SEC-341', { host: '[::1]:80' }],
    ['SEC-281', { 'x-middleware-subrequest': 'middleware', 'x-middleware-rewrite': '/open', 'x-invoke-path': '/open' }],
  ])('%s %o has no say', async (_row, extra) => {
    const app = await start({
      options: { baseUrl: 'https://app.example' },
      routes(app, auth) {
        app.get('/x', auth.requireAuth(), id)
        app.get('/open', (c) => c.text('open'))
      },
    })
    const begun = await app.visitor().get('/auth/login', { ...page, ...extra })
    const asked = new URL(begun.header('location') ?? '').searchParams
    expect(asked.get('redirect_uri')).toBe('https://app.example/auth/callback')
    expect(begun.setCookies[0]).toMatch(/^__Host-.*; Secure/)
    const refused = await app.visitor().get('/x', { ...page, ...extra })
    expect(refused.header('location')).toBe('https://app.example/auth/login?return_to=%2Fx')
  })

  it.each(['user@evil.example', 'a/b', 'a b', ''])(
    'SEC-341 a Host that is none (%j) is 400 or has no say',
    async (host) => {
      const app = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), id) })
      const answer = await app.visitor().get('/x', { ...page, host })
      expect([303, 400]).toContain(answer.status)
      if (answer.status === 303) expect(answer.header('location')).toBe(`${base}/auth/login?return_to=%2Fx`)
    },
  )
})

describe('what is reached without a session', () => {
  const setups: readonly (readonly [string, () => App])[] = [
    ['the default router', () => new Hono()],
    ['not strict', () => new Hono({ strict: false })],
    ['RegExpRouter', () => new Hono({ router: new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] }) })],
    ['TrieRouter', () => new Hono({ router: new TrieRouter() })],
    ['LinearRouter', () => new Hono({ router: new LinearRouter() })],
    ['PatternRouter', () => new Hono({ router: new PatternRouter() })],
  ]
  const shapes: readonly (readonly [string, NonNullable<Setup['routes']>])[] = [
    [
      'a guard on a prefix',
      (app, auth) => app.use('/admin/*', auth.requireAuth()).get('/admin/users', id).get('/admin', id),
    ],
    [
      'a guard on the route',
      (app, auth) => app.get('/admin/users', auth.requireAuth(), id).get('/admin', auth.requireAuth(), id),
    ],
    [
      'a guard in a sub-app',
      (app, auth) =>
        app.route('/admin', new Hono<ScalegateEnv>().use(auth.requireAuth()).get('/users', id).get('/', id) as App),
    ],
    ['a guard before a parameter', (app, auth) => app.use('/:area/*', auth.requireAuth()).get('/:area/users', id)],
  ]

  /** Addresses near `/admin/users`: encoded, doubled, cut, decorated. */
  const encoded = (text: string) =>
    fc
      .tuple(...[...text].map((letter) => fc.constantFrom(letter, letter, `%${letter.charCodeAt(0).toString(16)}`)))
      .map((letters) => letters.join(''))
  const segment = fc.oneof(
    encoded('admin'),
    encoded('users'),
    fc.constantFrom(
      '',
      '.',
      '..',
      'ADMIN',
      'Admin',
      '%2e',
      '%2e%2e',
      'ａｄｍｉｎ',
      'admin;a=b',
      'admin%00',
      'admin%2f',
      'admin%2fusers',
      'admin.rsc',
      '%',
      '%25',
      '%252f',
      '%5c',
      'x',
    ),
  )
  const separator = fc.constantFrom('/', '/', '/', '//', '/./', '/x/../', '%2f')
  const tail = fc.constantFrom('', '', '/', '?', '?_rsc=1', '?a=/admin/users', '#users')
  const target = fc
    .tuple(fc.array(fc.tuple(separator, segment), { minLength: 1, maxLength: 4 }), tail)
    .map(([parts, end]) => encodeURI(parts.flat().join('')).replaceAll('%25', '%') + end)
    .map((path) => (path.startsWith('/') ? path : `/${path}`))

  it.each(setups)('SEC-283 no address reaches a handler around its guard: %s', async (label, make) => {
    let refusals = 0
    for (const [shape, routes] of shapes) {
      // Hono's LinearRouter has no parameters before a wildcard.
      if (label === 'LinearRouter' && shape === 'a guard before a parameter') continue
      const { app } = await start({ app: make(), routes })
      await fc.assert(
        fc.asyncProperty(target, fc.constantFrom('GET', 'HEAD', 'get'), async (path, method) => {
          const url = `http://localhost${path}`
          fc.pre(URL.canParse(url))
          const answer = await app.request(new Request(url, { method, headers: script }))
          // The handler would throw `guard_missing` (500) or answer (200).
          expect([401, 404]).toContain(answer.status)
          if (answer.status === 401) refusals += 1
        }),
        { numRuns: 250 },
      )
    }
    // Not everything missed the routes.
    expect(refusals).toBeGreaterThan(20)
  })

  it('SEC-286 HEAD on a guarded GET is decided alike and has no body', async () => {
    const app = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), id) })
    const browser = await app.signedIn()
    const head = await browser.send('/x', { method: 'HEAD', headers: script })
    expect([head.status, head.text, head.header('cache-control')]).toEqual([200, '', 'private, no-store'])
    const stranger = await app.visitor().send('/x', { method: 'HEAD', headers: script })
    expect([stranger.status, stranger.text, stranger.header('www-authenticate')]).toEqual([401, '', 'Bearer'])
    const navigating = await app.visitor().send('/x', { method: 'HEAD', headers: page })
    expect([navigating.status, navigating.setCookies]).toEqual([303, []])
  })

  it('SEC-285 OPTIONS on a guarded page is the app’s own matter and touches no session', async () => {
    const app = await start({ routes: (app, auth) => app.get('/x', auth.requireAuth(), id) })
    const browser = await app.signedIn()
    app.ahead = 400
    const answer = await browser.send('/x', { method: 'OPTIONS', headers: script })
    expect([answer.status, answer.setCookies, app.provider.grants.length]).toEqual([404, [], 1])
  })

  it('SEC-288 a guard that refuses has answered: nothing behind it runs', async () => {
    const ran: string[] = []
    const app = await start({
      routes(app, auth) {
        app.use('/x', auth.requireAuth(), async (_c, next) => {
          ran.push('middleware')
          await next()
        })
        app.all('/x', (c) => {
          ran.push('handler')
          return c.text('in')
        })
      },
    })
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'])
      expect((await app.visitor().send('/x', { method, headers: script })).status).toBe(401)
    expect(ran).toEqual([])
  })

  it('SEC-292 a thousand interleaved requests of different people see only themselves', async () => {
    const people = 50
    const app = await start({
      routes(app, auth) {
        const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
        app.use(contextStorage())
        app.get('/x/:n', auth.requireAuth(), async (c) => {
          await pause()
          const asked = await auth.session(c)
          await pause()
          if (c.req.param('n') === 'fails') throw new Error('of the app')
          const stored = getContext<ScalegateEnv>().var.auth.user.id
          return c.json([c.var.auth.user.id, asked?.user.id, c.get('auth').user.id, stored])
        })
        app.get('/open', async (c) => {
          await pause()
          return c.json(await auth.session(c))
        })
      },
    })
    const browsers = await Promise.all(
      Array.from({ length: people }, (_, n) => app.signedIn({ sub: `usr_${n}`, oid: `org_${n}` })),
    )
    // Half of them have to refresh while it happens.
    app.ahead = 280
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, n) => {
        const who = n % (people + 1)
        const cookie = browsers[who]?.cookieHeader
        const path = n % 7 === 0 ? '/x/fails' : n % 5 === 0 ? '/open' : `/x/${n}`
        const headers = { ...script, ...(cookie === undefined ? {} : { cookie }) }
        return [who, path, await app.app.request(path, { headers })] as const
      }),
    )
    for (const [who, path, answer] of answers) {
      const text = await answer.text()
      const known = who < people
      if (path === '/open') expect(known ? JSON.parse(text).user.id : text).toBe(known ? `usr_${who}` : 'null')
      else if (!known) expect(answer.status).toBe(401)
      else if (path === '/x/fails') expect([answer.status, text]).toEqual([500, 'app: Error'])
      else expect(JSON.parse(text)).toEqual(Array(4).fill(`usr_${who}`))
      expect(answer.headers.get('cache-control')).toBe('private, no-store')
    }
    expect(app.provider.grants.filter((grant) => grant === 'refresh_token')).toHaveLength(people)
  })
})

describe('WebSocket', () => {
  /** A server for sockets without the protocol behind the handshake, which is all this test needs. */
  function handshakes() {
    return Object.assign(new EventEmitter(), {
      options: { noServer: true },
      close: () => undefined,
      handleUpgrade(
        this: EventEmitter,
        request: IncomingMessage,
        socket: Socket,
        _head: Buffer,
        done: (ws: unknown) => void,
      ) {
        const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
        this.emit('headers', lines, request)
        socket.end(`${lines.join('\r\n')}\r\n\r\n`)
        done(Object.assign(new EventEmitter(), { protocol: '', readyState: 1 }))
      },
    })
  }
  async function handshake(origin: string, path: string, cookie: string): Promise<string> {
    const { hostname, port } = new URL(origin)
    const socket = connect(Number(port), hostname)
    const lines = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    const more = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-Fetch-Mode: websocket', `Cookie: ${cookie}`]
    socket.write(`GET ${path} HTTP/1.1\r\n${[...lines, ...more].join('\r\n')}\r\n\r\n`)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await once(socket, 'close')
    return text
  }

  it('SEC-287 a guard answers before the upgrade is reached, and a refresh goes along with the handshake', async () => {
    const opened: string[] = []
    const app = await start({
      routes: (app, auth) =>
        app.get(
          '/socket',
          auth.requireRole('member'),
          upgradeWebSocket((c) => {
            opened.push((c as Context<ScalegateEnv>).var.auth.user.id)
            return {}
          }),
        ),
    })
    const server = serve({
      fetch: app.app.fetch,
      port: 0,
      hostname: '127.0.0.1',
      websocket: { server: handshakes() as never },
    })
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    try {
      expect(await handshake(origin, '/socket', '')).toMatch(/^HTTP\/1\.1 401 /)
      const bob = await app.signedIn({ sub: 'usr_bob' })
      expect(await handshake(origin, '/socket', bob.cookieHeader)).toMatch(/^HTTP\/1\.1 403 /)
      expect(opened).toEqual([])
      const ada = await app.signedIn()
      app.ahead = 400
      const answer = await handshake(origin, '/socket', ada.cookieHeader)
      expect(answer).toMatch(/^HTTP\/1\.1 101 /)
      expect(answer).toMatch(/\r\nset-cookie: scalegate=/i)
      expect(opened).toEqual(['usr_ada'])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
