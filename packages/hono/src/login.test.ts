import { type Emulator, startEmulator } from '@scalegate/emulator'
import { Hono } from 'hono'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ScalegateEnv, scalegate } from './index.js'
import { listen, secret } from './test/app.js'
import { page, script, Visitor } from './test/visitor.js'

/** The kit against the emulator, configured as an app is: by the environment alone. */
let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})
afterAll(() => emulator.stop())
afterEach(() => vi.unstubAllEnvs())

async function startApp() {
  const errors: unknown[] = []
  const auth = scalegate()
  const app = new Hono<ScalegateEnv>()
  app.use('*', auth)
  app.get('/', async (c) => c.text((await auth.session(c))?.user.email ?? 'stranger'))
  app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth))
  app.onError((error, c) => {
    errors.push(error)
    return c.text('app', 500)
  })
  const origin = await listen(app)
  await emulator.control.updateClient(emulator.clientId, {
    redirectUris: [`${origin}/auth/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
  })
  vi.stubEnv('SCALEKIT_ENVIRONMENT_URL', emulator.environmentUrl)
  vi.stubEnv('SCALEKIT_CLIENT_ID', emulator.clientId)
  vi.stubEnv('SCALEKIT_CLIENT_SECRET', emulator.clientSecret)
  vi.stubEnv('COOKIE_ENCRYPTION_SECRET', secret)
  vi.stubEnv('APP_BASE_URL', origin)
  return { origin, errors }
}

/** Follows redirects between the app and the provider; where the provider asks who it is, that is `user`. */
async function logIn(app: Visitor, user: string, start: string): Promise<string> {
  const provider = new Visitor(emulator.url)
  const visit = (url: URL, form?: string) => {
    const visitor = url.origin === app.origin ? app : provider
    const path = url.pathname + url.search
    return form === undefined ? visitor.get(path) : visitor.post(path, form, page)
  }
  let url = new URL(start, app.origin)
  let answer = await visit(url)
  for (let step = 0; step < 12; step++) {
    const location = answer.header('location')
    if (location !== undefined) {
      url = new URL(location, url)
      answer = await visit(url)
    } else if (url.origin !== app.origin) answer = await visit(url, String(new URLSearchParams({ user })))
    else return url.pathname
  }
  throw new Error(`No end: ${url}`)
}

describe('against the emulator', () => {
  const ada = { id: 'usr_104000000000000001', email: 'ada@acme.test' }
  const gil = 'usr_104000000000000004'

  it('a guarded page → the login → that page; a 403 for those without; log-out here and there', async () => {
    const { origin, errors } = await startApp()
    const browser = new Visitor(origin)
    expect((await browser.get('/')).text).toBe('stranger')
    expect(await logIn(browser, ada.id, '/members')).toBe('/members')
    expect((await browser.get('/')).text).toBe(ada.email)
    const guest = new Visitor(origin)
    await logIn(guest, gil, '/auth/login')
    expect((await guest.get('/members', script)).status).toBe(403)

    const bye = await browser.post('/auth/logout', '', page)
    const there = /url=([^"]+)/.exec(bye.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(new URL(there).origin).toBe(emulator.url)
    expect((await browser.get('/')).text).toBe('stranger')
    expect(errors).toEqual([])
  })

  it('a session that ends at the provider ends here with the next request', async () => {
    const { origin, errors } = await startApp()
    const browser = new Visitor(origin)
    await logIn(browser, ada.id, '/members')
    const { sid } = JSON.parse((await browser.get('/members')).text)
    await emulator.control.revokeSession(sid, { notify: true })
    expect((await emulator.control.deliveries()).at(-1)).toMatchObject({ status: 200 })
    expect((await browser.get('/members', script)).status).toBe(401)
    expect(errors).toEqual([])
  })
})
