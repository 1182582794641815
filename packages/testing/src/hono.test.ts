import { scalegate } from '@scalegate/hono'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createClock } from './clock.js'
import { signedIn } from './signed-in.js'
import { createTestIssuer } from './test-issuer.js'

describe('the test kit on Hono, by app.request', () => {
  const clock = createClock()
  const issuer = 'https://acme.scalekit.dev'
  const scalekit = createTestIssuer({ issuer, clientId: 'skc_1', clock: clock.now })
  const options = {
    issuer,
    clientId: 'skc_1',
    clientSecret: 'secret-of-the-client',
    cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
    baseUrl: 'http://127.0.0.1:3000',
    clock: clock.now,
    fetch: scalekit.fetch,
  }
  const auth = scalegate(options)
  const app = new Hono()
  app.use('*', auth)
  app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth.user))

  it('signs a person in with one line', async () => {
    const { cookie } = await signedIn({ permissions: ['sk_org_users_read'] }, options)
    const answer = await app.request('/members', { headers: { cookie } })
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: 'usr_test', email: 'test@app.example' }])
    expect((await app.request('/members')).status).toBe(401)
  })

  it('logs everybody out by sub', async () => {
    const { cookie } = await signedIn({ user: { id: 'usr_ada' }, permissions: ['sk_org_users_read'] }, options)
    const body = new URLSearchParams({ logout_token: await scalekit.logoutToken({ sub: 'usr_ada' }) })
    expect((await app.request('/auth/backchannel-logout', { method: 'POST', body })).status).toBe(200)
    expect((await app.request('/members', { headers: { cookie } })).status).toBe(401)
  })
})
