import { defaultSeed, type LogoutTokenInput } from '@scalegate/emulator'
import { describe, expect, it } from 'vitest'
import { foreignKey, forge, hs256, payloadOf, rs256, unsigned } from '../support/forgery.js'
import { expectDone, expectRefused, logoutTokens } from '../support/logout-tokens.js'
import { rowsFor, useStage } from '../support/stage.js'

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** Attack list 4.J: the token. */
describe.each(['Express 5', 'Hono'] as const)('logout token on %s', (framework) => {
  const stage = useStage({ framework, between: 'keep' })
  const { post, mint, signedIn, isIn } = logoutTokens(stage)

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
  it.each(rowsFor(framework, forgeries))('%s', async (_label, input, reason) => {
    const person = await somebody()
    const answer = await post(await mint({ sid: person.sid, ...input() }))
    if (reason === undefined) expectDone(answer)
    else expectRefused(answer)
    if (reason === undefined) standing = undefined
    expect(await isIn(person)).toBe(reason !== undefined)
    const type = reason === undefined ? 'backchannel_logout' : 'backchannel_logout_refused'
    expect(stage().app.events.find((event) => event.type === type)).toMatchObject(
      reason === undefined ? { type, scope: 'sid' } : { type, reason },
    )
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
