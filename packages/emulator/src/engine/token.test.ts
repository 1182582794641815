import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { defaultSeed } from '../seed/default.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { claims, exchange, header, logIn, managementToken, refresh, session, tokenRequest } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

describe('POST /oauth/token', () => {
  it('gives tokens in the shape of protocol §3.2', async () => {
    const { tokens, access, id } = await session(emulator, { user: people.max })
    const kid = (await emulator.control.state()).keys[0]?.kid
    expect(Object.keys(tokens).sort()).toEqual([
      'access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type',
    ]) // biome-ignore format: a list
    expect(tokens).toMatchObject({
      expires_in: 299,
      token_type: 'Bearer',
      scope: 'openid profile email offline_access',
    })
    for (const token of [tokens.access_token, tokens.id_token]) {
      expect(header(token)).toEqual({ alg: 'RS256', kid, typ: 'JWT' })
    }
    const sid = expect.stringMatching(/^ses_\d{18}$/)
    const iat = expect.any(Number)
    expect(access).toEqual({
      iss: emulator.url,
      aud: [emulator.clientId],
      sub: people.max,
      oid: organizations.acme,
      sid,
      client_id: emulator.clientId,
      jti: expect.stringMatching(/^tkn_\d{18}$/),
      iat,
      nbf: access.iat,
      exp: Number(access.iat) + 299,
      roles: ['member'],
      permissions: ['sk_org_settings_read', 'sk_org_users_read', 'projects:create', 'projects:read'],
      xoid: 'acme',
    })
    expect(id).toEqual({
      iss: emulator.url,
      aud: [emulator.clientId],
      azp: emulator.clientId,
      sub: people.max,
      oid: organizations.acme,
      sid: access.sid,
      client_id: emulator.clientId,
      iat,
      exp: Number(id.iat) + 1800,
      amr: [expect.stringMatching(/^conn_/)],
      at_hash: createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url'),
      auth_time: expect.any(Number),
      nonce: 'the-nonce',
      email: 'max@acme.test',
      email_verified: true,
      name: 'Max Member',
      given_name: 'Max',
      family_name: 'Member',
    })
  })

  it('gives a refresh token only with offline_access, and profile claims only with their scopes', async () => {
    const { callback } = await logIn(emulator, { user: people.ada, params: { scope: 'openid' } })
    const tokens = await exchange(emulator, callback)
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(tokens.scope).toBe('openid')
    expect(claims(tokens.id_token)).not.toHaveProperty('email')
  })

  it('rotates: of five parallel refreshes exactly one wins', async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => refresh(emulator, tokens)))
    expect(results.filter((result) => result.refresh_token !== undefined)).toHaveLength(1)
    expect(results.filter((result) => result.error === 'invalid_grant')).toHaveLength(4)
  })

  it('answers a refresh with new access, refresh and ID token', async () => {
    const { tokens, id } = await session(emulator, { user: people.ada })
    const next = await refresh(emulator, tokens)
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect(claims(next.access_token).jti).not.toBe(claims(tokens.access_token).jti)
    expect(claims(next.id_token)).toMatchObject({ sub: id.sub, sid: id.sid, nonce: 'the-nonce' })
    expect(await refresh(emulator, next)).toHaveProperty('access_token')
  })

  it('recomputes roles and permissions at refresh', async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    await emulator.control.setMember(organizations.acme, people.ada, ['guest'])
    const { access_token } = await refresh(emulator, tokens)
    expect(claims(access_token)).toMatchObject({ roles: ['guest'], permissions: ['projects:read'] })
  })

  it('keeps an earlier login alive through a second one of the same browser', async () => {
    const first = await session(emulator, { user: people.ada })
    await session(emulator, { user: people.ada, browser: first.browser, params: { prompt: 'login' } })
    expect(await refresh(emulator, first.tokens)).toHaveProperty('access_token')
  })

  it('gives machine tokens a subject that is the client', async () => {
    const token = await managementToken(emulator)
    const { iat, exp, ...rest } = claims(token)
    expect(Number(exp) - Number(iat)).toBe(86_399)
    expect(rest).toMatchObject({ iss: emulator.url, sub: emulator.clientId, client_id: emulator.clientId, scopes: [] })
    expect(rest).not.toHaveProperty('sid')
  })

  it('refuses an unknown grant type and a form that is too large', async () => {
    const unknown = await tokenRequest(emulator, { grant_type: 'password' })
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { error: 'unsupported_grant_type' }])
    const large = await tokenRequest(emulator, { grant_type: 'refresh_token', refresh_token: 'x'.repeat(60_000) })
    expect(large.status).toBe(413)
  })
})

describe('claims from the seed', () => {
  it('come from the person and the organization; custom ones go into the access token only', async () => {
    const person = { emailVerified: false, picture: 'https://cdn.example/a.png', locale: 'de', externalId: 'u-1' }
    const own = await startBuilt({
      seed: {
        ...defaultSeed,
        organizations: defaultSeed.organizations.map((entry) => ({ ...entry, claims: { plan: 'pro', level: 1 } })),
        users: defaultSeed.users.map((user) => ({ ...user, ...person, claims: { level: 2 } })),
      },
    })
    const { access, id } = await session(own, { user: people.ada })
    await own.stop()
    expect(access).toMatchObject({ plan: 'pro', level: 2, xoid: 'acme', xuid: 'u-1' })
    expect(id).toMatchObject({ email_verified: false, picture: person.picture, locale: 'de' })
    expect(id).not.toHaveProperty('plan')
  })
})
