import { defaultSeed, type LogoutTokenInput } from '@scalegate/emulator'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.js'
import { type Answer, exchange } from '../support/exchange.js'
import { foreignKey, forge, hs256, payloadOf, rs256, unsigned } from '../support/forgery.js'
import { arrive, logIn, people } from '../support/journey.js'
import { raw } from '../support/raw.js'
import { expect401, expectBad } from '../support/refusals.js'
import { type Stage, useStage } from '../support/stage.js'

const formType = 'application/x-www-form-urlencoded'
const event = 'http://schemas.openid.net/event/backchannel-logout'

/** 200 without a word. */
function expectDone({ status, headers, text }: Answer): void {
  expect({ status, text }).toEqual({ status: 200, text: '' })
  expectQuiet(headers)
}

/** A refusal: RFC 6749 §5.2's members with fixed words, and nothing of the request. */
function expectRefused({ status, headers, text }: Answer, code = 'logout_token_invalid', expectedStatus = 400): void {
  const error = code === 'revocation_unavailable' ? 'temporarily_unavailable' : 'invalid_request'
  expect({ status, body: JSON.parse(text) }).toEqual({
    status: expectedStatus,
    body: { error, error_description: code },
  })
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expectQuiet(headers)
}

function expectQuiet(headers: Headers): void {
  expect(headers.get('cache-control')).toContain('no-store')
  expect([headers.get('location'), headers.getSetCookie(), headers.get('access-control-allow-origin')]).toEqual([
    null,
    [],
    null,
  ])
}

/** The provider with its tokens, and people with their sessions. */
function parties(stage: () => Stage) {
  const url = () => `${stage().app.origin}/auth/backchannel-logout`
  /** A request as the provider sends it: no cookie, no fetch metadata. */
  const send = (body: string, contentType = formType, method = 'POST') => {
    const headers = new Headers({ 'content-length': String(Buffer.byteLength(body)) })
    if (contentType !== '') headers.set('content-type', contentType)
    return exchange(url(), method, headers, body)
  }
  const signedIn = async (user: string = people.ada) => {
    const browser = new Browser()
    await logIn(browser, stage().app, { user })
    const session = JSON.parse((await browser.fetch(`${stage().app.origin}/private`)).text) as {
      sid: string
      user: { id: string }
    }
    await stage().forget()
    return { browser, sid: session.sid, sub: session.user.id }
  }
  return {
    url,
    send,
    post: (token: string) => send(new URLSearchParams({ logout_token: token }).toString()),
    mint: async (input: LogoutTokenInput) => (await stage().emulator.control.logoutToken(input)).logout_token,
    signedIn,
    isIn: async ({ browser }: { browser: Browser }) =>
      (await browser.fetch(`${stage().app.origin}/private`)).status === 200,
  }
}

/** Attack list 4.J: the request, with the body read by the kit itself and with a parser of the app before it (row 213). */
describe.each([
  ['Express 5', 5, 'none'],
  ['Express 5 behind express.urlencoded', 5, 'urlencoded'],
  ['Express 4', 4, 'none'],
  ['Express 4 behind express.urlencoded', 4, 'urlencoded'],
  ['Express 4 behind express.text', 4, 'text'],
] as const)('back-channel logout request on %s', (_name, version, parser) => {
  const stage = useStage({
    version,
    before: (app) => {
      if (parser === 'urlencoded') app.use(express.urlencoded({ extended: true, limit: '1mb' }), express.json())
      if (parser === 'text') app.use(express.text({ type: '*/*', limit: '1mb' }))
    },
  })
  const { url, send, mint, signedIn, isIn } = parties(stage)

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('SEC-211 %s', async (method) => {
    const { status, headers } = await send('', '', method)
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expectQuiet(headers)
  })

  it.each([
    ['application/json', (token: string) => JSON.stringify({ logout_token: token })],
    ['text/plain', (token: string) => `logout_token=${token}`],
    [
      'multipart/form-data; boundary=x',
      (token: string) => `--x\r\nContent-Disposition: form-data; name="logout_token"\r\n\r\n${token}\r\n--x--\r\n`,
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

/** Attack list 4.J: the token. */
describe('logout token', () => {
  const stage = useStage({ between: 'keep' })
  const { post, mint, signedIn, isIn } = parties(stage)

  // A refused token ends nothing, so one person stands for many rows.
  let standing: Awaited<ReturnType<typeof signedIn>> | undefined
  async function somebody() {
    standing ??= await signedIn()
    stage().forgetEvents()
    return standing
  }

  const now = () => stage().now()
  const forgeries: readonly (readonly [string, () => LogoutTokenInput, string | undefined])[] = [
    ['SEC-217 a claim nobody knows', () => ({ claims: { ignored_claim: 'x' } }), undefined],
    ['SEC-222 another issuer', () => ({ claims: { iss: 'https://evil.example' } }), 'iss'],
    ['SEC-222 no issuer', () => ({ claims: { iss: null } }), 'iss'],
    ['SEC-222 the issuer with a slash', () => ({ claims: { iss: `${stage().emulator.url}/` } }), 'iss'],
    ['SEC-223 another audience', () => ({ claims: { aud: `${stage().emulator.clientId}INVALID` } }), 'aud'],
    ['SEC-223 no audience', () => ({ claims: { aud: null } }), 'aud'],
    ['SEC-223 a list without us', () => ({ claims: { aud: ['skc_other'] } }), 'aud'],
    ['SEC-223 a list with us', () => ({ claims: { aud: [stage().emulator.clientId] } }), undefined],
    ['SEC-224 no iat', () => ({ claims: { iat: null } }), 'iat'],
    ['SEC-224 iat in the future', () => ({ claims: { iat: now() + 61 + 10 } }), 'iat'],
    ['SEC-224 iat of eleven minutes ago', () => ({ claims: { iat: now() - 660 } }), 'iat'],
    ['SEC-225 no exp', () => ({ claims: { exp: null } }), 'exp_missing'],
    ['SEC-225 expired', () => ({ claims: { exp: now() - 60 } }), 'expired'],
    ['SEC-225 exp far away', () => ({ claims: { exp: now() + 3600 } }), 'exp'],
    ['SEC-226 neither sid nor sub', () => ({ claims: { sid: null, sub: null } }), 'sub_sid_missing'],
    ['SEC-226 sid as a number', () => ({ claims: { sid: 1 } }), 'sid'],
    ['SEC-226 empty sid', () => ({ claims: { sid: '' } }), 'sid'],
    ['SEC-226 sub as a list', () => ({ claims: { sid: null, sub: ['a'] } }), 'sub'],
    ['SEC-227 no events', () => ({ claims: { events: null } }), 'events'],
    ['SEC-227 empty events', () => ({ claims: { events: {} } }), 'events'],
    [
      'SEC-227 another event',
      () => ({ claims: { events: { 'http://schemas.openid.net/event/foobar': {} } } }),
      'events',
    ],
    ['SEC-227 events as a list', () => ({ claims: { events: [event] } }), 'events'],
    ['SEC-227 events as text', () => ({ claims: { events: event } }), 'events'],
    ['SEC-227 event true', () => ({ claims: { events: { [event]: true } } }), 'events'],
    ['SEC-227 event as a list', () => ({ claims: { events: { [event]: [] } } }), 'events'],
    ['SEC-228 a nonce', () => ({ claims: { nonce: 'x' } }), 'nonce'],
    ['SEC-228 an empty nonce', () => ({ claims: { nonce: '' } }), 'nonce'],
    ['SEC-229 no jti', () => ({ claims: { jti: null } }), 'jti'],
    ['SEC-229 jti as a number', () => ({ claims: { jti: 1 } }), 'jti'],
    ['Q1 typ logout+jwt', () => ({ header: { typ: 'logout+jwt' } }), undefined],
    ['Q1 typ JWT', () => ({ header: { typ: 'JWT' } }), undefined],
    ['Q1 no typ', () => ({ header: { typ: null } }), undefined],
    ['Q1 typ at+jwt', () => ({ header: { typ: 'at+jwt' } }), 'typ'],
    ['SEC-219 another algorithm', () => ({ header: { alg: 'ES256' } }), 'alg'],
    ['SEC-220 a key of nobody', () => ({ header: { kid: 'snk_unknown' } }), 'key_unknown'],
    ['SEC-241 for another app', () => ({ claims: { aud: 'skc_101000000000000002' } }), 'aud'],
    ['SEC-230 with the shape of an ID token', () => ({ claims: { nonce: 'n', at_hash: 'x', events: null } }), 'events'],
  ]
  it.each(forgeries)('%s', async (_label, input, reason) => {
    const person = await somebody()
    const answer = await post(await mint({ sid: person.sid, ...input() }))
    if (reason === undefined) expectDone(answer)
    else expectRefused(answer)
    if (reason === undefined) standing = undefined
    expect(await isIn(person)).toBe(reason !== undefined)
    const type = reason === undefined ? 'backchannel_logout' : 'backchannel_logout_refused'
    expect(stage().app.events[0]).toMatchObject(reason === undefined ? { type, scope: 'sid' } : { type, reason })
  })

  const attacker = foreignKey()
  it.each<[string, (claims: object, kid: string) => string]>([
    ['SEC-218 alg none', (claims) => forge({ alg: 'none', typ: 'logout+jwt' }, claims, unsigned)],
    [
      'SEC-219 HS256 with the client secret',
      (claims, kid) => forge({ alg: 'HS256', kid }, claims, hs256(defaultSeed.clients[0]!.secret)),
    ],
    ['SEC-220 signed by somebody else', (claims, kid) => forge({ alg: 'RS256', kid }, claims, rs256(attacker))],
    ['SEC-221 five parts', (claims, kid) => `${forge({ alg: 'RS256', kid }, claims, rs256(attacker))}.a.b`],
    ['no token at all', () => 'hello'],
    ['SEC-214 20 KB', () => 'a'.repeat(20_000)],
  ])('%s', async (_label, make) => {
    const person = await somebody()
    const { keys } = await stage().emulator.control.state()
    const claims = payloadOf(await mint({ sid: person.sid }))
    expectRefused(await post(make(claims, keys[0]!.kid)))
    expect(await isIn(person)).toBe(true)
  })
})

/** Attack list 4.J: what a logout token ends. */
describe('back-channel logout', () => {
  const stage = useStage()
  const at = (path: string) => stage().app.origin + path
  const { post, mint, signedIn, isIn } = parties(stage)
  const now = () => stage().now()

  it('SEC-229 the same token again is 200 and has no effect', async () => {
    const person = await signedIn()
    const token = await mint({ sub: person.sub })
    expectDone(await post(token))
    expect(await isIn(person)).toBe(false)
    await stage().advance(1)
    const later = await signedIn()
    expectDone(await post(token))
    expect(stage().app.events).toMatchObject([{ type: 'backchannel_logout', replayed: true }])
    expect(await isIn(later)).toBe(true)
  })

  it('SEC-230 SEC-231 tokens of other kinds, in both directions', async () => {
    const person = await signedIn()
    const access = (await person.browser.fetch(at('/token'))).text
    expectRefused(await post(access))
    expect(await isIn(person)).toBe(true)

    const logout = await mint({ sid: person.sid })
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().forget()
    await stage().emulator.control.nextTokenResponse({ response: { id_token: logout } })
    await expectBad(stage(), await browser.navigate(callback.href), 'id_token_invalid', {
      tokenCalls: 1,
      finished: true,
    })
    expect401(await browser.fetch(at('/private'), { headers: { authorization: `Bearer ${logout}` } }))
  })

  it('SEC-244 nobody tells a known session from an unknown one', async () => {
    const known = await signedIn()
    const answers = [
      await post(await mint({ sid: known.sid })),
      await post(await mint({ sid: 'ses_unknown' })),
      await post(await mint({ sub: 'usr_unknown' })),
    ]
    for (const answer of answers) expectDone(answer)
    const names = (headers: Headers) => [...headers.keys()].filter((name) => name !== 'date').sort()
    expect(names(answers[1]!.headers)).toEqual(names(answers[0]!.headers))
  })

  it('SEC-232 a session that is not known yet is refused when it comes', async () => {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    const { sessions } = await stage().emulator.control.state()
    expectDone(await post(await mint({ sid: sessions[0]!.id, claims: { iat: now() + 30 } })))
    await stage().forget()
    await expectBad(stage(), await browser.navigate(callback.href), 'exchange_rejected', {
      tokenCalls: 1,
      finished: true,
    })
  })

  it('SEC-233 SEC-235 sid, and sid with sub: that session in every browser, and no other one of the person', async () => {
    for (const withSub of [{}, { sub: people.ada }]) {
      const one = await signedIn()
      const copy = { browser: one.browser.copy() }
      const another = await signedIn()
      expect(another.sid).not.toBe(one.sid)
      expectDone(await post(await mint({ sid: one.sid, ...withSub })))
      expect([await isIn(one), await isIn(copy), await isIn(another)]).toEqual([false, false, true])
    }
  })

  it('SEC-234 SEC-236 sub: every session of the person, and the next login is good while the old ones stay dead', async () => {
    const sessions = [await signedIn(people.max), await signedIn(people.max)]
    const bystander = await signedIn(people.ada)
    expectDone(await post(await mint({ sub: people.max })))
    await stage().advance(1)
    const again = await signedIn(people.max)
    expect([await isIn(again), await isIn(sessions[0]!), await isIn(sessions[1]!), await isIn(bystander)]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('SEC-237 a logout between exchange and session', async () => {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().emulator.control.addFault({ endpoint: 'token', kind: 'delay', delay: 0.3 })
    const arriving = browser.navigate(callback.href)
    while ((await stage().emulator.control.state()).faults.length > 0);
    const token = await mint({ sub: people.ada, claims: { iat: now() + 5 } })
    expectDone(await post(token))
    await stage().forget()
    await expectBad(stage(), await arriving, 'exchange_rejected', { tokenCalls: 1, finished: true })
    expect((await browser.fetch(at('/'))).text).toBe('stranger')
  })

  it('SEC-239 keys out of reach: known ones do, unknown ones are refused for now and may come again', async () => {
    const person = await signedIn()
    const known = await mint({ sub: people.gil })
    await stage().emulator.control.addFault({ endpoint: 'keys', kind: 'status', status: 503, times: 0 })
    await stage().advance(700)
    const fresh = await mint({ sub: people.gil })
    expectDone(await post(fresh))
    expectRefused(await post(known))
    await stage().emulator.control.rotateKeys('none')
    await stage().advance(31)
    const token = await mint({ sid: person.sid })
    expectRefused(await post(token), 'revocation_unavailable')
    await stage().emulator.control.clearFaults()
    await stage().advance(31)
    expectDone(await post(token))
  })

  it('SEC-240 SEC-123 a flood of unknown keys costs one fetch', async () => {
    await signedIn()
    const claims = payloadOf(await mint({ sub: people.gil }))
    const flood = (from: number) => {
      const kids = Array.from({ length: 20 }, (_, index) => `kid-${from + index}`)
      return Promise.all(kids.map((kid) => post(forge({ alg: 'RS256', kid }, claims, () => 'AAAA'))))
    }
    for (const from of [0, 20, 40]) for (const answer of await flood(from)) expectRefused(answer)
    expect((await stage().requests()).filter(({ kind }) => kind === 'keys').length).toBeLessThanOrEqual(1)
  })

  it.each(['s'.repeat(10_000), 'a:b*c', 'nul\0byte', '__proto__', 'ses_é\u2028'])('SEC-243 an odd sid', async (sid) => {
    expectDone(await post(await mint({ claims: { sid } })))
    expect(await isIn(await signedIn())).toBe(true)
  })
})

describe('back-channel logout with stricter rules', () => {
  const stage = useStage({ options: { logoutToken: { typ: 'strict', exp: 'optional' } } })
  const post = async (input: LogoutTokenInput) => {
    const { logout_token } = await stage().emulator.control.logoutToken(input)
    const body = new URLSearchParams({ logout_token }).toString()
    return exchange(
      `${stage().app.origin}/auth/backchannel-logout`,
      'POST',
      new Headers({ 'content-type': formType }),
      body,
    )
  }

  it('Q1 typ: strict takes logout+jwt only', async () => {
    expectDone(await post({ sub: people.gil }))
    for (const typ of ['JWT', null]) expectRefused(await post({ sub: people.gil, header: { typ } }))
  })

  it('SEC-225 exp: optional takes tokens of drafts that had none, while iat is fresh', async () => {
    expectDone(await post({ sub: people.gil, claims: { exp: null } }))
    expectRefused(await post({ sub: people.gil, claims: { exp: null, iat: stage().now() - 601 } }))
  })
})
