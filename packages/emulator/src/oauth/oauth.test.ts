import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { defaultSettings } from '../settings.js'
import { people, startBuilt } from '../test/emulator.js'
import { claims, managementToken, refresh, session } from '../test/login.js'
import { isLoopback, isRegistered } from './registered-uri.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const userinfo = (token?: string) =>
  fetch(`${emulator.url}/userinfo`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })

async function form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(emulator.url + path, { method: 'POST', body: new URLSearchParams(fields), headers })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) }
}

const credentials = () => ({ client_id: emulator.clientId, client_secret: emulator.clientSecret })

describe('GET /userinfo', () => {
  it('gives the profile for an access token', async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    const response = await userinfo(tokens.access_token)
    expect([response.status, await response.json()]).toEqual([
      200,
      expect.objectContaining({ sub: people.ada, email: 'ada@acme.test', name: 'Ada Admin' }),
    ])
  })

  it('refuses no token, an ID token, a machine token, an expired one, and one whose session is over', async () => {
    const { tokens, id } = await session(emulator, { user: people.ada })
    const none = await userinfo()
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    for (const token of [tokens.id_token, await managementToken(emulator), 'x.y.z']) {
      const response = await userinfo(token)
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
    }
    await emulator.control.clock({ advance: 300 })
    expect((await userinfo(tokens.access_token)).status).toBe(401)
    await emulator.control.clock({ offset: 0 })
    expect((await userinfo(tokens.access_token)).status).toBe(200)
    await emulator.control.revokeSession(String(id.sid))
    expect((await userinfo(tokens.access_token)).status).toBe(401)
  })
})

describe('POST /oauth/introspect', () => {
  it('tells an active token from the others', async () => {
    const { tokens, id } = await session(emulator, { user: people.ada })
    const active = async (token = '') => (await form('/oauth/introspect', { ...credentials(), token })).json
    expect(await active(tokens.access_token)).toMatchObject({ active: true, sub: people.ada, token_type: 'Bearer' })
    expect(await active(tokens.refresh_token)).toEqual({ active: true })
    expect(await active(tokens.id_token)).toEqual({ active: false })
    expect(await active('nonsense')).toEqual({ active: false })
    await emulator.control.revokeSession(String(id.sid))
    expect(await active(tokens.access_token)).toEqual({ active: false })
    expect(await active(tokens.refresh_token)).toEqual({ active: false })
  })

  it('wants client credentials, in the body or by Basic', async () => {
    const refused = await form('/oauth/introspect', { ...credentials(), client_secret: 'x', token: 'x' })
    expect(refused).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
    const basic = Buffer.from(`${emulator.clientId}:${emulator.clientSecret}`).toString('base64')
    const accepted = await form('/oauth/introspect', { token: 'x' }, { authorization: `Basic ${basic}` })
    expect(accepted).toEqual({ status: 200, json: { active: false } })
  })
})

describe('POST /revoke', () => {
  it('ends the refresh tokens of the grant', async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    const token = tokens.refresh_token ?? ''
    expect(await form('/revoke', { ...credentials(), token })).toEqual({ status: 200, json: undefined })
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    expect((await form('/revoke', { ...credentials(), token: 'unknown' })).status).toBe(200)
    expect((await form('/revoke', { client_id: emulator.clientId, token })).status).toBe(401)
  })

  it('leaves another login of the same session alone', async () => {
    const first = await session(emulator, { user: people.ada })
    const second = await session(emulator, { user: people.ada, browser: first.browser, params: { prompt: 'login' } })
    await form('/revoke', { ...credentials(), token: first.tokens.refresh_token ?? '' })
    expect(claims((await refresh(emulator, second.tokens)).access_token).sid).toBe(first.id.sid)
  })
})

describe('SEC-374 registered URIs', () => {
  it.each([
    ['http://localhost:3000/cb', true],
    ['http://127.0.0.1/cb', true],
    ['https://[::1]:8443/cb?x=1', true],
    ['http://localhost.evil.example/', false],
    ['http://127.0.0.1.nip.io/', false],
    ['http://user@localhost/', false],
    ['http://evil.example/#http://localhost/', false],
    ['http://localhost/#', false],
    ['javascript://localhost/%0aalert(1)', false],
    ['//localhost/', false],
    ['', false],
  ])('%s is loopback: %s', (uri, expected) => {
    expect(isLoopback(uri)).toBe(expected)
  })

  it('are compared as they are', () => {
    const strict = { ...defaultSettings, anyLoopbackRedirectUri: false }
    const registered = ['https://app.example/cb']
    for (const uri of [
      'https://app.example/cb/',
      'https://APP.example/cb',
      'https://app.example/cb?x',
      'https://app.example:443/cb',
    ]) {
      expect([uri, isRegistered(uri, registered, strict)]).toEqual([uri, false])
    }
    expect(isRegistered('https://app.example/cb', registered, strict)).toBe(true)
  })
})
