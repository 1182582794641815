import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { claims, header, managementToken, refresh, session } from '../test/login.js'
import { Receiver } from '../test/receiver.js'

let emulator: Emulator
let receiver: Receiver

beforeAll(async () => {
  receiver = await Receiver.start()
  emulator = await startBuilt({ clients: { backchannelLogoutUri: receiver.url } })
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await emulator.control.reset()
  receiver.reset()
})

async function ada() {
  const login = await session(emulator, { user: people.ada })
  return { ...login, sid: String(login.id.sid) }
}

describe('logout token', () => {
  it('is what OIDC Back-Channel Logout 1.0 §2.4 asks for', async () => {
    const { sid } = await ada()
    await emulator.control.revokeSession(sid)
    const [token = ''] = receiver.tokens
    const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(`${emulator.url}/keys`)), {
      issuer: emulator.url,
      audience: emulator.clientId,
      typ: 'logout+jwt',
    })
    expect(receiver.received[0]?.contentType).toBe('application/x-www-form-urlencoded')
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.stringMatching(/^snk_/), typ: 'logout+jwt' })
    expect(payload).toEqual({
      iss: emulator.url,
      aud: emulator.clientId,
      iat: expect.any(Number),
      exp: Number(payload.iat) + 120,
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      sub: people.ada,
      sid,
    })
  })

  it.each([
    ['sid', { sid: false }, (token: string) => 'sid' in claims(token)],
    ['sub', { sub: false }, (token: string) => 'sub' in claims(token)],
    ['exp', { exp: false }, (token: string) => 'exp' in claims(token)],
    ['typ', { typ: null }, (token: string) => 'typ' in header(token)],
  ] as const)('SET logoutToken.%s leaves it out', async (_label, patch, isThere) => {
    const { sid } = await ada()
    await emulator.control.settings({ logoutToken: patch })
    await emulator.control.revokeSession(sid)
    expect(receiver.tokens.map(isThere)).toEqual([false])
  })

  it('SET logoutToken.json sends JSON', async () => {
    const { sid } = await ada()
    await emulator.control.settings({ logoutToken: { json: true } })
    await emulator.control.revokeSession(sid)
    expect(receiver.received[0]?.contentType).toBe('application/json')
    expect(claims(JSON.parse(receiver.received[0]?.body ?? '{}').logout_token)).toMatchObject({ sid })
  })

  it('SET logoutToken.retries tries again and records each try', async () => {
    const { sid } = await ada()
    receiver.status = 400
    await emulator.control.settings({ logoutToken: { retries: 1 } })
    await emulator.control.revokeSession(sid)
    expect((await emulator.control.deliveries()).map(({ status }) => status)).toEqual([400, 400])
    expect(receiver.received).toHaveLength(2)
  })
})

describe('delivery', () => {
  it('is recorded with its status, and follows no redirect', async () => {
    const { sid } = await ada()
    receiver.status = 302
    await emulator.control.revokeSession(sid)
    expect(await emulator.control.deliveries()).toEqual([
      {
        id: expect.any(Number),
        at: expect.any(Number),
        kind: 'backchannel_logout',
        url: receiver.url,
        clientId: emulator.clientId,
        status: 302,
        sid,
        sub: people.ada,
      },
    ])
    expect(receiver.received).toHaveLength(1)
  })

  it('is recorded with the reason when nobody listens', async () => {
    await emulator.control.updateClient(emulator.clientId, { backchannelLogoutUri: 'http://127.0.0.1:9/x' })
    const { sid } = await ada()
    await emulator.control.revokeSession(sid)
    const [delivery] = await emulator.control.deliveries()
    expect(delivery).not.toHaveProperty('status')
    expect(delivery?.error).toEqual(expect.any(String))
  })

  it('is given up after five seconds', async () => {
    const { sid, browser } = await ada()
    receiver.status = 0
    const started = performance.now()
    expect((await browser.get('/oidc/logout')).status).toBe(302)
    expect(performance.now() - started).toBeLessThan(7000)
    const [delivery] = await emulator.control.deliveries()
    expect(delivery).toMatchObject({ sid, error: 'timeout' })
  })

  it('happens at log-out in the widgets', async () => {
    const { browser, sid } = await ada()
    const response = await browser.post('/ui/logout')
    expect([response.status, response.headers.get('location')]).toEqual([303, '/ui/login'])
    expect(receiver.tokens.map((token) => claims(token).sid)).toEqual([sid])
  })

  it('happens when the management API revokes the session', async () => {
    const { sid } = await ada()
    const authorization = `Bearer ${await managementToken(emulator)}`
    const response = await fetch(`${emulator.url}/api/v1/sessions/${sid}/revoke`, {
      method: 'POST',
      headers: { authorization },
    })
    expect(await response.json()).toMatchObject({ revoked_session: { session_id: sid, status: 'revoked' } })
    expect(receiver.tokens).toHaveLength(1)
  })

  it('happens when the session runs out', async () => {
    const { sid } = await ada()
    await emulator.control.clock({ advance: 8 * 86_400 })
    expect(receiver.tokens.map((token) => claims(token).sid)).toEqual([sid])
    expect((await emulator.control.state()).sessions[0]?.status).toBe('expired')
  })

  it('happens when the session runs out and nobody asks', async () => {
    await emulator.control.settings({ sessionIdle: 2 })
    const { sid } = await ada()
    await vi.waitFor(() => expect(receiver.tokens.map((token) => claims(token).sid)).toEqual([sid]), { timeout: 5000 })
  })

  it('happens when the membership ends', async () => {
    const { tokens } = await ada()
    await emulator.control.removeMember(organizations.acme, people.ada)
    expect(receiver.tokens).toHaveLength(1)
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
  })

  it('happens once per session', async () => {
    const { sid } = await ada()
    await emulator.control.revokeSession(sid)
    await emulator.control.revokeSession(sid)
    expect(receiver.tokens).toHaveLength(1)
  })

  it('does not happen with notify: false, though the session is over', async () => {
    const { sid, tokens, browser } = await ada()
    await emulator.control.revokeSession(sid, { notify: false })
    expect((await browser.get('/ui/')).headers.get('location')).toBe('/ui/login')
    expect(receiver.received).toEqual([])
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
  })
})
