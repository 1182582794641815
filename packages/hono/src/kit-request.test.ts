import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodOverride } from 'hono/method-override'
import { validator } from 'hono/validator'
import { describe, expect, it } from 'vitest'
import type { ScalegateEnv } from './index.js'
import { type Running, start } from './test/app.js'
import { formType, page } from './test/visitor.js'

/** A middleware before the kit that reads the body its own way. */
const reading =
  (read: (c: Context) => unknown): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method === 'POST') await read(c)
    await next()
  }
const before = (middleware: MiddlewareHandler) => start({ mount: (app, auth) => app.use(middleware, auth) })
const logOut = (app: Running, extra = '') =>
  app.visitor().post('/auth/backchannel-logout', `${extra}logout_token=${app.provider.logoutToken({ sid: 'ses_x' })}`)

const readers: readonly (readonly [string, MiddlewareHandler])[] = [
  ['nobody', reading(() => undefined)],
  ['c.req.parseBody()', reading((c) => c.req.parseBody())],
  ['c.req.parseBody({ all: true })', reading((c) => c.req.parseBody({ all: true }))],
  ['c.req.text()', reading((c) => c.req.text())],
  ['c.req.formData()', reading((c) => c.req.formData())],
  ['c.req.arrayBuffer()', reading((c) => c.req.arrayBuffer())],
  ['c.req.blob()', reading((c) => c.req.blob())],
  ['c.req.json(), which fails', reading((c) => c.req.json().catch(() => undefined))],
  ['two of them', reading((c) => c.req.formData().then(() => c.req.text()))],
  ['c.req.raw.clone()', reading((c) => c.req.raw.clone().text())],
  ['a validator', validator('form', (form) => form)],
  ['bodyLimit', bodyLimit({ maxSize: 100_000 })],
]

describe('a body that was or was not read before', () => {
  it.each(readers)('SEC-213 by %s', async (_label, middleware) => {
    const app = await before(middleware)
    const answer = await logOut(app)
    expect([answer.status, answer.text, answer.header('cache-control')]).toEqual([200, '', 'private, no-store'])
    expect([answer.setCookies, app.errors]).toEqual([[], []])
    expect(app.events.map(({ type }) => type)).toEqual(['webhooks_off', 'sessions_ended', 'backchannel_logout'])
  })

  it.each(readers)('SEC-213 a log-out form, read by %s', async (_label, middleware) => {
    const app = await before(middleware)
    const browser = await app.signedIn()
    expect((await browser.post('/auth/logout', 'x=1', page)).status).toBe(200)
    expect([browser.cookies.size, app.errors]).toEqual([0, []])
  })

  it.each(readers)('SEC-215 a token twice or as a list is refused, read by %s', async (_label, middleware) => {
    const app = await before(middleware)
    const token = app.provider.logoutToken({ sid: 'ses_x' })
    for (const body of [
      `logout_token=${token}&logout_token=${token}`,
      `logout_token[]=${token}`,
      `logout_token[a]=${token}`,
    ]) {
      const answer = await app.visitor().post('/auth/backchannel-logout', body)
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        400,
        { error: 'invalid_request', error_description: 'logout_token_invalid' },
      ])
    }
  })

  it.each(readers)('SEC-216 further parameters and odd ones are ignored, read by %s', async (_label, middleware) => {
    expect((await logOut(await before(middleware), 'a[b]=1&c=%EF%BF%BD&&=&d&')).status).toBe(200)
  })

  it.each(['', '&', '%', '&&=&'])('a form with nothing in it (%j) is the sender’s mistake', async (body) => {
    for (const [, middleware] of readers) {
      const app = await before(middleware)
      expect((await app.visitor().post('/auth/backchannel-logout', body)).status).toBe(400)
      expect(app.errors).toEqual([])
    }
  })

  it.each([
    ['GET', 303],
    ['HEAD', 204],
    ['TRACE', 405],
    ['PUT', 405],
  ])('a middleware that reads the body of everything does not stand in the way of %s', async (method, status) => {
    for (const read of [(c: Context) => c.req.text(), (c: Context) => c.req.arrayBuffer()]) {
      const app = await before(async (c, next) => {
        await read(c)
        await next()
      })
      const answer = await app.visitor().send('/auth/login', { method, headers: page })
      expect([answer.status, app.errors]).toEqual([status, []])
    }
  })

  it('SEC-212 JSON and multipart are no form, parsed or not', async () => {
    for (const middleware of [
      reading(() => undefined),
      reading((c) => c.req.json().catch(() => undefined)),
      reading((c) => c.req.text()),
      reading((c) => c.req.formData().catch(() => undefined)),
    ]) {
      const app = await before(middleware)
      const token = app.provider.logoutToken({ sid: 'ses_x' })
      const multipart = `--b\r\nContent-Disposition: form-data; name="logout_token"\r\n\r\n${token}\r\n--b--\r\n`
      for (const [type, body] of [
        ['application/json', JSON.stringify({ logout_token: token })],
        ['multipart/form-data; boundary=b', multipart],
      ] as const) {
        const headers = { 'content-type': type }
        const answer = await app.visitor().send('/auth/backchannel-logout', { method: 'POST', headers, body })
        expect([answer.status, app.errors]).toEqual([415, []])
      }
    }
  })

  it('a consumer that leaves nothing: the error says what to move', async () => {
    const app = await before(reading((c) => c.req.raw.text()))
    const answer = await logOut(app)
    expect([answer.status, answer.text]).toEqual([500, 'app: body_already_read'])
    expect(app.errors[0]?.message).toContain('Move `app.use(auth)` above the body parser')
    const browser = await app.signedIn()
    expect((await browser.post('/auth/logout', 'x=1')).status).toBe(200)
  })

  it('SEC-214 a body over 32 KB is 413, read or not', async () => {
    for (const [, middleware] of readers) {
      const app = await before(middleware)
      const answer = await app.visitor().post('/auth/backchannel-logout', `logout_token=${'a'.repeat(40_000)}`)
      expect([answer.status, app.errors]).toEqual([413, []])
    }
  })

  it('a sender that hangs up is no error of the server', async () => {
    const app = await start()
    const { request } = await import('node:http')
    await new Promise<void>((resolve) => {
      const call = request(`${app.origin}/auth/backchannel-logout`, {
        method: 'POST',
        headers: { 'content-type': formType, 'content-length': '1000' },
      })
      call.on('error', () => resolve())
      call.write('logout_token=')
      setTimeout(() => call.destroy(), 30)
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(app.errors).toEqual([])
    expect((await app.visitor().get('/auth/session')).status).not.toBe(500)
  })

  it('the body of a page of the app is not touched', async () => {
    const app = await start({
      routes: (app, auth) => app.post('/x', auth.requireAuth(), async (c) => c.json(await c.req.parseBody())),
    })
    expect((await (await app.signedIn()).post('/x', 'a=1')).text).toBe('{"a":"1"}')
  })

  it('SEC-284 a method that a header or a field claims is not the method of the request', async () => {
    const app = await start({
      routes(app, auth) {
        app.post('/x', auth.requireAuth(), (c) => c.text('posted'))
        app.delete('/x', (c) => c.text('deleted'))
      },
    })
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' }
    const answer = await app.visitor().post('/x', '_method=DELETE', headers)
    expect(answer.status).toBe(401)
  })

  it('SEC-284 where the app allows overriding, the guard of the claimed method decides', async () => {
    const app = await start({
      mount(app, auth) {
        app.use('/x', methodOverride({ app }))
        app.use(auth)
      },
      routes(app, auth) {
        app.post('/x', (c) => c.text('posted'))
        app.delete('/x', auth.requireAuth(), (c) => c.text(`deleted by ${c.var.auth.user.id}`))
      },
    })
    expect((await app.visitor().post('/x', '_method=DELETE', {})).status).toBe(401)
    expect((await app.visitor().post('/x', 'a=1', {})).text).toBe('posted')
    expect((await (await app.signedIn()).post('/x', '_method=DELETE', {})).text).toBe('deleted by usr_ada')
  })

  it.each([
    ['TRACE', 405, 'GET, HEAD, OPTIONS'],
    ['PUT', 405, 'GET, HEAD, OPTIONS'],
    ['PROPFIND', 405, 'GET, HEAD, OPTIONS'],
    ['QUERY', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', 204, 'GET, HEAD, OPTIONS'],
    ['HEAD', 204, undefined],
  ])('SEC-353 %s on a route of the kit → %i', async (method, status, allow) => {
    const app = await start()
    const answer = await app.visitor().send('/auth/login', { method, headers: page })
    expect([answer.status, answer.header('allow'), answer.setCookies]).toEqual([status, allow, []])
    expect(app.errors).toEqual([])
  })

  it('SEC-355 the session for browsers is not for other sites', async () => {
    const app = await start()
    const browser = await app.signedIn()
    const own = await browser.get('/auth/session', { 'sec-fetch-site': 'same-origin' })
    expect([own.status, own.header('access-control-allow-origin')]).toEqual([200, undefined])
    expect(own.header('cross-origin-resource-policy')).toBe('same-origin')
    expect(own.text).not.toContain('eyJ')
    expect((await browser.get('/auth/session', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  it('routes of the kit are not shadowed by routes of the app that were registered later', async () => {
    const app = await start({
      routes(app) {
        app.get('/auth/login', (c) => c.text('mine'))
        app.route(
          '/auth',
          new Hono<ScalegateEnv>().get('/own', (c) => c.text('mine')),
        )
      },
    })
    expect((await app.visitor().get('/auth/login')).status).toBe(303)
    expect((await app.visitor().get('/auth/own')).text).toBe('mine')
  })
})
