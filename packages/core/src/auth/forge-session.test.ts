import { describe, expect, it } from 'vitest'
import { collectingJar } from '../cookies/cookie-jar.js'
import { faultyStore } from '../test/faulty-store.js'
import { forgeSessionCookies } from './forge-session.js'
import { createScalegate } from './scalegate.js'

const environment = {
  SCALEKIT_ENVIRONMENT_URL: 'https://forge.example',
  SCALEKIT_CLIENT_ID: 'skc_forge',
  SCALEKIT_CLIENT_SECRET: 'forge-client-secret',
  COOKIE_ENCRYPTION_SECRET: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  APP_BASE_URL: 'https://app.example',
}
const request = new Request('https://app.example/', { headers: { accept: 'text/html' } })
const contextOf = (cookies: ReadonlyMap<string, string>, kit = createScalegate({}, () => environment)) =>
  kit.context(request, collectingJar([...cookies].map((pair) => pair.join('=')).join('; ')))

describe('forgeSessionCookies', () => {
  it('signs in whom it was told to, in an app that starts later', async () => {
    const cookies = await forgeSessionCookies(
      {
        user: { id: 'usr_1', email: 'a@b.example', name: 'A B', givenName: 'A' },
        organizationId: 'org_1',
        sid: 'ses_1',
        roles: ['admin'],
        permissions: ['sk_org_users_read'],
        claims: { plan: 'pro', sub: 'usr_2' },
      },
      {},
      environment,
    )
    expect([...cookies.keys()]).toEqual(['__Host-scalegate'])
    expect(await contextOf(cookies).session()).toMatchObject({
      user: { id: 'usr_1', email: 'a@b.example', emailVerified: true, name: 'A B', givenName: 'A' },
      organizationId: 'org_1',
      sid: 'ses_1',
      roles: ['admin'],
      permissions: ['sk_org_users_read'],
      claims: { plan: 'pro' },
      stale: false,
    })
  })

  it('proved who they are at the login, unless told otherwise, and is as fresh as can be', async () => {
    const now = Math.floor(Date.now() / 1000)
    const recent = await forgeSessionCookies({}, {}, environment)
    const older = await forgeSessionCookies({ authenticatedAt: now - 1000 }, {}, environment)
    const guard = { recentLogin: 300, fresh: true } as const
    expect((await contextOf(recent).authorize(guard)).session).toBeDefined()
    expect((await contextOf(older).authorize(guard)).why).toBe('login_too_old')
  })

  it('has somebody to offer where nobody was named', async () => {
    const session = await contextOf(await forgeSessionCookies({}, {}, environment)).session()
    expect(session).toMatchObject({ user: { id: 'usr_test', email: 'test@app.example' }, permissions: [], roles: [] })
  })

  it('names what is missing of the configuration', async () => {
    await expect(forgeSessionCookies({}, {}, {})).rejects.toMatchObject({ code: 'configuration_invalid' })
  })

  it('ends when it was told to', async () => {
    let now = 1_800_000_000
    const options = { clock: () => now }
    const kit = createScalegate(options, () => environment)
    const cookies = await forgeSessionCookies({ expiresIn: 60 }, options, environment)
    expect(await contextOf(cookies, kit).session()).not.toBeNull()
    now += 60
    expect(await contextOf(cookies, kit).session()).toBeNull()
  })

  it('signs in by the store of the app where sessions lie there, and leaves a handle in the cookie', async () => {
    const store = faultyStore()
    const options = { store, session: { storage: 'store' } } as const
    const cookies = await forgeSessionCookies({ user: { id: 'usr_1' }, sid: 'ses_1' }, options, environment)
    expect([...cookies]).toEqual([['__Host-scalegate', expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)]])
    const kit = createScalegate(options, () => environment)
    expect(await contextOf(cookies, kit).session()).toMatchObject({ user: { id: 'usr_1' }, sid: 'ses_1', stale: false })
    const guard = { fresh: true } as const
    expect((await contextOf(cookies, kit).authorize(guard)).session).toBeDefined()
    expect(await contextOf(cookies).session()).toBeNull()
    store.condition = 'down'
    await expect(forgeSessionCookies({}, options, environment)).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
