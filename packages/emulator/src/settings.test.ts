import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from './index.js'
import { Browser } from './test/browser.js'
import { organizations, people, startBuilt } from './test/emulator.js'
import {
  authorizePath,
  callbackOf,
  claims,
  exchange,
  logIn,
  loginPath,
  managementToken,
  refresh,
  session,
} from './test/login.js'

/** Each setting, by a test that fails when the setting does nothing. Those of `logoutToken` are with the sender. */
let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const ada = { user: people.ada }
const lifetime = (token: string | undefined) => Number(claims(token).exp) - Number(claims(token).iat)

describe('SET', () => {
  it('accessTokenLifetime', async () => {
    await emulator.control.settings({ accessTokenLifetime: 7 })
    const { tokens } = await session(emulator, ada)
    expect([tokens.expires_in, lifetime(tokens.access_token)]).toEqual([7, 7])
  })

  it('idTokenLifetime', async () => {
    await emulator.control.settings({ idTokenLifetime: 8 })
    expect(lifetime((await session(emulator, ada)).tokens.id_token)).toBe(8)
  })

  it('clientCredentialsLifetime', async () => {
    await emulator.control.settings({ clientCredentialsLifetime: 9 })
    expect(lifetime(await managementToken(emulator))).toBe(9)
  })

  it('codeLifetime', async () => {
    await emulator.control.settings({ codeLifetime: 5 })
    const { callback } = await logIn(emulator, ada)
    await emulator.control.clock({ advance: 6 })
    expect(await exchange(emulator, callback)).toMatchObject({ error: 'invalid_grant' })
  })

  it('accessTokenAudience', async () => {
    await emulator.control.settings({ accessTokenAudience: ['https://api.example'] })
    const { access, id } = await session(emulator, ada)
    expect([access.aud, id.aud]).toEqual([['https://api.example'], [emulator.clientId]])
  })

  it('skInToken: false takes the sk_* out of the token, not out of the API', async () => {
    await emulator.control.settings({ skInToken: false })
    const { access } = await session(emulator, ada)
    expect(access.permissions).toEqual(['projects:create', 'projects:read', 'projects:delete'])
    const authorization = `Bearer ${await managementToken(emulator)}`
    const path = `/api/v1/organizations/${organizations.acme}/users/${people.ada}/permissions`
    const answer = await (await fetch(emulator.url + path, { headers: { authorization } })).json()
    expect((answer as { permissions: unknown[] }).permissions).toHaveLength(15)
  })

  it('idTokenOnRefresh: false', async () => {
    const { tokens } = await session(emulator, ada)
    await emulator.control.settings({ idTokenOnRefresh: false })
    const next = await refresh(emulator, tokens)
    expect(next).not.toHaveProperty('id_token')
    expect(next).toHaveProperty('refresh_token')
  })

  it('authTime: when the person authenticated, after silent logins and refreshes, too', async () => {
    const first = await session(emulator, ada)
    await emulator.control.clock({ advance: 60 })
    const silent = await exchange(emulator, callbackOf(await first.browser.get(authorizePath(emulator))))
    const refreshed = await refresh(emulator, first.tokens)
    for (const { id_token } of [silent, refreshed]) {
      expect(claims(id_token).auth_time).toBe(first.id.auth_time)
      expect(Number(claims(id_token).iat) - Number(first.id.auth_time)).toBeGreaterThanOrEqual(60)
    }
    const again = await session(emulator, { ...ada, browser: first.browser, params: { prompt: 'login' } })
    expect(Number(again.id.auth_time) - Number(first.id.auth_time)).toBeGreaterThanOrEqual(60)
    await emulator.control.settings({ authTime: false })
    const without = await exchange(emulator, callbackOf(await again.browser.get(authorizePath(emulator))))
    expect(claims(without.id_token)).not.toHaveProperty('auth_time')
  })

  it('issInResponse: false, in success, error and discovery', async () => {
    const discovery = async () => (await fetch(`${emulator.url}/.well-known/openid-configuration`)).json()
    const promise = 'authorization_response_iss_parameter_supported'
    expect(await discovery()).toHaveProperty(promise, true)
    await emulator.control.settings({ issInResponse: false })
    expect(await discovery()).not.toHaveProperty(promise)
    const { callback } = await logIn(emulator, ada)
    expect([...callback.searchParams.keys()]).toEqual(['code', 'state'])
    const failed = callbackOf(await new Browser(emulator.url).get(authorizePath(emulator, { prompt: 'none' })))
    expect(failed.searchParams.has('error')).toBe(true)
    expect(failed.searchParams.has('iss')).toBe(false)
  })

  it('anyLoopbackRedirectUri: false, for callback and log-out', async () => {
    const redirect_uri = 'http://127.0.0.1:54321/cb'
    const open = async () => (await new Browser(emulator.url).get(authorizePath(emulator, { redirect_uri }))).status
    const logout = async () => {
      const query = new URLSearchParams({ post_logout_redirect_uri: 'http://127.0.0.1:54321/bye' })
      return (await new Browser(emulator.url).get(`/oidc/logout?${query}`)).status
    }
    expect([await open(), await logout()]).toEqual([303, 302])
    await emulator.control.settings({ anyLoopbackRedirectUri: false })
    expect([await open(), await logout()]).toEqual([400, 400])
  })

  it('SEC-373 requirePkce', async () => {
    await emulator.control.settings({ requirePkce: true })
    const without = callbackOf(await new Browser(emulator.url).get(authorizePath(emulator)))
    expect(without.searchParams.get('error')).toBe('invalid_request')
    const pkce = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
    expect(await loginPath(emulator, new Browser(emulator.url), pkce)).toMatch(/^\/login\//)
  })

  it('refreshGrace', async () => {
    await emulator.control.settings({ refreshGrace: 30 })
    const { tokens } = await session(emulator, ada)
    const parallel = await Promise.all([1, 2, 3].map(() => refresh(emulator, tokens)))
    expect(parallel.map((result) => 'refresh_token' in result)).toEqual([true, true, true])
    await emulator.control.clock({ advance: 29 })
    expect(await refresh(emulator, tokens)).toHaveProperty('refresh_token')
    await emulator.control.clock({ advance: 2 })
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
  })

  it('SEC-373 revokeFamilyOnReuse', async () => {
    const reuse = async () => {
      const { tokens } = await session(emulator, ada)
      const next = await refresh(emulator, tokens)
      expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
      return (await refresh(emulator, next)).error
    }
    expect(await reuse()).toBeUndefined()
    await emulator.control.settings({ revokeFamilyOnReuse: true })
    expect(await reuse()).toBe('invalid_grant')
  })

  it('sessionAbsolute, whatever happens in between', async () => {
    await emulator.control.settings({ sessionAbsolute: 100, sessionIdle: 60 })
    const { tokens } = await session(emulator, ada)
    await emulator.control.clock({ advance: 55 })
    const next = await refresh(emulator, tokens)
    expect(next).toHaveProperty('refresh_token')
    await emulator.control.clock({ advance: 50 })
    expect(await refresh(emulator, next)).toMatchObject({ error: 'invalid_grant' })
  })

  it('sessionIdle, from the last activity', async () => {
    await emulator.control.settings({ sessionIdle: 60 })
    const { tokens, browser } = await session(emulator, ada)
    await emulator.control.clock({ advance: 50 })
    const next = await refresh(emulator, tokens)
    await emulator.control.clock({ advance: 50 })
    const third = await refresh(emulator, next)
    expect(third).toHaveProperty('refresh_token')
    await emulator.control.clock({ advance: 61 })
    expect(await refresh(emulator, third)).toMatchObject({ error: 'invalid_grant' })
    expect(await loginPath(emulator, browser)).toMatch(/^\/login\//)
  })
})

describe('settings at the start', () => {
  it('hold after a reset, too', async () => {
    const own = await startBuilt({ settings: { accessTokenLifetime: 11, logoutToken: { sid: false } } })
    await own.control.settings({ accessTokenLifetime: 12 })
    await own.control.reset()
    const { settings } = await own.control.state()
    await own.stop()
    expect(settings).toMatchObject({ accessTokenLifetime: 11, logoutToken: { sid: false, sub: true } })
  })

  it('are checked', async () => {
    await expect(startBuilt({ settings: { lifetime: 1 } as never })).rejects.toThrow('lifetime is not known here')
  })
})
