import { createHmac, createPublicKey, createVerify, type JsonWebKey } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { authorizePath, claims, exchange, header, logIn, refresh, session, tokenRequest } from '../test/login.js'
import { Receiver } from '../test/receiver.js'

let emulator: Emulator
let receiver: Receiver

beforeAll(async () => {
  receiver = await Receiver.start()
  emulator = await startBuilt()
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await emulator.control.reset()
  receiver.reset()
})

const ada = { user: people.ada }

async function keys(): Promise<readonly (JsonWebKey & { kid: string })[]> {
  const answer = (await (await fetch(`${emulator.url}/keys`)).json()) as { keys: (JsonWebKey & { kid: string })[] }
  return answer.keys
}

/** Whether one of the published keys signed a token. */
async function isSigned(token: string): Promise<boolean> {
  const jwk = (await keys()).find(({ kid }) => kid === header(token).kid)
  if (jwk === undefined) return false
  const at = token.lastIndexOf('.')
  const verifier = createVerify('sha256').update(token.slice(0, at))
  return verifier.verify(createPublicKey({ key: jwk, format: 'jwk' }), token.slice(at + 1), 'base64url')
}

describe('control API', () => {
  it('GET state shows everything but secrets of browsers and keys', async () => {
    const { browser } = await session(emulator, ada)
    const state = await emulator.control.state()
    expect(Object.keys(state)).toEqual([
      'environmentUrl', 'environmentId', 'clock', 'settings', 'clients', 'organizations', 'users', 'sessions', 'invitations', 'machines', 'keys', 'faults', 'connections', 'domains', 'directories',
      'portalLinks', 'portalSessions',
    ]) // biome-ignore format: a list
    expect(state.users[0]?.memberships[0]).toMatchObject({ organizationId: organizations.acme, roles: ['admin'] })
    const cookie = browser.cookie(`scalekit_emulator_${new URL(emulator.url).port}`) ?? 'none'
    expect(JSON.stringify(state)).not.toContain(cookie)
    expect(JSON.stringify(state.keys)).not.toContain('"d"')
  })

  it('GET requests is the witness: every request, no secrets', async () => {
    const { tokens, callback, browser } = await (async () => {
      const login = await logIn(emulator, ada)
      return { ...login, tokens: await exchange(emulator, login.callback) }
    })()
    await refresh(emulator, tokens)
    await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    await fetch(`${emulator.url}/nowhere?secret=1`)
    const requests = await emulator.control.requests()
    expect(requests.map(({ method, path, status, kind }) => `${method} ${path} ${status} ${kind}`)).toEqual([
      'GET /oauth/authorize 303 authorize',
      'POST /login/{interaction} 303 login',
      'GET /oauth/authorize/{interaction} 303 login',
      'POST /oauth/token 200 token',
      'POST /oauth/token 200 token',
      'GET /oidc/logout 302 logout',
      'GET /nowhere 404 unknown',
    ])
    const sid = claims(tokens.id_token).sid
    expect(requests[4]).toMatchObject({
      grantType: 'refresh_token',
      clientId: emulator.clientId,
      userId: people.ada,
      sid,
      durationMs: expect.any(Number),
    })
    const text = JSON.stringify(requests)
    for (const secret of [
      callback.searchParams.get('code'),
      tokens.refresh_token,
      tokens.access_token,
      tokens.id_token,
    ]) {
      expect(text).not.toContain(secret)
    }
  })

  it('GET requests?since and DELETE requests', async () => {
    await keys()
    const [first] = await emulator.control.requests()
    await keys()
    const later = await emulator.control.requests(first?.id)
    expect(later).toHaveLength(1)
    expect(later[0]?.id).toBeGreaterThan(first?.id ?? 0)
    await emulator.control.clearRequests()
    expect(await emulator.control.requests()).toEqual([])
  })

  it('records the error code of a refused request', async () => {
    await tokenRequest(emulator, { grant_type: 'refresh_token', refresh_token: 'x' })
    await new Browser(emulator.url).get(authorizePath(emulator, { prompt: 'none' }))
    expect((await emulator.control.requests()).map(({ error }) => error)).toEqual(['invalid_grant', 'login_required'])
  })

  it('GET and DELETE deliveries', async () => {
    await emulator.control.updateClient(emulator.clientId, { backchannelLogoutUri: receiver.url })
    const { id } = await session(emulator, ada)
    await emulator.control.revokeSession(String(id.sid))
    expect(await emulator.control.deliveries()).toHaveLength(1)
    await emulator.control.clearDeliveries()
    expect(await emulator.control.deliveries()).toEqual([])
  })

  it('POST reset goes back to the seed and keeps the keys', async () => {
    const before = await emulator.control.state()
    await emulator.control.clock({ offset: 1000 })
    await emulator.control.settings({ skInToken: false })
    const { tokens } = await session(emulator, ada)
    await emulator.control.setMember(organizations.acme, people.ada, ['guest'])
    await emulator.control.setFeatures(organizations.acme, { sso: false })
    await emulator.control.addFault({ endpoint: 'keys', kind: 'drop' })
    await emulator.control.nextTokenResponse({ response: { access_token: 'spoilt' }, times: 0 })
    await emulator.control.reset()
    const after = await emulator.control.state()
    expect({ ...after, clock: null }).toEqual({ ...before, clock: null })
    expect(after.clock.offset).toBe(0)
    expect(await emulator.control.requests()).toEqual([])
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    expect((await session(emulator, ada)).tokens.access_token).not.toBe('spoilt')
  })

  it('PUT clock moves the emulator, not the app', async () => {
    const real = Math.floor(Date.now() / 1000)
    await emulator.control.clock({ offset: -86_400 })
    const past = await session(emulator, ada)
    expect(Math.abs(Number(past.access.iat) - (real - 86_400))).toBeLessThan(5)
    expect(Math.abs(Math.floor(Date.now() / 1000) - real)).toBeLessThan(5)
    await emulator.control.clock({ advance: 2 * 86_400 })
    const { date } = Object.fromEntries((await fetch(`${emulator.url}/keys`)).headers)
    expect(Math.abs(Date.parse(date ?? '') / 1000 - (real + 86_400))).toBeLessThan(5)
    const discovery = await fetch(`${emulator.url}/userinfo`)
    expect(Math.abs(Date.parse(discovery.headers.get('date') ?? '') / 1000 - (real + 86_400))).toBeLessThan(5)
    expect((await emulator.control.state()).clock.offset).toBe(86_400)
  })

  it('POST keys/rotate keeps or withdraws the old key', async () => {
    const old = await session(emulator, ada)
    const [first] = await keys()
    await emulator.control.rotateKeys('old')
    const kept = await keys()
    expect(kept.map(({ kid }) => kid)).toEqual([expect.not.stringMatching(first?.kid ?? ''), first?.kid])
    const next = await refresh(emulator, old.tokens)
    expect(header(next.access_token).kid).toBe(kept[0]?.kid)
    expect(header(next.id_token).kid).toBe(kept[0]?.kid)
    await emulator.control.rotateKeys('none')
    expect(await keys()).toHaveLength(1)
    expect(await isSigned(next.access_token)).toBe(false)
    expect((await emulator.control.state()).keys).toEqual([{ kid: (await keys())[0]?.kid, current: true }])
  })

  it('PUT and DELETE members', async () => {
    await emulator.control.setMember(organizations.globex, people.ada, ['member', 'guest'])
    const { access } = await session(emulator, { ...ada, params: { organization_id: organizations.globex } })
    expect(access.roles).toEqual(['member', 'guest'])
    await emulator.control.removeMember(organizations.globex, people.ada)
    const { callback } = await logIn(emulator, { ...ada, params: { organization_id: organizations.globex } })
    expect(callback.searchParams.get('error')).toBe('access_denied')
  })

  it('PUT features', async () => {
    await emulator.control.setFeatures(organizations.globex, { dir_sync: true, sso: false })
    const { organizations: listed } = await emulator.control.state()
    expect(listed[1]?.features).toEqual({
      sso: false,
      dir_sync: true,
      domain_verification: false,
      session_policy: false,
    })
  })

  it('PUT clients', async () => {
    await emulator.control.settings({ anyLoopbackRedirectUri: false })
    const patch = {
      redirectUris: ['https://app.example/cb'],
      postLogoutRedirectUris: ['https://app.example/bye'],
      backchannelLogoutUri: receiver.url,
      initiateLoginUri: 'https://app.example/login',
    }
    await emulator.control.updateClient(emulator.clientId, patch)
    expect((await emulator.control.state()).clients[0]).toMatchObject(patch)
    const params = { redirect_uri: 'https://app.example/cb' }
    expect((await logIn(emulator, { ...ada, params })).callback.searchParams.has('code')).toBe(true)
  })

  it('POST logout-tokens signs what it is told, and sends it', async () => {
    const plain = await emulator.control.logoutToken({ sid: 'ses_1' })
    expect(claims(plain.logout_token)).toMatchObject({ sid: 'ses_1', aud: emulator.clientId })
    expect(claims(plain.logout_token)).not.toHaveProperty('sub')
    expect(await isSigned(plain.logout_token)).toBe(true)
    await emulator.control.updateClient(emulator.clientId, { backchannelLogoutUri: receiver.url })
    const sent = await emulator.control.logoutToken({
      sub: people.ada,
      claims: { nonce: 'n', jti: null, iat: 1 },
      header: { typ: 'JWT', kid: null },
      deliver: true,
    })
    expect(claims(sent.logout_token)).toMatchObject({ sub: people.ada, nonce: 'n', iat: 1 })
    expect(claims(sent.logout_token)).not.toHaveProperty('jti')
    expect(header(sent.logout_token)).toEqual({ alg: 'RS256', typ: 'JWT' })
    expect(receiver.tokens).toEqual([sent.logout_token])
    expect(sent.delivery).toMatchObject({ status: 200, sub: people.ada })
  })

  it('POST tokens signs any claims', async () => {
    const token = await emulator.control.token({ claims: { iss: 'x', odd: [1] }, header: { typ: 'weird' } })
    expect([claims(token), header(token).typ]).toEqual([{ iss: 'x', odd: [1] }, 'weird'])
    expect(await isSigned(token)).toBe(true)
  })
})

describe('POST next-token-response', () => {
  const spoil = emulatorCall()

  function emulatorCall() {
    return async (mutation: Parameters<Emulator['control']['nextTokenResponse']>[0]) => {
      await emulator.control.nextTokenResponse(mutation)
      return (await session(emulator, ada)).tokens
    }
  }

  it('replaces and removes claims and header members, validly signed', async () => {
    const { id_token = '' } = await spoil({
      idToken: { claims: { nonce: 'other', exp: null }, header: { typ: 'logout+jwt' } },
    })
    expect(claims(id_token)).toMatchObject({ nonce: 'other' })
    expect(claims(id_token)).not.toHaveProperty('exp')
    expect(header(id_token).typ).toBe('logout+jwt')
    expect(await isSigned(id_token)).toBe(true)
  })

  it('signs with alg none, with the client secret, with another RSA algorithm, with a foreign key', async () => {
    const none = (await spoil({ idToken: { alg: 'none' } })).id_token ?? ''
    expect([header(none).alg, none.split('.')[2]]).toEqual(['none', ''])
    const hs256 = (await spoil({ idToken: { alg: 'HS256' } })).id_token ?? ''
    const at = hs256.lastIndexOf('.')
    const expected = createHmac('sha256', emulator.clientSecret).update(hs256.slice(0, at)).digest('base64url')
    expect(hs256.slice(at + 1)).toBe(expected)
    const rs384 = (await spoil({ idToken: { alg: 'RS384' } })).id_token ?? ''
    const end = rs384.lastIndexOf('.')
    const verifier = createVerify('sha384').update(rs384.slice(0, end))
    const [jwk = {}] = await keys()
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    expect(verifier.verify(key, rs384.slice(end + 1), 'base64url')).toBe(true)
    const foreign = (await spoil({ idToken: { key: 'foreign' } })).id_token ?? ''
    expect((await keys()).map(({ kid }) => kid)).not.toContain(header(foreign).kid)
  })

  it('signs a payload as it stands', async () => {
    const payload = '{"exp":1e999,"iss":"a","iss":"b"}'
    const { id_token = '' } = await spoil({ idToken: { payload } })
    expect(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()).toBe(payload)
    expect(await isSigned(id_token)).toBe(true)
  })

  it('spoils the access token (at_hash follows) and the response', async () => {
    const tokens = await spoil({
      accessToken: { claims: { permissions: [''] } },
      response: { scope: null, expires_in: '1' },
    })
    expect(claims(tokens.access_token).permissions).toEqual([''])
    expect(tokens).not.toHaveProperty('scope')
    expect(tokens.expires_in).toBe('1')
  })

  it('counts times and minds the grant type', async () => {
    await emulator.control.nextTokenResponse({ grantType: 'refresh_token', response: { spoilt: true }, times: 2 })
    const { tokens } = await session(emulator, ada)
    expect(tokens).not.toHaveProperty('spoilt')
    const first = await refresh(emulator, tokens)
    const second = await refresh(emulator, first)
    const third = await refresh(emulator, second)
    expect([first, second, third].map((answer) => 'spoilt' in answer)).toEqual([true, true, false])
  })
})

describe('refusals of the control API', () => {
  const send = (method: string, path: string, body?: string, type = 'application/json') =>
    fetch(`${emulator.url}/_emulator/${path}`, {
      method,
      headers: { 'content-type': type },
      ...(body === undefined ? {} : { body }),
    })

  it.each<[string, string, string, string | undefined, string]>([
    ['unknown setting', 'PATCH', 'settings', '{"skInTokn":true}', 'skInTokn'],
    ['setting of the wrong type', 'PATCH', 'settings', '{"logoutToken":{"sid":1}}', 'logoutToken.sid'],
    ['clock with both', 'PUT', 'clock', '{"offset":1,"advance":1}', 'either'],
    ['unknown fault', 'POST', 'faults', '{"endpoint":"keys","kind":"fire"}', 'kind'],
    ['unknown role', 'PUT', `organizations/${organizations.acme}/members/${people.ada}`, '{"roles":["king"]}', 'king'],
    ['unknown mutation', 'POST', 'next-token-response', '{"idTokn":{}}', 'idTokn'],
    ['no JSON', 'POST', 'tokens', '{', 'JSON'],
  ])('400 for %s', async (_label, method, path, body, named) => {
    const response = await send(method, path, body)
    const { error, message } = (await response.json()) as { error: string; message: string }
    expect([response.status, error]).toEqual([400, 'invalid_request'])
    expect(message).toContain(named)
  })

  it.each([
    ['POST', 'sessions/ses_1/revoke', '{}'],
    ['PUT', 'organizations/org_1/members/usr_1', '{"roles":[]}'],
    ['DELETE', `organizations/${organizations.globex}/members/${people.ada}`, undefined],
    ['PUT', 'organizations/org_1/features', '{}'],
    ['PUT', 'clients/skc_1', '{}'],
    ['DELETE', 'faults/fault_9', undefined],
    ['POST', 'logout-tokens', '{"clientId":"skc_1"}'],
    ['POST', 'nothing', '{}'],
  ])('404 for %s %s', async (method, path, body) => {
    expect((await send(method, path, body)).status).toBe(404)
  })

  it('415 for what an HTML form can send', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
      expect((await send('POST', 'reset', '{}', type)).status).toBe(415)
    }
  })
})

describe('GET /_emulator', () => {
  it('is a page that runs its own script only', async () => {
    await session(emulator, ada)
    const response = await fetch(`${emulator.url}/_emulator`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const style = await fetch(`${emulator.url}/_emulator/style.css`)
    const script = await fetch(`${emulator.url}/_emulator/control.js`)
    expect([style.headers.get('content-type'), script.headers.get('content-type')]).toEqual([
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
    ])
  })
})
