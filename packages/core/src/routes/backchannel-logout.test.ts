import { describe, expect, it } from 'vitest'
import { createServices, type Services } from '../auth/services.js'
import { resolveOptions } from '../options/resolve-options.js'
import { logoutEvent } from '../protocol/test/test-issuer.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { UsedOnce } from '../store/used-once.js'
import { ada, type Bench, bob, clientId, clientSecret, cookieSecret, createBench } from '../test/fixture.js'
import { backchannelLogoutRoute } from './backchannel-logout.js'

const form = 'application/x-www-form-urlencoded'

async function send(bench: Bench, body: string, headers: Readonly<Record<string, string>> = { 'content-type': form }) {
  const answer = await bench.kit.handle(
    new Request('https://app.example/auth/backchannel-logout', { method: 'POST', headers, body }),
  )
  if (answer === undefined) throw new Error('not a route')
  return answer
}

const post = async (bench: Bench, claims: Readonly<Record<string, unknown>>, header?: Record<string, unknown>) =>
  send(bench, `logout_token=${await bench.provider.logoutToken(claims, header ?? { typ: 'logout+jwt' })}`)

async function expectDone(answer: Response): Promise<void> {
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  expect([answer.headers.getSetCookie(), answer.headers.get('location')]).toEqual([[], null])
}

async function expectRefused(answer: Response, status = 400, error = 'invalid_request', code = 'logout_token_invalid') {
  expect(answer.status).toBe(status)
  expect(await answer.json()).toEqual({ error, error_description: code })
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  expect(answer.headers.getSetCookie()).toEqual([])
}

describe('POST backchannel-logout', () => {
  it('SEC-233 with a sid exactly that session ends, in every copy of its cookie', async () => {
    const bench = await createBench()
    const [browser, other, stranger] = [
      await bench.signedIn(ada),
      await bench.signedIn({ ...ada, sid: 'ses_ada_2' }),
      await bench.signedIn(bob),
    ]
    const copy = browser.copy()
    await expectDone(await post(bench, { sid: ada.sid, sub: undefined }))
    expect(await Promise.all([browser, copy, other, stranger].map((one) => one.user()))).toEqual([
      null,
      null,
      'usr_ada',
      'usr_bob',
    ])
    expect(bench.eventsOf('backchannel_logout')).toEqual([
      { type: 'backchannel_logout', at: bench.now, scope: 'sid', replayed: false },
    ])
  })

  it('SEC-234 with a sub all sessions of the person end, in every browser and organization', async () => {
    const bench = await createBench()
    const browsers = [
      await bench.signedIn(ada),
      await bench.signedIn({ ...ada, sid: 'ses_ada_2', oid: 'org_2' }),
      await bench.signedIn(bob),
    ]
    await expectDone(await post(bench, { sub: ada.sub, sid: undefined }))
    expect(await Promise.all(browsers.map((one) => one.user()))).toEqual([null, null, 'usr_bob'])
  })

  it('SEC-235 with both the session ends and not the others of the person', async () => {
    const bench = await createBench()
    const browsers = [await bench.signedIn(ada), await bench.signedIn({ ...ada, sid: 'ses_ada_2' })]
    await expectDone(await post(bench, { sub: ada.sub, sid: ada.sid }))
    expect(await Promise.all(browsers.map((one) => one.user()))).toEqual([null, 'usr_ada'])
  })

  it('SEC-236 whoever signs in again is in, and the old sessions elsewhere stay dead', async () => {
    const bench = await createBench()
    const old = await bench.signedIn(ada)
    await post(bench, { sub: ada.sub, sid: undefined })
    bench.now += 1
    const fresh = await bench.signedIn({ ...ada, sid: 'ses_ada_2' })
    expect([await fresh.user(), await old.copy().user(), await old.user()]).toEqual(['usr_ada', null, null])
    bench.now += 3600
    expect(await fresh.user()).toBe('usr_ada')
  })

  it('SEC-236 a login of the same second is dead', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    await post(bench, { sub: ada.sub, sid: undefined })
    expect(await browser.user()).toBeNull()
  })

  it('SEC-232 an unknown session is remembered for a login that commits late', async () => {
    const bench = await createBench()
    await expectDone(await post(bench, { sid: ada.sid, sub: undefined }))
    bench.provider.behaviour.ahead = -30
    const answer = await bench.browser().login(ada)
    expect(answer.status).toBe(400)
  })

  it('SEC-244 known and unknown sessions are answered alike', async () => {
    const bench = await createBench()
    await bench.signedIn(ada)
    const answers = [await post(bench, { sid: ada.sid }), await post(bench, { sid: 'ses_unknown' })]
    const [known, unknown] = await Promise.all(
      answers.map(async (answer) => ({
        status: answer.status,
        text: await answer.text(),
        headers: [...answer.headers],
      })),
    )
    expect(known).toEqual(unknown)
  })

  it.each(['GET', 'PUT', 'DELETE', 'HEAD', 'PATCH'])('SEC-211 %s is not allowed', async (method) => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/backchannel-logout', { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
  })

  it.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['text', { 'content-type': 'text/plain' }],
    ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['no type', {}],
    ['gzip', { 'content-type': form, 'content-encoding': 'gzip' }],
  ])('SEC-212 %s is not a form', async (_label, headers) => {
    const bench = await createBench()
    const token = await bench.provider.logoutToken({})
    const bytes = new TextEncoder().encode(`logout_token=${token}`)
    const answer = await bench.kit.handle(
      new Request('https://app.example/auth/backchannel-logout', {
        method: 'POST',
        headers: headers as HeadersInit,
        body: bytes,
      }),
    )
    await expectRefused(answer!, 415, 'invalid_request', 'unsupported_media_type')
  })

  it.each([`${form};charset=UTF-8`, 'Application/X-WWW-Form-Urlencoded', `${form} ; charset=utf-8`])(
    'SEC-212 %s is a form',
    async (type) => {
      const bench = await createBench()
      await expectDone(
        await send(bench, `logout_token=${await bench.provider.logoutToken({})}`, { 'content-type': type }),
      )
    },
  )

  it('SEC-214 a body over 32 KB', async () => {
    const bench = await createBench()
    const answer = await send(bench, `logout_token=${'a'.repeat(33_000)}`)
    expect(answer.headers.get('connection')).toBe('close')
    await expectRefused(answer, 413, 'invalid_request', 'payload_too_large')
  })

  it.each([
    ['missing', () => 'x=1'],
    ['empty', () => 'logout_token='],
    ['twice', (token: string) => `logout_token=${token}&logout_token=${token}`],
    ['a list', (token: string) => `logout_token[]=${token}`],
    ['no body', () => ''],
  ])('SEC-215 a logout token that is %s', async (_label, body) => {
    const bench = await createBench()
    await expectRefused(await send(bench, body(await bench.provider.logoutToken({}))))
    expect(bench.eventsOf('backchannel_logout_refused')).toMatchObject([{ reason: 'missing' }])
  })

  it('SEC-216 further parameters are ignored', async () => {
    const bench = await createBench()
    await expectDone(
      await send(bench, `ignored_parameter=%EF%BF%BD&logout_token=${await bench.provider.logoutToken({})}`),
    )
  })

  it('SEC-217 further claims are ignored', async () => {
    await expectDone(await post(await createBench(), { ignored_claim: { a: 1 } }))
  })

  it.each([
    ['SEC-218 alg none', {}, { alg: 'none' }, 'alg'],
    ['SEC-219 another algorithm', {}, { alg: 'HS256' }, 'alg'],
    ['SEC-220 a key nobody knows', {}, { kid: 'other' }, 'key_unknown'],
    ['SEC-222 another issuer', { iss: 'https://evil.example' }, undefined, 'iss'],
    ['SEC-222 no issuer', { iss: undefined }, undefined, 'iss'],
    ['SEC-223 another audience', { aud: 'INVALID' }, undefined, 'aud'],
    ['SEC-241 another application', { aud: ['skc_other'] }, undefined, 'aud'],
    ['SEC-224 no iat', { iat: undefined }, undefined, 'iat'],
    ['SEC-224 an old iat', { iat: 1_799_999_000 }, undefined, 'iat'],
    ['SEC-225 no exp', { exp: undefined }, undefined, 'exp_missing'],
    ['SEC-225 a far exp', { exp: 1_800_003_600 }, undefined, 'exp'],
    ['SEC-226 neither sid nor sub', { sid: undefined, sub: undefined }, undefined, 'sub_sid_missing'],
    ['SEC-227 no events', { events: undefined }, undefined, 'events'],
    ['SEC-227 another event', { events: { 'http://schemas.openid.net/event/foobar': {} } }, undefined, 'events'],
    ['SEC-227 a member that is no object', { events: { [logoutEvent]: true } }, undefined, 'events'],
    ['SEC-228 a nonce', { nonce: 'x' }, undefined, 'nonce'],
    ['SEC-228 a nonce that is null', { nonce: null }, undefined, 'nonce'],
    ['SEC-229 no jti', { jti: undefined }, undefined, 'jti'],
    ['another typ', {}, { typ: 'at+jwt' }, 'typ'],
  ])('%s is refused, and nobody is logged out', async (_label, claims, header, reason) => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    await expectRefused(await post(bench, { sub: ada.sub, sid: ada.sid, ...claims }, header))
    expect(bench.eventsOf('backchannel_logout_refused')).toEqual([
      { type: 'backchannel_logout_refused', at: bench.now, code: 'logout_token_invalid', reason },
    ])
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-221 an encrypted token was never agreed upon', async () => {
    const bench = await createBench()
    await expectRefused(await send(bench, 'logout_token=eyJhbGciOiJSU0EtT0FFUCJ9.AAAA.AAAA.AAAA.AAAA'))
    expect(bench.eventsOf('backchannel_logout_refused')).toMatchObject([{ reason: 'malformed' }])
  })

  it('SEC-240 200 posts with unknown keys fetch the key set at most twice', async () => {
    const bench = await createBench()
    await bench.signedIn(ada)
    bench.now += 60
    for (let i = 0; i < 200; i++) await expectRefused(await post(bench, {}, { kid: `random-${i}` }))
    expect(bench.provider.keyCalls.length).toBeLessThanOrEqual(2)
    await expectDone(await post(bench, { sid: ada.sid }))
  })

  it('SEC-225 older providers may leave exp out, where that is configured', async () => {
    const bench = await createBench({ logoutToken: { exp: 'optional' } })
    const browser = await bench.signedIn(ada)
    await expectDone(await post(bench, { sid: ada.sid, exp: undefined }))
    expect(await browser.user()).toBeNull()
  })

  it.each([
    ['compat', {}, 200],
    ['compat', { typ: 'JWT' }, 200],
    ['compat', { typ: undefined }, 200],
    ['strict', {}, 200],
    ['strict', { typ: 'JWT' }, 400],
  ] as const)('typ %s: %j → %i', async (typ, header, status) => {
    const bench = await createBench({ logoutToken: { typ } })
    expect((await post(bench, {}, { typ: 'logout+jwt', ...header })).status).toBe(status)
  })

  it('SEC-229 a replay is told so and has no effect, until the token can no longer be valid', async () => {
    const bench = await createBench()
    const token = await bench.provider.logoutToken({ sub: ada.sub, sid: undefined, jti: 'jti_once' })
    await expectDone(await send(bench, `logout_token=${token}`))
    // The token ends after 120 s, and 60 s of skew are forgiven.
    for (const seconds of [0, 119, 60]) {
      bench.now += seconds
      await expectDone(await send(bench, `logout_token=${token}`))
    }
    expect(bench.eventsOf('backchannel_logout').map(({ replayed }) => replayed)).toEqual([false, true, true, true])
    bench.now += 1
    await expectRefused(await send(bench, `logout_token=${token}`))
  })

  it('SEC-230 an ID token and an access token are no logout tokens', async () => {
    const bench = await createBench()
    await bench.signedIn(ada)
    const browser = await bench.signedIn(ada)
    const access = await browser.page((context) => context.accessToken())
    await expectRefused(await send(bench, `logout_token=${access}`))
  })

  it('SEC-239 with the keys out of reach it is 400, to be sent again', async () => {
    const bench = await createBench()
    bench.provider.behaviour.keysDown = true
    const token = await bench.provider.logoutToken({ sid: ada.sid })
    await expectRefused(
      await send(bench, `logout_token=${token}`),
      400,
      'temporarily_unavailable',
      'revocation_unavailable',
    )
    bench.provider.behaviour.keysDown = false
    bench.now += 31
    await expectDone(await send(bench, `logout_token=${token}`))
  })

  it('SEC-239 with known keys it works while they are out of reach', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    bench.provider.behaviour.keysDown = true
    bench.now += 700
    await expectDone(await post(bench, { sid: ada.sid }))
    bench.now += 100
    expect(await browser.user()).toBeNull()
  })

  it.each([
    ['10 KB', 's'.repeat(10_000)],
    ['separators', 'a:*{x}\u0000\r\n'],
    ['a property name', '__proto__'],
  ])('SEC-243 a sid of %s', async (_label, sid) => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    await expectDone(await post(bench, { sid, sub: undefined }))
    expect(await browser.user()).toBe('usr_ada')
  })

  it('needs no cookie and minds none', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(bob)
    const token = await bench.provider.logoutToken({ sid: ada.sid })
    await expectDone(
      await browser.route('/auth/backchannel-logout', { form: { logout_token: token }, site: 'cross-site' }),
    )
    expect(await browser.user()).toBe('usr_bob')
  })
})

describe('SEC-238 where marks cannot be written', () => {
  const refuse = () => Promise.reject(new Error('store down: canary'))

  it.each([
    ['the mark', { revoke: refuse }],
    ['the replay id', { use: refuse }],
    ['the look-up', { isUsed: refuse }],
  ] satisfies [string, Partial<RevocationMarks & UsedOnce>][])(
    '%s: 400, and the token can be sent again',
    async (_label, broken) => {
      const bench = await createBench()
      const services = servicesOf(bench)
      const { provider, options, emit } = services
      const carriedOut = services.shared.usedOnce('logout-token')
      const input = { provider, options, rules: options.logoutToken, isHeardEverywhere: true, emit }
      const token = await bench.provider.logoutToken({ sid: ada.sid })
      const call = (changes: Partial<RevocationMarks & UsedOnce>) => {
        const request = new Request('https://app.example/auth/backchannel-logout', {
          method: 'POST',
          headers: { 'content-type': form },
          body: `logout_token=${token}`,
        })
        const parts = { marks: { ...services.marks, ...changes }, carriedOut: { ...carriedOut, ...changes } }
        return backchannelLogoutRoute({ ...input, ...parts }).post!({
          request,
          query: new URLSearchParams(),
          kind: 'fetch',
        } as never)
      }
      const answer = await call(broken)
      expect([answer.status, await answer.json()]).toEqual([
        400,
        { error: 'temporarily_unavailable', error_description: 'revocation_unavailable' },
      ])
      expect(await carriedOut.isUsed('jti_1')).toBe(false)
      expect((await call({})).status).toBe(200)
    },
  )
})

describe('onSessionsEnded', () => {
  it.each([
    ['sid', { sid: ada.sid, sub: ada.sub }, { scope: 'sid', sid: ada.sid, userId: ada.sub }],
    ['sid', { sid: ada.sid, sub: undefined }, { scope: 'sid', sid: ada.sid }],
    ['sub', { sid: undefined, sub: ada.sub }, { scope: 'sub', userId: ada.sub }],
  ])('SEC-233 SEC-235 hears of the %s once, after the session has ended', async (scope, claims, ended) => {
    const heard: unknown[] = []
    const bench = await createBench({ onSessionsEnded: (one) => void heard.push(one) })
    const token = await bench.provider.logoutToken(claims)
    await expectDone(await send(bench, `logout_token=${token}`))
    await expectDone(await send(bench, `logout_token=${token}`))
    expect(heard).toEqual([{ at: bench.now, ...ended }])
    expect(bench.eventsOf('sessions_ended')).toEqual([
      { type: 'sessions_ended', at: bench.now, by: 'backchannel_logout', scope },
    ])
  })

  it('SEC-238 that throws: 400, the session has ended here, and the token can be sent again', async () => {
    let fails = true
    const bench = await createBench({
      async onSessionsEnded() {
        if (fails) throw new Error('down: canary')
      },
    })
    const browser = await bench.signedIn(ada)
    const token = await bench.provider.logoutToken({ sid: ada.sid })
    await expectRefused(
      await send(bench, `logout_token=${token}`),
      400,
      'temporarily_unavailable',
      'revocation_unavailable',
    )
    expect([await browser.user(), bench.eventsOf('sessions_ended')]).toEqual([null, []])
    fails = false
    await expectDone(await send(bench, `logout_token=${token}`))
    expect(bench.eventsOf('backchannel_logout')).toMatchObject([{ replayed: false }])
    expect(JSON.stringify(bench.events)).not.toContain('canary')
  })
})

function servicesOf(bench: Bench): Services {
  return createServices(
    resolveOptions(
      {
        issuer: bench.provider.issuer,
        clientId,
        clientSecret,
        cookieSecret,
        baseUrl: 'https://app.example',
        fetch: bench.provider.fetch,
        clock: () => bench.now,
      },
      {},
    ),
  )
}
