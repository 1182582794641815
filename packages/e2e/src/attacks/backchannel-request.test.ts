import { raw } from '@scalegate/testing/audits'
import express from 'express'
import { bodyLimit } from 'hono/body-limit'
import { describe, expect, it } from 'vitest'
import type { BeforeKit } from '../support/app.js'
import { people } from '../support/journey.js'
import { expectDone, expectQuiet, expectRefused, formType, logoutTokens } from '../support/logout-tokens.js'
import { useStage } from '../support/stage.js'

/** What apps let stand before the kit, and what has read the body by then. */
const parsers = {
  none: {},
  'express.urlencoded': {
    express: (app) => app.use(express.urlencoded({ extended: true, limit: '1mb' }), express.json()),
  },
  'express.text': { express: (app) => app.use(express.text({ type: '*/*', limit: '1mb' })) },
  'c.req.parseBody': { hono: (app) => app.use((c, next) => c.req.parseBody().then(next)) },
  'c.req.text': { hono: (app) => app.use((c, next) => c.req.text().then(next)) },
  bodyLimit: { hono: (app) => app.use(bodyLimit({ maxSize: 1024 * 1024 })) },
} satisfies Readonly<Record<string, BeforeKit>>

/** Attack list 4.J: the request, with the body read by the kit itself and with a parser of the app before it (row 213). */
describe.each([
  ['Express 5', 'none'],
  ['Express 5', 'express.urlencoded'],
  ['Express 4', 'none'],
  ['Express 4', 'express.urlencoded'],
  ['Express 4', 'express.text'],
  ['Hono', 'none'],
  ['Hono', 'c.req.parseBody'],
  ['Hono', 'c.req.text'],
  ['Hono', 'bodyLimit'],
] as const)('back-channel logout request on %s, parser of the app: %s', (framework, parser) => {
  const stage = useStage({ framework, before: parsers[parser] })
  const { url, send, mint, signedIn, isIn } = logoutTokens(stage)

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('SEC-211 %s', async (method) => {
    const { status, headers } = await send('', '', method)
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expectQuiet(headers)
  })

  it.each([
    ['application/json', (token: string) => JSON.stringify({ logout_token: token })],
    ['text/plain', (token: string) => `logout_token=${token}`],
    [
      // Long enough for the parser of Hono's `c.req.parseBody`, which takes no boundary of less than 27 characters.
      'multipart/form-data; boundary=boundary-of-27-characters-x',
      (token: string) =>
        [
          '--boundary-of-27-characters-x',
          'Content-Disposition: form-data; name="logout_token"',
          '',
          token,
          '--boundary-of-27-characters-x--',
          '',
        ].join('\r\n'),
    ],
    ['', (token: string) => `logout_token=${token}`],
  ])('SEC-212 content type "%s"', async (contentType, body) => {
    const person = await signedIn()
    expectRefused(await send(body(await mint({ sid: person.sid })), contentType), 'unsupported_media_type', 415)
    expect(await isIn(person)).toBe(true)
  })

  it('SEC-212 SEC-213 SEC-216 the right content type in another spelling, with a parameter nobody knows', async () => {
    const person = await signedIn()
    const body = `ignored_parameter=x&logout_token=${await mint({ sid: person.sid })}`
    expectDone(await send(body, 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'))
    expect(await isIn(person)).toBe(false)
  })

  it('SEC-214 a body of 40 KB', async () => {
    const answer = await send(`logout_token=${'a'.repeat(40 * 1024)}`)
    expectRefused(answer, 'payload_too_large', 413)
    expect(answer.headers.get('connection')).toBe('close')
  })

  // Behind a parser of the app, whose limit is its own, an endless body never gets to the kit.
  if (parser === 'none') {
    it('SEC-214 a body without an end', async () => {
      const headers = [`Content-Type: ${formType}`, 'Transfer-Encoding: chunked']
      const body = Array<string>(12).fill(`1000\r\n${'a'.repeat(4096)}\r\n`)
      const answer = await raw(stage().app.origin, {
        method: 'POST',
        target: '/auth/backchannel-logout',
        headers,
        body,
      })
      expectRefused(answer, 'payload_too_large', 413)
      expect(answer.headers.get('connection')).toBe('close')
    })
  }

  it('SEC-214 a compressed body', async () => {
    const answer = await raw(stage().app.origin, {
      method: 'POST',
      target: '/auth/backchannel-logout',
      headers: [`Content-Type: ${formType}`, 'Content-Encoding: gzip', 'Content-Length: 3'],
      body: ['abc'],
    })
    if (parser === 'none') expectRefused(answer, 'unsupported_media_type', 415)
    else expect(answer.status).toBeGreaterThanOrEqual(400)
    stage().takeErrors()
  })

  it('SEC-215 no token, an empty one, two, a list', async () => {
    const token = await mint({ sub: people.gil })
    for (const body of [
      '',
      'logout_token=',
      'x=y',
      `logout_token=${token}&logout_token=${token}`,
      `logout_token[]=${token}`,
      `logout_token[0]=${token}`,
    ])
      expectRefused(await send(body))
  })

  it('a page of another site cannot make a browser do it', async () => {
    const person = await signedIn()
    const page = await person.browser.navigate(url(), { form: { logout_token: 'x' }, from: 'https://evil.example/' })
    expectRefused(page)
    expect(await isIn(person)).toBe(true)
  })

  it('the provider’s own delivery is accepted', async () => {
    const person = await signedIn()
    await stage().emulator.control.revokeSession(person.sid)
    expect(await stage().emulator.control.deliveries()).toMatchObject([{ status: 200, sid: person.sid }])
    expect(await isIn(person)).toBe(false)
  })
})
