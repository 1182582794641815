import { defaultWebhookSecret, type Emulator, startEmulator } from '@scalegate/emulator'
import * as express from '@scalegate/express'
import * as hono from '@scalegate/hono'
import { Browser, exchange } from '@scalegate/testing/audits'
import type { RequestHandler } from 'express'
import type { MiddlewareHandler } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BeforeKit, frameworks, type RunningApp, startApp } from '../support/app.js'
import { arrive, type JourneyOptions, logIn, people } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { formType } from '../support/logout-tokens.js'
import { expect401, expectLogin } from '../support/refusals.js'
import { testSecret } from '../support/secret.js'

/** Every route of the second kit has a path of its own, and none is below `/auth`. */
const staffPaths = {
  login: '/staff/come-in',
  callback: '/staff/come-back',
  refresh: '/staff/renew',
  logout: '/staff/go',
  backchannelLogout: '/hooks/logout',
  session: '/staff/me',
  widgets: '/staff/settings',
  forbidden: '/staff/no',
  switchOrganization: '/staff/switch',
  webhooks: '/hooks/events',
}
const staffJourney: JourneyOptions = { paths: { login: staffPaths.login, callback: staffPaths.callback } }
const otherSecret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`

/** Two environments, one app, one browser: customers and staff, say. Both kits seal with one secret. */
describe.each(frameworks)('two kits in one app on %s', (framework) => {
  const running: { app?: RunningApp; customers?: Emulator; staff?: Emulator } = {}
  const heard: string[] = []
  let offset = 0
  const clock = () => Math.floor(Date.now() / 1000) + offset
  const app = () => running.app!
  const at = (path: string) => app().origin + path
  const optionsOf = ({ environmentUrl: issuer, clientId, clientSecret }: Emulator) => ({
    issuer,
    clientId,
    clientSecret,
    clock,
  })

  beforeAll(async () => {
    const socket = await listen()
    const { origin } = socket
    running.customers = await startEmulator({
      port: 0,
      clients: { backchannelLogoutUri: `${origin}/auth/backchannel-logout` },
      webhooks: { url: `${origin}/auth/webhooks` },
    })
    running.staff = await startEmulator({
      port: 0,
      clients: { backchannelLogoutUri: origin + staffPaths.backchannelLogout },
      webhooks: { url: origin + staffPaths.webhooks, secret: otherSecret },
    })
    const staff = {
      ...optionsOf(running.staff),
      baseUrl: origin,
      cookieSecret: testSecret,
      session: { cookieName: 'staff' },
      paths: staffPaths,
      property: 'staff' as const,
      webhooks: { secret: otherSecret, onOther: ({ type }: { type: string }) => void heard.push(`staff ${type}`) },
    }
    running.app = await startApp({
      framework,
      on: socket,
      before: secondKit(staff),
      options: {
        ...optionsOf(running.customers),
        webhooks: { secret: defaultWebhookSecret, onOther: ({ type }) => void heard.push(`customers ${type}`) },
      },
    })
  })
  afterAll(async () => {
    await running.app?.close()
    await Promise.all([running.customers?.stop(), running.staff?.stop()])
  })
  beforeEach(async () => {
    // Every login in a second of its own: a mark of the same second ends it.
    offset += 20
    await Promise.all([running.customers, running.staff].map((emulator) => emulator?.control.clock({ offset })))
    heard.length = 0
  })

  function secondKit(options: hono.ScalegateOptions & { readonly property: 'staff' }): BeforeKit {
    return {
      express: (server) => {
        const auth = express.scalegate(options)
        server.use(auth)
        server.get('/staff', auth.requireAuth(), ((req, res) => {
          res.json((req as unknown as { staff: express.Session }).staff)
        }) as RequestHandler)
      },
      hono: (server) => {
        const auth = hono.scalegate(options)
        server.use(auth as MiddlewareHandler)
        server.get('/staff', auth.requireAuth() as MiddlewareHandler, (c) => c.json(c.get('staff' as never)))
      },
    }
  }

  /** A browser in which Gil is a customer and Max is of the staff. */
  async function both() {
    const browser = new Browser()
    await logIn(browser, app(), { user: people.gil })
    await logIn(browser, app(), { ...staffJourney, user: people.max })
    return browser
  }
  const statuses = async (browser: Browser) => [
    (await browser.fetch(at('/private'))).status,
    (await browser.fetch(at('/staff'))).status,
  ]
  const sidOf = async (browser: Browser, path: string) =>
    (JSON.parse((await browser.fetch(at(path))).text) as { sid: string }).sid

  it('each sees its own person, by its own cookie', async () => {
    const browser = await both()
    expect(JSON.parse((await browser.fetch(at('/private'))).text).user.id).toBe(people.gil)
    expect(JSON.parse((await browser.fetch(at('/staff'))).text).user.id).toBe(people.max)
    expect(JSON.parse((await browser.fetch(at('/auth/session'))).text)).toMatchObject({
      session: { user: { id: people.gil } },
    })
    expect(JSON.parse((await browser.fetch(at(staffPaths.session))).text)).toMatchObject({
      session: { user: { id: people.max } },
    })
    expect([...(await browser.cookies(at('/'))).keys()].sort()).toEqual(['scalegate', 'staff'])
  })

  it('two logins at once end where they began', async () => {
    const browser = new Browser()
    const customer = await arrive(browser, app(), { user: people.gil, query: 'return_to=/members' })
    const staff = await arrive(browser, app(), { ...staffJourney, user: people.max, query: 'return_to=/staff' })
    // Neither takes the other's answer: another kit's state is nobody's.
    const crossed = staffPaths.callback + customer.callback.search
    expect((await browser.navigate(at(crossed))).status).toBe(400)
    const pages = await Promise.all([staff, customer].map(({ callback }) => browser.navigate(callback.href)))
    expect(pages.map(({ next }) => next)).toEqual([at('/staff'), at('/members')])
    expect(await statuses(browser)).toEqual([200, 200])
  })

  it('a stranger to one is sent to the login of that one', async () => {
    const browser = new Browser()
    await logIn(browser, app(), { user: people.gil })
    expect(await statuses(browser)).toEqual([200, 401])
    expect401({ ...(await browser.fetch(at('/staff'))) })
    const page = await browser.navigate(at('/staff'))
    expect([page.status, page.next]).toEqual([303, at(`${staffPaths.login}?return_to=%2Fstaff`)])
    await browser.forget(at('/'))
    expectLogin(await browser.navigate(at('/private')), '/private')
  })

  it('a cookie of one under the name of the other opens nothing, although one secret seals both', async () => {
    const browser = await both()
    const cookies = await browser.cookies(at('/'))
    const swapped = { cookie: `scalegate=${cookies.get('staff')}; staff=${cookies.get('scalegate')}` }
    const stranger = new Browser()
    for (const path of ['/private', '/staff'])
      expect((await stranger.fetch(at(path), { headers: swapped })).status).toBe(401)
  })

  it('the log-out of one leaves the other', async () => {
    const browser = await both()
    const page = await browser.navigate(at(staffPaths.logout), { form: {}, from: at('/') })
    expect(page.next).toMatch(new RegExp(`^${running.staff!.url}/oidc/logout`))
    expect(await statuses(browser)).toEqual([200, 401])
    const other = await both()
    await other.navigate(at('/auth/logout'), { form: {}, from: at('/') })
    expect(await statuses(other)).toEqual([401, 200])
  })

  it('back-channel logout of one leaves the other, and is no logout at the other’s address', async () => {
    const browser = await both()
    const { logout_token: token } = await running.staff!.control.logoutToken({ sub: people.max })
    const { logout_token: same } = await running.staff!.control.logoutToken({ sub: people.gil })
    const send = (path: string, logoutToken: string) => {
      const body = new URLSearchParams({ logout_token: logoutToken }).toString()
      const headers = new Headers({ 'content-type': formType, 'content-length': String(body.length) })
      return exchange(at(path), 'POST', headers, body)
    }
    expect((await send('/auth/backchannel-logout', token)).status).toBe(400)
    expect(await statuses(browser)).toEqual([200, 200])
    // The same subject there is another person here.
    expect((await send(staffPaths.backchannelLogout, same)).status).toBe(200)
    expect(await statuses(browser)).toEqual([200, 200])
    expect((await send(staffPaths.backchannelLogout, token)).status).toBe(200)
    expect(await statuses(browser)).toEqual([200, 401])
    expect(heard).not.toContain('customers user.logout')
  })

  it('the provider’s own back-channel logout arrives at its kit', async () => {
    const browser = await both()
    await running.customers!.control.revokeSession(await sidOf(browser, '/private'))
    expect(await statuses(browser)).toEqual([401, 200])
  })

  it('a webhook of one is heard by its kit, ends its sessions, and is refused by the other', async () => {
    const browser = await both()
    const sid = await sidOf(browser, '/staff')
    const { webhooks } = running.staff!.control
    await webhooks.settled()
    heard.length = 0
    // With the other's secret at this one's address, and with this one's at the other's.
    await webhooks.register({ url: at('/auth/webhooks'), secret: otherSecret })
    await webhooks.send({ type: 'user.logout', sessionId: sid, userId: people.max, attempts: 1 })
    expect([heard, await statuses(browser)]).toEqual([[], [200, 200]])
    await webhooks.register({ url: at(staffPaths.webhooks), secret: otherSecret })
    await webhooks.send({ type: 'user.logout', sessionId: sid, userId: people.max, attempts: 1 })
    expect([heard, await statuses(browser)]).toEqual([['staff user.logout'], [200, 401]])
  })

  it('an access token of one is none for the other', async () => {
    const browser = await both()
    const token = (await browser.fetch(at('/token'))).text
    const answer = await new Browser().fetch(at('/staff'), { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(401)
  })

  it('every own path answers, and nothing does at the usual one’s place in the second kit', async () => {
    const browser = await both()
    const statusAt = async (path: string) => (await browser.navigate(at(path))).status
    expect(await statusAt(staffPaths.refresh)).toBe(303)
    expect(await statusAt(staffPaths.widgets)).toBe(303)
    expect(await statusAt(staffPaths.forbidden)).toBe(403)
    expect(await statusAt(staffPaths.switchOrganization)).toBe(303)
    expect(await statusAt(staffPaths.backchannelLogout)).toBe(405)
    expect(await statusAt(staffPaths.webhooks)).toBe(405)
    const moved = await browser.navigate(at(`${staffPaths.login}?return_to=${staffPaths.logout}`))
    expect(moved.next).toBe(at('/'))
    for (const path of ['/staff/login', '/staff/callback', '/auth/come-in']) expect(await statusAt(path)).toBe(404)
  })
})
