import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, redirectUri, startBuilt } from '../test/emulator.js'
import {
  authorize,
  authorizePath,
  callbackOf,
  exchange,
  logIn,
  loginPath,
  type Params,
  refresh,
  session,
  tokenRequest,
} from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const errorOf = (response: Response) => callbackOf(response).searchParams.get('error')

describe('GET /oauth/authorize', () => {
  it('returns code, state and issuer', async () => {
    const { callback } = await logIn(emulator, { user: people.ada })
    expect(callback.origin + callback.pathname).toBe(redirectUri)
    expect([...callback.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state'])
    expect(callback.searchParams.get('state')).toBe('the-state')
    expect(callback.searchParams.get('iss')).toBe(emulator.url)
  })

  it('needs no page while the Scalekit session lives', async () => {
    const first = await session(emulator, { user: people.ada })
    const again = callbackOf(await first.browser.get(authorizePath(emulator)))
    const tokens = await exchange(emulator, again)
    expect(again.searchParams.has('code')).toBe(true)
    expect(tokens.id_token).toBeDefined()
  })

  it('keeps sid and auth time through single sign-on and honours max_age', async () => {
    const first = await session(emulator, { user: people.ada })
    await emulator.control.clock({ advance: 60 })
    const silent = await exchange(
      emulator,
      callbackOf(await first.browser.get(authorizePath(emulator, { max_age: '100' }))),
    )
    const { sid, auth_time } = JSON.parse(Buffer.from(silent.id_token?.split('.')[1] ?? '', 'base64url').toString())
    expect(sid).toBe(first.id.sid)
    // The tokens may be made a second after the login itself.
    expect(Number(first.id.iat) - auth_time).toBeGreaterThanOrEqual(0)
    expect(Number(first.id.iat) - auth_time).toBeLessThanOrEqual(30)
    const old = await authorize(emulator, first.browser, { max_age: '30' })
    expect([old.status, await old.text()]).toEqual([200, expect.stringContaining('Ada Admin')])
  })

  it.each<[string, Params, string]>([
    ['prompt=none without a session', { prompt: 'none' }, 'login_required'],
    ['unknown organization', { organization_id: 'org_1' }, 'invalid_organization_id'],
    ['unknown connection', { connection_id: 'conn_1' }, 'invalid_connection_id'],
    ['unsupported prompt', { prompt: 'dance' }, 'invalid_request'],
    ['implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['plain PKCE', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
  ])('sends the app an error: %s', async (_label, params, error) => {
    const callback = callbackOf(await new Browser(emulator.url).get(authorizePath(emulator, params)))
    // The implicit response type answers in the fragment.
    const answer = callback.hash === '' ? callback.searchParams : new URLSearchParams(callback.hash.slice(1))
    expect(callback.origin).toBe('http://127.0.0.1:3000')
    expect(answer.get('error')).toBe(error)
    expect(answer.get('state')).toBe('the-state')
  })

  it('answers prompt=none silently with a session, and asks for interaction where a page is needed', async () => {
    const ada = await session(emulator, { user: people.ada })
    const silent = callbackOf(await ada.browser.get(authorizePath(emulator, { prompt: 'none' })))
    expect(silent.searchParams.has('code')).toBe(true)
    const bea = await session(emulator, { user: people.bea, organization: organizations.globex })
    await emulator.control.setMember(organizations.globex, people.ada, ['member'])
    const other = await bea.browser.get(
      authorizePath(emulator, { prompt: 'none', organization_id: organizations.acme }),
    )
    expect(callbackOf(other).searchParams.has('code')).toBe(true)
  })

  it.each<[string, Params, string]>([
    ['unregistered redirect URI', { redirect_uri: 'https://evil.example/cb' }, 'invalid_redirect_uri'],
    ['registered host, other path', { redirect_uri: 'https://app.example/cb/' }, 'invalid_redirect_uri'],
    ['loopback in the user information', { redirect_uri: 'http://localhost@evil.example/cb' }, 'invalid_redirect_uri'],
    ['loopback with a fragment', { redirect_uri: 'http://localhost:3000/cb#x' }, 'invalid_redirect_uri'],
    ['unknown client', { client_id: 'skc_999' }, 'invalid_client'],
  ])('SEC-374 shows a page instead of redirecting: %s', async (_label, params, code) => {
    await emulator.control.updateClient(emulator.clientId, { redirectUris: ['https://app.example/cb'] })
    const response = await new Browser(emulator.url).get(authorizePath(emulator, params))
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).toContain(code)
  })

  it('takes a registered redirect URI that is not loopback', async () => {
    await emulator.control.updateClient(emulator.clientId, { redirectUris: ['https://app.example/cb'] })
    const { callback } = await logIn(emulator, { user: people.ada, params: { redirect_uri: 'https://app.example/cb' } })
    expect(callback.origin).toBe('https://app.example')
  })

  it('switches the organization without a page', async () => {
    const first = await session(emulator, { user: people.bea, organization: organizations.globex })
    const params = { prompt: 'select_account', organization_id: organizations.acme }
    const second = await exchange(emulator, callbackOf(await first.browser.get(authorizePath(emulator, params))))
    const claims = JSON.parse(Buffer.from(second.access_token.split('.')[1] ?? '', 'base64url').toString())
    expect([first.access.oid, claims.oid]).toEqual([organizations.globex, organizations.acme])
    expect(claims.sid).toBe(first.access.sid)
    expect(claims.roles).toEqual(['member'])
    const [stored] = (await emulator.control.state()).sessions
    expect(stored?.authenticatedOrganizations).toEqual([organizations.globex, organizations.acme])
  })

  it('refuses an organization that one is not a member of, with and without a session', async () => {
    const ada = await session(emulator, { user: people.ada })
    const live = await ada.browser.get(authorizePath(emulator, { organization_id: organizations.globex }))
    expect(errorOf(live)).toBe('access_denied')
    const { callback } = await logIn(emulator, { user: people.max, params: { organization_id: organizations.globex } })
    expect(callback.searchParams.get('error')).toBe('access_denied')
    expect(callback.searchParams.get('state')).toBe('the-state')
  })

  it('asks who signs in again with prompt=login, and keeps the session of the same person', async () => {
    const first = await session(emulator, { user: people.ada })
    const path = await loginPath(emulator, first.browser, { prompt: 'login' })
    expect(path).toMatch(/^\/login\//)
    const again = await session(emulator, { user: people.ada, browser: first.browser, params: { prompt: 'login' } })
    expect(again.id.sid).toBe(first.id.sid)
  })

  it('starts a new session for another person and ends the old one', async () => {
    const first = await session(emulator, { user: people.ada })
    const second = await session(emulator, { user: people.max, browser: first.browser, params: { prompt: 'login' } })
    expect(second.id.sid).not.toBe(first.id.sid)
    const { sessions } = await emulator.control.state()
    expect(sessions.map(({ status }) => status)).toEqual(['logout', 'active'])
  })

  it('SEC-373 exchanges a code once, within ten minutes, with its verifier and redirect URI', async () => {
    const verifier = 'v'.repeat(43)
    const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    const params = { code_challenge: Buffer.from(challenge).toString('base64url'), code_challenge_method: 'S256' }
    const fresh = async () => (await logIn(emulator, { user: people.ada, params })).callback
    const good = await fresh()
    const tokens = await exchange(emulator, good, { code_verifier: verifier })
    expect(tokens).toHaveProperty('id_token')
    expect(await exchange(emulator, good, { code_verifier: verifier })).toMatchObject({ error: 'invalid_grant' })
    // Whoever used it first may be the thief, so the tokens of the first use die with it (RFC 6749 §4.1.2).
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    expect(await exchange(emulator, await fresh())).toMatchObject({ error: 'invalid_grant' })
    expect(await exchange(emulator, await fresh(), { code_verifier: 'w'.repeat(43) })).toMatchObject({
      error: 'invalid_grant',
    })
    const elsewhere = { code_verifier: verifier, redirect_uri: 'http://127.0.0.1:3000/other' }
    expect(await exchange(emulator, await fresh(), elsewhere)).toMatchObject({ error: 'invalid_grant' })
    const late = await fresh()
    await emulator.control.clock({ advance: 601 })
    expect(await exchange(emulator, late, { code_verifier: verifier })).toMatchObject({ error: 'invalid_grant' })
  })

  it('SEC-373 wants the client secret, in the body or by Basic', async () => {
    const grant = { grant_type: 'client_credentials' }
    const wrong = await tokenRequest(emulator, { ...grant, client_secret: 'wrong' })
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { error: 'invalid_client' }])
    const basic = Buffer.from(`${emulator.clientId}:${emulator.clientSecret}`).toString('base64')
    const response = await fetch(`${emulator.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams(grant),
    })
    expect(response.status).toBe(200)
  })

  it('honours connection_id even with a session that came another way', async () => {
    const ada = await session(emulator, { user: people.ada })
    const page = await authorize(emulator, ada.browser, { connection_id: connections.acme })
    expect(await page.text()).toContain(connections.acme)
  })
})
