import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { authorize, authorizePath, callbackOf, claims, exchange, loginPath, type Params } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt({ settings: { product: 'modular-sso' } })
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

async function signIn(params: Params = { organization_id: organizations.acme }, browser = new Browser(emulator.url)) {
  const path = await loginPath(emulator, browser, params)
  const fields = { email: 'sam@example.com', given_name: 'Sam', family_name: 'Single', outcome: 'success' }
  const callback = callbackOf(await browser.follow(await browser.post(`${path}/sso`, fields)))
  const tokens = await exchange(emulator, callback)
  return { browser, tokens, access: claims(tokens.access_token), id: claims(tokens.id_token) }
}

describe('Modular SSO', () => {
  it('gives tokens in the shape of protocol §3.3', async () => {
    const { tokens, access, id } = await signIn()
    expect(tokens).toMatchObject({ expires_in: 899, scope: 'openid profile email' })
    expect(tokens).not.toHaveProperty('refresh_token')
    const sub = expect.stringMatching(new RegExp(`^${connections.acme};[0-9a-f-]{36}$`))
    expect(id).toEqual({
      iss: emulator.url,
      aud: [emulator.clientId],
      azp: emulator.clientId,
      client_id: emulator.clientId,
      sub,
      oid: organizations.acme,
      sid: expect.stringMatching(/^ses_/),
      amr: [connections.acme],
      iat: expect.any(Number),
      exp: Number(id.iat) + 3 * 86_400,
      auth_time: expect.any(Number),
      at_hash: expect.any(String),
      nonce: 'the-nonce',
      email: 'sam@example.com',
      email_verified: true,
      preferred_username: 'sam@example.com',
      name: 'Sam Single',
      given_name: 'Sam',
      family_name: 'Single',
    })
    expect(access).toEqual({
      iss: emulator.url,
      aud: [emulator.clientId],
      sub: id.sub,
      client_id: emulator.clientId,
      jti: expect.stringMatching(/^tkn_/),
      iat: expect.any(Number),
      nbf: access.iat,
      exp: Number(access.iat) + 899,
    })
  })

  it('knows a person again, also after a reset', async () => {
    const first = await signIn()
    await emulator.control.reset()
    expect((await signIn()).id.sub).toBe(first.id.sub)
  })

  it.each<[string, Params]>([
    ['organization', { organization_id: organizations.acme }],
    ['connection', { connection_id: connections.acme, organization_id: organizations.globex }],
    ['domain', { domain: 'example.com', login_hint: 'sam@example.org' }],
    ['login hint', { login_hint: 'sam@example.com' }],
  ])('goes straight to the identity provider: %s', async (_label, params) => {
    const page = await (await authorize(emulator, new Browser(emulator.url), params)).text()
    expect(page).toContain(connections.acme)
    expect(page).toContain('Send the answer')
  })

  it('has no session of its own: the next request is sent there again', async () => {
    const { browser } = await signIn()
    const page = await authorize(emulator, browser, { organization_id: organizations.acme })
    expect(await page.text()).toContain('Send the answer')
    const silent = await browser.get(authorizePath(emulator, { organization_id: organizations.acme, prompt: 'none' }))
    expect(callbackOf(silent).searchParams.get('error')).toBe('login_required')
  })

  it.each<[string, Params, string]>([
    ['no selector', {}, 'invalid_connection_selector'],
    [
      'an unknown connection',
      { connection_id: 'conn_9', organization_id: organizations.acme },
      'invalid_connection_id',
    ],
    ['an unknown domain', { domain: 'acme.test' }, 'domain_not_found'],
  ])('sends the app an error: %s', async (_label, params, error) => {
    const callback = callbackOf(await new Browser(emulator.url).get(authorizePath(emulator, params)))
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error, state: 'the-state' })
  })

  it('signs in at a social provider without a picker', async () => {
    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser, { provider: 'google' })
    const callback = callbackOf(await browser.follow(await browser.post(path, { user: people.bea })))
    const { id_token } = await exchange(emulator, callback)
    expect(claims(id_token)).toMatchObject({ oid: organizations.globex, email: 'bea@globex.test' })
    expect(claims(id_token).sub).toMatch(/^conn_\d+;[0-9a-f-]{36}$/)
  })
})
