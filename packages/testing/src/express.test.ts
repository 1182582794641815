import { createRequire } from 'node:module'
import { scalegate } from '@scalegate/express'
import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { createClock } from './clock.js'
import { signedIn } from './signed-in.js'
import { createTestIssuer } from './test-issuer.js'

const express4 = createRequire(import.meta.url)('express4') as typeof express
const issuer = 'https://acme.scalekit.dev'
const environment = {
  SCALEKIT_ENVIRONMENT_URL: issuer,
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'secret-of-the-client',
  COOKIE_ENCRYPTION_SECRET: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  APP_BASE_URL: 'http://127.0.0.1:3000',
}

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
] as const)('the test kit on %s, by supertest', (_name, library) => {
  const clock = createClock()
  const scalekit = createTestIssuer({ issuer, clientId: 'skc_1', clock: clock.now })
  const options = {
    issuer,
    clientId: environment.SCALEKIT_CLIENT_ID,
    clientSecret: environment.SCALEKIT_CLIENT_SECRET,
    cookieSecret: environment.COOKIE_ENCRYPTION_SECRET,
    baseUrl: environment.APP_BASE_URL,
    clock: clock.now,
    fetch: scalekit.fetch,
  }
  const auth = scalegate(options)
  const app = library()
  app.use(auth)
  app.get('/me', auth.requireAuth(), (req, res) => void res.json(req.auth))
  app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => void res.json(req.auth.user))

  it('signs a person in with one line', async () => {
    const ada = await signedIn({ user: { id: 'usr_ada' }, permissions: ['sk_org_users_read'] }, options)
    await request(app).get('/members').set('Cookie', ada.cookie).expect(200, { id: 'usr_ada', emailVerified: false })
  })

  it('and a person with less is refused, as is nobody', async () => {
    const max = await signedIn({ roles: ['member'] }, options)
    await request(app).get('/members').set('Cookie', max.cookie).expect(403)
    await request(app).get('/me').expect(401)
  })

  it('everything a person has reaches the handler', async () => {
    const person = {
      user: { id: 'usr_1', email: 'ada@app.example', name: 'Ada' },
      organizationId: 'org_1',
      sid: 'ses_1',
      roles: ['admin'],
      permissions: ['projects:read'],
      claims: { plan: 'pro' },
    }
    const ada = await signedIn(person, options)
    const { body } = await request(app).get('/me').set('Cookie', ada.cookie).expect(200)
    expect(body).toMatchObject({ ...person, stale: false, loggedInAt: clock.now() })
  })

  it('the environment will do as well as options', async () => {
    const ada = await signedIn({}, {}, environment)
    await request(app).get('/me').set('Cookie', ada.cookie).expect(200)
  })

  it('another secret is another app', async () => {
    const elsewhere = { ...options, cookieSecret: 'W8s2Lq7Vx4Zt1Rn6Yb3Mk9Jd5Hf0Gc8P' }
    const eve = await signedIn({}, elsewhere)
    await request(app).get('/me').set('Cookie', eve.cookie).expect(401)
  })

  it('a long session takes several cookies', async () => {
    const ada = await signedIn({ claims: { note: 'x'.repeat(4000) } }, options)
    expect(ada.cookie).toMatch(/^scalegate\.0=.+; scalegate\.1=/)
    await request(app).get('/me').set('Cookie', ada.cookie).expect(200)
  })

  it('ends with its access token, by the virtual clock', async () => {
    const ada = await signedIn({ expiresIn: 60 }, options)
    await request(app).get('/me').set('Cookie', ada.cookie).expect(200)
    clock.advance(60)
    await request(app).get('/me').set('Cookie', ada.cookie).expect(401)
  })

  it('a logout token of the test issuer ends the session it names, once', async () => {
    const [ada, bea] = [await signedIn({ sid: 'ses_a' }, options), await signedIn({ sid: 'ses_b' }, options)]
    const send = async (token: string) =>
      request(app).post('/auth/backchannel-logout').type('form').send({ logout_token: token })
    expect((await send(await scalekit.logoutToken({ sid: 'ses_a' }))).status).toBe(200)
    await request(app).get('/me').set('Cookie', ada.cookie).expect(401)
    await request(app).get('/me').set('Cookie', bea.cookie).expect(200)
    expect((await send(await scalekit.logoutToken({ sid: 'ses_b', nonce: 'n' }))).status).toBe(400)
    await request(app).get('/me').set('Cookie', bea.cookie).expect(200)
  })
})
