import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { Claims, TokenMutation } from '@scalegate/emulator'
import { Browser } from '@scalegate/testing/audits'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ForeignKey, foreignKey, forge, hs256, rs256, type Signer, unsigned } from '../support/forgery.js'
import { arrive, people } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { expect401, expectBad } from '../support/refusals.js'
import { useStage } from '../support/stage.js'

/**
 * Attack list 4.D, each row through a real exchange: the provider gives the forged token, and the person must not get
 * in, nor may anything further be asked (that is how the OpenID conformance suite judges). The token comes from the
 * provider and is read by core alone, so Express 5 stands for all frameworks.
 */
describe('ID token', () => {
  const stage = useStage({
    options: { transaction: { lifetime: 3600 } },
    emulator: { settings: { codeLifetime: 3600 } },
    between: 'keep',
  })
  const attacker = foreignKey()
  // Signed in at the provider and a stranger to the app, so that no test fills in the provider's pages.
  const visitor = new Browser()
  beforeAll(async () => {
    await arrive(visitor, stage().app)
    await visitor.navigate(`${stage().app.origin}/auth/logout`, { form: {}, from: `${stage().app.origin}/` })
  })
  afterEach(() => stage().emulator.control.clearFaults())

  async function arrived() {
    const browser = visitor.copy()
    const { callback, authorization } = await arrive(browser, stage().app)
    await stage().forget()
    const nonce = authorization.searchParams.get('nonce') ?? ''
    return { browser, nonce, finish: () => browser.navigate(callback.href) }
  }

  /** What an ID token of this login says. */
  const claimsFor = (nonce: string): Claims => ({
    iss: stage().emulator.url,
    sub: people.ada,
    aud: [stage().emulator.clientId],
    iat: stage().now(),
    exp: stage().now() + 600,
    nonce,
  })

  type Finished = Awaited<ReturnType<typeof arrived>>
  async function expectRefused(
    { browser, finish }: Finished,
    reason: string,
    code = 'id_token_invalid',
    status = 400,
  ): Promise<void> {
    await expectBad(stage(), await finish(), code, { status, tokenCalls: 1, finished: true })
    expect(stage().app.events).toMatchObject([{ type: 'login_refused', code, reason }])
    const kinds = (await stage().requests()).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind !== 'token' && kind !== 'keys')).toEqual([])
    expect(kinds.filter((kind) => kind === 'keys').length).toBeLessThanOrEqual(1)
    expect401(await browser.fetch(`${stage().app.origin}/private`))
  }

  async function expectAccepted({ browser, finish }: Finished): Promise<void> {
    expect((await finish()).status).toBe(303)
    expect((await browser.fetch(`${stage().app.origin}/private`)).status).toBe(200)
  }

  const spoil = (idToken: TokenMutation) => stage().emulator.control.nextTokenResponse({ idToken })
  const replace = (idToken: string) => stage().emulator.control.nextTokenResponse({ response: { id_token: idToken } })

  const signatures: readonly (readonly [string, TokenMutation, string])[] = [
    ['SEC-081 alg none', { alg: 'none' }, 'malformed'],
    ['SEC-081 alg None', { alg: 'none', header: { alg: 'None' } }, 'malformed'],
    ['SEC-081 alg none with a signature', { header: { alg: 'none' } }, 'alg'],
    ['SEC-081 alg nOnE with a signature', { header: { alg: 'nOnE' } }, 'alg'],
    ['SEC-081 no alg', { header: { alg: null } }, 'alg'],
    ['SEC-081 alg as a list', { header: { alg: ['RS256'] } }, 'alg'],
    ['SEC-083 HS256 with the client secret', { alg: 'HS256' }, 'alg'],
    ['SEC-083 HS256 that claims to be RS256', { alg: 'HS256', header: { alg: 'RS256' } }, 'signature'],
    ['SEC-084 RS384', { alg: 'RS384' }, 'alg'],
    ['SEC-084 RS512', { alg: 'RS512' }, 'alg'],
    ['SEC-084 PS256', { alg: 'PS256' }, 'alg'],
    ['SEC-084 PS256 that claims to be RS256', { alg: 'PS256', header: { alg: 'RS256' } }, 'signature'],
    ['SEC-085 key of nobody', { key: 'foreign' }, 'key_unknown'],
    ['SEC-085 empty kid', { header: { kid: '' } }, 'key_unknown'],
    ['SEC-085 kid of 10 KB', { header: { kid: 'k'.repeat(10_000) } }, 'key_unknown'],
    ['SEC-085 kid as a path', { header: { kid: '../../etc/passwd' } }, 'key_unknown'],
    ['SEC-085 kid as SQL', { header: { kid: "' OR 1=1" } }, 'key_unknown'],
    ['SEC-085 kid __proto__', { header: { kid: '__proto__' } }, 'key_unknown'],
    ['SEC-085 kid as a number', { header: { kid: 1 } }, 'key_unknown'],
    ['SEC-085 kid as a list', { header: { kid: ['a'] } }, 'key_unknown'],
    ['SEC-089 crit', { header: { crit: ['exp'] } }, 'crit'],
    ['SEC-089 empty crit', { header: { crit: [] } }, 'crit'],
    ['SEC-089 b64', { header: { b64: false } }, 'crit'],
    ['SEC-104 typ logout+jwt', { header: { typ: 'logout+jwt' } }, 'typ'],
    ['SEC-104 typ at+jwt', { header: { typ: 'at+jwt' } }, 'typ'],
    ['SEC-104 typ as a list', { header: { typ: ['JWT'] } }, 'typ'],
  ]
  it.each(signatures)('%s', async (_label, mutation, reason) => {
    const login = await arrived()
    await spoil(mutation)
    await expectRefused(login, reason)
  })

  it.each<[string, (jwk: JsonWebKey) => string | Buffer]>([
    ['PEM', (key) => createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })],
    ['DER', (key) => createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' })],
    ['JWK', (key) => JSON.stringify(key)],
  ])('SEC-082 HS256 with the public key as %s', async (_label, secretOf) => {
    const { keys } = (await (await fetch(`${stage().emulator.url}/keys`)).json()) as {
      keys: (JsonWebKey & { kid: string })[]
    }
    const [jwk] = keys
    for (const alg of ['HS256', 'RS256']) {
      const login = await arrived()
      await replace(forge({ alg, typ: 'JWT', kid: jwk!.kid }, claimsFor(login.nonce), hs256(secretOf(jwk!))))
      await expectRefused(login, alg === 'HS256' ? 'alg' : 'signature')
    }
  })

  it('SEC-086 no kid and one key: accepted, as conformance asks', async () => {
    const login = await arrived()
    await spoil({ header: { kid: null } })
    await expectAccepted(login)
  })

  it('SEC-087 no kid and several keys', async () => {
    await stage().emulator.control.rotateKeys('old')
    await stage().advance(700)
    const login = await arrived()
    await spoil({ header: { kid: null } })
    await expectRefused(login, 'key_unknown')
    await stage().emulator.control.rotateKeys('none')
  })

  it.each(['jku', 'x5u', 'jwk', 'x5c'])('SEC-088 a key that the header brings: %s', async (member) => {
    let asked = 0
    const listening = await listen((_, res) => {
      asked++
      res.end(JSON.stringify({ keys: [{ ...attacker.jwk, kid: 'mine', alg: 'RS256', use: 'sig' }] }))
    })
    const { keys } = await stage().emulator.control.state()
    for (const kid of ['mine', keys[0]!.kid]) {
      const login = await arrived()
      const value = { jku: listening.origin, x5u: listening.origin, jwk: attacker.jwk, x5c: [listening.origin] }[member]
      await replace(forge({ alg: 'RS256', kid, [member]: value }, claimsFor(login.nonce), rs256(attacker)))
      await expectRefused(login, kid === 'mine' ? 'key_unknown' : 'signature')
    }
    expect(asked).toBe(0)
    await listening.close()
  })

  const plantedKeys: readonly (readonly [string, (key: ForeignKey) => Record<string, unknown>, number])[] = [
    ['for encryption', ({ jwk }) => ({ ...jwk, use: 'enc' }), 2048],
    ['for other operations', ({ jwk }) => ({ ...jwk, key_ops: ['encrypt'] }), 2048],
    ['for another algorithm', ({ jwk }) => ({ ...jwk, alg: 'RS512' }), 2048],
    ['of another type', ({ jwk }) => ({ ...jwk, kty: 'EC' }), 2048],
    ['of 1024 bits', ({ jwk }) => jwk, 1024],
    ['that is symmetric', () => ({ kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0' }), 2048],
  ]
  it.each(plantedKeys)('SEC-090 a key in the key set %s', async (_label, plant, bits) => {
    const key = foreignKey(bits)
    const { keys } = (await (await fetch(`${stage().emulator.url}/keys`)).json()) as { keys: unknown[] }
    await stage().advance(700)
    const login = await arrived()
    const body = JSON.stringify({ keys: [...keys, { ...plant(key), kid: 'planted' }] })
    await stage().emulator.control.addFault({ endpoint: 'keys', kind: 'body', body, times: 0 })
    await replace(forge({ alg: 'RS256', kid: 'planted' }, claimsFor(login.nonce), rs256(key)))
    await expectRefused(login, 'key_unknown')
  })

  const at = (seconds: number) => () => stage().now() + seconds
  const times: readonly (readonly [string, string, () => unknown, string | undefined])[] = [
    ['SEC-091 expired beyond the skew', 'exp', at(-61), 'expired'],
    ['SEC-091 expired exactly at the skew', 'exp', at(-60), 'expired'],
    ['SEC-091 expired within the skew', 'exp', at(-50), undefined],
    ['SEC-092 no exp', 'exp', () => null, 'exp_missing'],
    ['SEC-093 exp 0', 'exp', () => 0, 'expired'],
    ['SEC-093 exp -1', 'exp', () => -1, 'expired'],
    ['SEC-093 exp 2^53', 'exp', () => 2 ** 53, 'exp'],
    ['SEC-093 exp as text', 'exp', () => '1900000000', 'exp'],
    ['SEC-093 exp as a list', 'exp', () => [], 'exp'],
    ['SEC-093 exp with a fraction', 'exp', () => 1_900_000_000.5, 'exp'],
    ['SEC-094 no iat', 'iat', () => null, 'iat'],
    ['SEC-094 iat in the future', 'iat', at(70), 'iat'],
    ['SEC-094 iat within the skew', 'iat', at(50), undefined],
    ['SEC-094 iat of last week', 'iat', at(-7 * 86_400), 'iat'],
    ['SEC-095 nbf in the future', 'nbf', at(70), 'nbf'],
    ['SEC-095 nbf within the skew', 'nbf', at(50), undefined],
    ['SEC-102 auth_time as text', 'auth_time', () => 'yesterday', 'auth_time'],
  ]
  it.each(times)('%s', async (_label, claim, value, reason) => {
    const login = await arrived()
    await spoil({ claims: { [claim]: value() } })
    if (reason === undefined) await expectAccepted(login)
    else await expectRefused(login, reason)
  })

  const issuer = () => stage().emulator.url
  const clientId = () => stage().emulator.clientId
  const identities: readonly (readonly [string, () => Claims, string])[] = [
    ['SEC-096 iss of somebody else', () => ({ iss: 'https://evil.example' }), 'iss'],
    ['SEC-096 iss with a slash', () => ({ iss: `${issuer()}/` }), 'iss'],
    ['SEC-096 iss in capitals', () => ({ iss: issuer().toUpperCase() }), 'iss'],
    ['SEC-096 iss as a list', () => ({ iss: [issuer()] }), 'iss'],
    ['SEC-096 no iss', () => ({ iss: null }), 'iss'],
    ['SEC-097 aud of somebody else', () => ({ aud: 'skc_other' }), 'aud'],
    ['SEC-097 aud that begins like ours', () => ({ aud: clientId().slice(0, -1) }), 'aud'],
    ['SEC-097 no aud', () => ({ aud: null }), 'aud'],
    ['SEC-097 empty aud', () => ({ aud: [] }), 'aud'],
    ['SEC-097 aud as a number', () => ({ aud: 1 }), 'aud'],
    ['SEC-098 aud with another one', () => ({ aud: [clientId(), 'skc_other'] }), 'aud'],
    ['SEC-098 aud with another one and our azp', () => ({ aud: [clientId(), 'skc_other'], azp: clientId() }), 'aud'],
    ['SEC-098 azp of somebody else', () => ({ azp: 'skc_other' }), 'azp'],
    ['SEC-098 aud with a number', () => ({ aud: [clientId(), 123] }), 'aud'],
    ['SEC-099 no sub', () => ({ sub: null }), 'sub'],
    ['SEC-099 empty sub', () => ({ sub: '' }), 'sub'],
    ['SEC-099 sub as a number', () => ({ sub: 1 }), 'sub'],
    ['SEC-099 sub of 256 characters', () => ({ sub: 'a'.repeat(256) }), 'sub'],
    ['SEC-099 sub with a line break', () => ({ sub: 'usr\n1' }), 'sub'],
    ['SEC-099 sub of somebody else than the access token', () => ({ sub: people.max }), 'sub'],
    ['SEC-100 nonce of another login', () => ({ nonce: 'A'.repeat(43) }), 'nonce'],
    ['SEC-100 no nonce', () => ({ nonce: null }), 'nonce'],
    ['SEC-100 nonce as a list', () => ({ nonce: ['A'.repeat(43)] }), 'nonce'],
    ['SEC-101 at_hash of another token', () => ({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'at_hash'],
    ['SEC-101 c_hash of another code', () => ({ c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'c_hash'],
    [
      'SEC-104 events of a logout token',
      () => ({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
      'events',
    ],
    ['SEC-110 issued by another environment', () => ({ iss: 'https://other.scalekit.dev', sub: people.ada }), 'iss'],
  ]
  it.each(identities)('%s', async (_label, claims, reason) => {
    const login = await arrived()
    await spoil({ claims: claims() })
    await expectRefused(login, reason)
  })

  it('SEC-100 the nonce in another case', async () => {
    const login = await arrived()
    const other = login.nonce.replace(/[a-z]/gi, (letter) =>
      letter < 'a' ? letter.toLowerCase() : letter.toUpperCase(),
    )
    await spoil({ claims: { nonce: other } })
    await expectRefused(login, 'nonce')
  })

  type Payload = (claims: Claims) => string
  const payloads: readonly (readonly [string, Payload, string])[] = [
    ['SEC-093 exp 1e999', (claims) => JSON.stringify({ ...claims, exp: 'EXP' }).replace('"EXP"', '1e999'), 'exp'],
    [
      'SEC-103 iss twice',
      (claims) => JSON.stringify(claims).replace('{', '{"iss":"https://evil.example",'),
      'duplicate_member',
    ],
    [
      'SEC-103 iss twice, once escaped',
      (claims) => JSON.stringify(claims).replace('{', '{"\\u0069ss":"https://evil.example",'),
      'duplicate_member',
    ],
    ['SEC-106 over 16 KB', (claims) => JSON.stringify({ ...claims, a: 'a'.repeat(13_000) }), 'too_large'],
    ['SEC-107 byte order mark', (claims) => `\ufeff${JSON.stringify(claims)}`, 'malformed'],
    ['SEC-108 a list', (claims) => JSON.stringify([claims]), 'malformed'],
    ['SEC-108 text', () => '"ada"', 'malformed'],
    ['SEC-108 a number', () => '1', 'malformed'],
  ]
  it.each(payloads)('%s', async (_label, payload, reason) => {
    const login = await arrived()
    await spoil({ payload: payload(claimsFor(login.nonce)) })
    await expectRefused(login, reason)
  })

  it('SEC-106 1500 levels of nesting are read like any other claim', async () => {
    const login = await arrived()
    const nested = `{"a":${'['.repeat(1500)}${']'.repeat(1500)},`
    await spoil({ payload: JSON.stringify(claimsFor(login.nonce)).replace('{', nested) })
    await expectAccepted(login)
  })

  it('SEC-106 1 MB', async () => {
    const login = await arrived()
    await replace('a'.repeat(1_000_000))
    await expectRefused(login, 'too_large', 'exchange_unavailable', 503)
  })

  it('SEC-108 claims with names of Object.prototype are claims like any other', async () => {
    const login = await arrived()
    await spoil({
      payload: JSON.stringify(claimsFor(login.nonce)).replace('{', '{"__proto__":{"polluted":true},"toString":1,'),
    })
    await expectAccepted(login)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  const spellings: readonly (readonly [string, (token: string) => string])[] = [
    ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
    ['four parts', (token) => `${token}.a`],
    ['five parts', (token) => `${token}.a.b`],
    ['empty payload', (token) => token.replace(/\..*\./, '..')],
    ['empty signature', (token) => token.replace(/[^.]*$/, '')],
    ['padding', (token) => `${token}=`],
    ['plus and slash', (token) => token.replaceAll('-', '+').replaceAll('_', '/')],
    ['space behind', (token) => `${token} `],
    ['line break behind', (token) => `${token}\n`],
    ['space in front', (token) => ` ${token}`],
  ]
  it.each(spellings)('SEC-107 %s', async (label, spell) => {
    const login = await arrived()
    const token = await stage().emulator.control.token({ claims: claimsFor(login.nonce) })
    // Without one of the two characters the other alphabet is no other spelling.
    if (label === 'plus and slash' && !/[-_]/.test(token)) return
    await replace(spell(token))
    await expectRefused(login, 'malformed')
  })

  it('the same forgery tools make a token that is accepted', async () => {
    const login = await arrived()
    await replace(await stage().emulator.control.token({ claims: claimsFor(login.nonce) }))
    await expectAccepted(login)
  })

  const strangers: readonly (readonly [string, Signer | 'provider', (claims: Claims) => Claims, string])[] = [
    [
      'an access token',
      'provider',
      ({ nonce: _, ...claims }) => ({ ...claims, scope: 'openid', jti: 'tkn_1', permissions: [] }),
      'token_type',
    ],
    [
      'an IdP-initiated login',
      'provider',
      ({ nonce: _, ...claims }) => ({ ...claims, connection_id: 'conn_1', relay_state: '/x' }),
      'nonce',
    ],
    [
      'a logout token',
      'provider',
      ({ nonce: _, ...claims }) => ({ ...claims, events: {}, sid: 'ses_1', jti: '1' }),
      'events',
    ],
    ['an unsigned one', unsigned, (claims) => claims, 'malformed'],
  ]
  it.each(strangers)('SEC-105 %s in place of the ID token', async (_label, signer, change, reason) => {
    const login = await arrived()
    const claims = change(claimsFor(login.nonce))
    const token =
      signer === 'provider' ? await stage().emulator.control.token({ claims }) : forge({ alg: 'none' }, claims, signer)
    await replace(token)
    await expectRefused(login, reason)
  })

  it('SEC-111 an address counts as verified only if the claim is exactly true', async () => {
    for (const value of [false, null, 'true', 1, {}]) {
      const login = await arrived()
      await spoil({ claims: { email_verified: value } })
      await login.finish()
      const session = JSON.parse((await login.browser.fetch(`${stage().app.origin}/private`)).text)
      expect(session.user).toMatchObject({ id: people.ada, emailVerified: false })
    }
  })

  it('SEC-112 the userinfo endpoint is never asked', async () => {
    const login = await arrived()
    await expectAccepted(login)
    expect((await stage().requests()).map(({ kind }) => kind).filter((kind) => kind === 'userinfo')).toEqual([])
  })

  it.each(['old', 'none'] as const)(
    'SEC-113 the key changed while the login was under way, keeping %s',
    async (keep) => {
      const login = await arrived()
      await stage().emulator.control.rotateKeys(keep)
      await stage().advance(31)
      await expectAccepted(login)
      expect((await stage().requests()).filter(({ kind }) => kind === 'keys')).toHaveLength(1)
      if (keep === 'old') await stage().emulator.control.rotateKeys('none')
    },
  )

  it.each([
    ['within ten minutes', 300, undefined],
    ['after ten minutes', 700, 'key_unknown'],
  ])('SEC-114 a withdrawn key %s', async (_label, seconds, reason) => {
    await expectAccepted(await arrived())
    const login = await arrived()
    const at = stage().now() + seconds
    const old = await stage().emulator.control.token({ claims: { ...claimsFor(login.nonce), iat: at, exp: at + 600 } })
    await stage().emulator.control.rotateKeys('none')
    await stage().advance(seconds)
    await replace(old)
    if (reason === undefined) await expectAccepted(login)
    else await expectRefused(login, reason)
  })
})
