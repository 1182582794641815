import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { createClock } from './clock.js'
import { createTestIssuer } from './test-issuer.js'

const issuer = 'https://acme.scalekit.dev'
const clientId = 'skc_1'

describe('createTestIssuer', () => {
  it('signs logout tokens that its keys verify (BCL §2.4)', async () => {
    const scalekit = createTestIssuer({ issuer: `${issuer}/`, clientId })
    const keys = (await (await scalekit.fetch(`${issuer}/keys`, {})).json()) as JSONWebKeySet
    expect(keys.keys[0]).not.toHaveProperty('d')
    const { payload, protectedHeader } = await jwtVerify(
      await scalekit.logoutToken({ sid: 'ses_1', sub: 'usr_1' }),
      createLocalJWKSet(keys),
      { issuer, audience: clientId, typ: 'logout+jwt' },
    )
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toMatchObject({
      sid: 'ses_1',
      sub: 'usr_1',
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload.exp! - payload.iat!).toBe(120)
  })

  it('replaces and leaves out what a test wants otherwise, by the clock of the app', async () => {
    const clock = createClock(1_700_000_000)
    const scalekit = createTestIssuer({ issuer, clientId, clock: clock.now })
    const token = await scalekit.logoutToken({
      sub: 'usr_1',
      nonce: 'n',
      events: undefined,
      header: { typ: undefined },
    })
    const [header, payload] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    expect(header).toEqual({ alg: 'RS256', kid: 'scalegate-test-key' })
    expect(payload).toMatchObject({ iat: 1_700_000_000, nonce: 'n', sub: 'usr_1' })
    expect(payload).not.toHaveProperty('events')
  })

  it('serves metadata of the same issuer', async () => {
    const { fetch } = createTestIssuer({ issuer, clientId })
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, {})
    expect(await answer.json()).toMatchObject({ issuer, jwks_uri: `${issuer}/keys` })
  })

  it('lets nothing else out, and says what was asked for without its query', async () => {
    const { fetch } = createTestIssuer({ issuer, clientId })
    await expect(fetch(`${issuer}/oauth/token?code=canary`, {})).rejects.toThrow(`was asked for ${issuer}/oauth/token.`)
    await expect(fetch('https://evil.example/keys', {})).rejects.toThrow(TypeError)
  })

  it('refuses what cannot be meant', async () => {
    expect(() => createTestIssuer({ issuer: 'acme', clientId })).toThrow(/environment URL/)
    await expect(createTestIssuer({ issuer, clientId }).logoutToken({})).rejects.toThrow(/`sid` or a `sub`/)
  })
})
