import type { Express } from 'express'
import { describe, expect, it } from 'vitest'
import { expressOf, type Running, start, versions } from './test/app.js'
import { script } from './test/visitor.js'

const form = 'application/x-www-form-urlencoded'

describe.each(versions)('Express %i: a body that was or was not read before', (version) => {
  const express = expressOf(version)

  const before = (parse: (app: Express) => void) =>
    start(version, {
      mount(app, auth) {
        parse(app)
        app.use(auth)
      },
    })
  const logOut = (app: Running, extra = '') =>
    app.visitor().post('/auth/backchannel-logout', `${extra}logout_token=${app.provider.logoutToken({ sid: 'ses_x' })}`)

  it.each([
    ['no parser', () => undefined],
    ['urlencoded, simple', (app: Express) => app.use(express.urlencoded({ extended: false }))],
    ['urlencoded, extended', (app: Express) => app.use(express.urlencoded({ extended: true }))],
    ['text', (app: Express) => app.use(express.text({ type: '*/*' }))],
    ['raw', (app: Express) => app.use(express.raw({ type: '*/*' }))],
    ['json, which leaves a form alone', (app: Express) => app.use(express.json())],
    [
      'json for everything else, then urlencoded',
      (app: Express) => app.use(express.json(), express.urlencoded({ extended: true })),
    ],
    ['one that keeps a string', (app: Express) => app.use(keepString)],
  ])('SEC-213 %s', async (_label, parse) => {
    const app = await before(parse)
    const answer = await logOut(app)
    expect([answer.status, answer.text, answer.header('cache-control')]).toEqual([200, '', 'private, no-store'])
    expect(answer.setCookies).toEqual([])
    expect(app.events.map(({ type }) => type)).toEqual(['webhooks_off', 'sessions_ended', 'backchannel_logout'])
  })

  it.each([
    ['urlencoded, simple', (app: Express) => app.use(express.urlencoded({ extended: false }))],
    ['urlencoded, extended', (app: Express) => app.use(express.urlencoded({ extended: true }))],
    ['no parser', () => undefined],
  ])('SEC-215 a token twice or as a list is refused after %s as well', async (_label, parse) => {
    const app = await before(parse)
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

  it('SEC-216 further parameters are ignored, parsed or not', async () => {
    for (const parse of [() => undefined, (app: Express) => app.use(express.urlencoded({ extended: true }))]) {
      expect((await logOut(await before(parse), 'a[b]=1&c=%EF%BF%BD&')).status).toBe(200)
    }
  })

  it('SEC-212 JSON is no form, even parsed', async () => {
    const app = await before((app) => app.use(express.json()))
    const answer = await app.visitor().send('/auth/backchannel-logout', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ logout_token: app.provider.logoutToken({}) }),
    })
    expect(answer.status).toBe(415)
  })

  it('a consumer that leaves nothing: the error says what to move', async () => {
    const app = await before((app) => app.use(drain as never))
    const answer = await logOut(app)
    expect([answer.status, answer.text]).toEqual([500, 'app: body_already_read'])
    expect(app.errors[0]?.message).toContain('Move `app.use(auth)` above the body parser')
  })

  it.each(['', '&', '%', '&&=&'])(
    'a form with nothing in it (%j) is the sender’s mistake, parsed or not',
    async (body) => {
      for (const parse of [() => undefined, (app: Express) => app.use(express.urlencoded({ extended: true }))]) {
        const app = await before(parse)
        expect((await app.visitor().post('/auth/backchannel-logout', body)).status).toBe(400)
        expect(app.errors).toEqual([])
      }
    },
  )

  it('a route that needs no body works after any consumer', async () => {
    const app = await before((app) => app.use(drain as never))
    const browser = await app.signedIn()
    expect((await browser.post('/auth/logout', 'x=1')).status).toBe(200)
    expect(browser.cookies.size).toBe(0)
  })

  it('SEC-214 a body over 32 KB: 413', async () => {
    const app = await start(version)
    const answer = await app.visitor().post('/auth/backchannel-logout', `logout_token=${'a'.repeat(40_000)}`)
    expect([answer.status, answer.header('connection')]).toEqual([413, 'close'])
  })

  it('SEC-214 an endless body without a length: 413 as soon as it is too much', async () => {
    const app = await start(version)
    async function* endless() {
      for (let sent = 0; sent < 50_000_000; sent += 8192) yield 'a'.repeat(8192)
    }
    const outcome = await app
      .visitor()
      .send('/auth/backchannel-logout', { method: 'POST', headers: { 'content-type': form }, body: endless() })
      .then(
        ({ status }) => status,
        (error: NodeJS.ErrnoException) => error.code,
      )
    expect(outcome).toBe(413)
    expect(app.errors).toEqual([])
  })

  it('a sender that hangs up is no error of the server', async () => {
    const app = await start(version)
    const { request } = await import('node:http')
    await new Promise<void>((resolve) => {
      const call = request(`${app.origin}/auth/backchannel-logout`, {
        method: 'POST',
        headers: { 'content-type': form, 'content-length': '1000' },
      })
      call.on('error', () => resolve())
      call.write('logout_token=')
      setTimeout(() => call.destroy(), 30)
    })
    expect((await logOut(app)).status).toBe(200)
    expect(app.errors).toEqual([])
  })

  it('leaves the body of the app’s own routes to the app', async () => {
    const app = await start(version, {
      routes: (app, auth) =>
        app.post(
          '/x',
          auth.requireAuth(),
          express.urlencoded({ extended: false }),
          (req, res) => void res.json(req.body),
        ),
    })
    const browser = await app.signedIn()
    expect(JSON.parse((await browser.post('/x', 'a=1', script)).text)).toEqual({ a: '1' })
  })
})

function keepString(req: NodeJS.ReadableStream & { body?: string }, _res: unknown, next: () => void): void {
  let text = ''
  req.on('data', (chunk: Buffer) => {
    text += chunk
  })
  req.on('end', () => {
    req.body = text
    next()
  })
}

function drain(req: NodeJS.ReadableStream, _res: unknown, next: () => void): void {
  req.on('end', next)
  req.resume()
}
