import type { RequestListener } from 'node:http'
import { Browser } from '@scalegate/testing/audits'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organizations } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { codeOf } from '../support/refusals.js'
import { type BrokeredApp, cookieNames, place, startBrokered, throughSso } from './brokered-app.js'

const sam = 'sam@example.com'
const [handover, refresh] = ['example-tokens-handover', 'example-tokens-refresh']

/** What people's browsers do at the app's own addresses. */
function visits(app: () => { readonly origin: string }) {
  const at = (path: string) => app().origin + path
  const send = (browser: Browser, method: string, path: string) =>
    browser.fetch(at(path), { method, from: at('/signed-in') })
  return {
    at,
    exchange: (browser: Browser) => send(browser, 'POST', '/api/session'),
    renew: (browser: Browser) => send(browser, 'POST', '/api/session/refresh'),
    leave: (browser: Browser) => send(browser, 'DELETE', '/api/session'),
    projects: (token?: string) =>
      new Browser().fetch(at('/api/projects'), {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      }),
  }
}

const tokenOf = ({ text }: { readonly text: string }): string => JSON.parse(text).access_token

/** The example as somebody starts it: a single-page app, whose backend makes tokens of its own after an SSO login. */
describe('examples/handover-tokens', () => {
  let app: BrokeredApp

  beforeAll(async () => {
    app = await startBrokered('examples/handover-tokens/server.js')
  })
  afterAll(() => app?.stop())

  const { at, exchange, renew, leave, projects } = visits(() => app)

  it('gives a login for tokens once', async () => {
    const browser = new Browser()
    await throughSso(browser, app, sam, { return_to: '/projects' })
    const copy = browser.copy()
    const answer = await exchange(browser)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toMatchObject({ token_type: 'Bearer', expires_in: 900, return_to: '/projects' })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await exchange(browser)).status, 'again').toBe(401)
    expect((await exchange(copy)).status, 'again with the code').toBe(401)
  })

  it('leads to its page with the code in a cookie and none in an address', async () => {
    const browser = new Browser()
    const trail = await throughSso(browser, app, sam)
    expect(trail.at(-1)).toMatchObject({ url: at('/signed-in'), status: 200 })
    expect(await cookieNames(browser, app)).toEqual([handover])
    const code = (await browser.cookies(app.origin)).get(handover)!
    expect(trail.map(({ url }) => url).join()).not.toContain(code)
    const lines = trail.flatMap(({ headers }) => headers.getSetCookie())
    const [line] = lines.filter((each) => each.startsWith(`${handover}=`))
    expect(line).toMatch(/; Max-Age=60;.*; HttpOnly; SameSite=Strict$/)
  })

  it('signs in no other browser', async () => {
    const [one, two] = [new Browser(), new Browser()]
    await throughSso(one, app, sam)
    expect((await exchange(two)).status).toBe(401)
    expect((await renew(two)).status).toBe(401)
    expect((await exchange(one)).status).toBe(200)
  })

  it('signs an access token that its API knows, about a user of its own', async () => {
    const browser = new Browser()
    await throughSso(browser, app, sam)
    const token = tokenOf(await exchange(browser))
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(token)).toMatchObject({ iss: app.origin, aud: at('/api'), org: organizations.acme })
    expect(decodeJwt(token).sub).toMatch(/^[0-9a-f-]{36}$/)
    const answer = await projects(token)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text).user).toEqual({ name: 'Sam Single', organizationId: organizations.acme })
  })

  it('refuses the API without a token of its own', async () => {
    const browser = new Browser()
    await throughSso(browser, app, sam)
    const token = tokenOf(await exchange(browser))
    const unsigned = `${btoa('{"alg":"none","typ":"at+jwt"}').replace(/=+$/, '')}.${token.split('.')[1]}.`
    for (const each of [undefined, '', 'x', `${token}x`, unsigned]) {
      const answer = await projects(each)
      expect([answer.status, answer.headers.get('www-authenticate')], String(each)).toEqual([401, 'Bearer'])
    }
    expect((await browser.fetch(at('/api/projects'))).status, 'with cookies only').toBe(401)
  })

  it('gives new access tokens for the refresh cookie until the log-out, also to a copy', async () => {
    const browser = new Browser()
    await throughSso(browser, app, sam)
    expect((await renew(browser)).status, 'before the exchange').toBe(401)
    await exchange(browser)
    expect(await cookieNames(browser, app)).toEqual([refresh])
    expect((await projects(tokenOf(await renew(browser)))).status).toBe(200)
    const copy = browser.copy()
    expect((await leave(browser)).status).toBe(204)
    expect(await cookieNames(browser, app)).toEqual([])
    for (const each of [browser, copy]) expect((await renew(each)).status).toBe(401)
  })

  it('refuses people of an organization that is no customer', async () => {
    const browser = new Browser()
    const page = (await throughSso(browser, app, 'sam@example.org')).at(-1)!
    expect([page.status, codeOf(page)]).toEqual([403, 'login_denied'])
    expect(await cookieNames(browser, app)).toEqual([])
    expect((await exchange(browser)).status).toBe(401)
  })

  it('asks who is there on its own page', async () => {
    const [page] = (await new Browser().follow(at('/auth/login?return_to=/projects'))).slice(-1)
    expect(page).toMatchObject({ url: at('/?return_to=%2Fprojects'), status: 200 })
    expect(page?.text).toContain('Continue with SSO')
  })

  it('prints no error', () => {
    expect(app.output().trim().split('\n')).toEqual([`example-handover-tokens listening on ${app.origin}`])
  })
})

describe('examples/handover-tokens, as time passes', () => {
  let app: { readonly origin: string; readonly stop: () => Promise<void> }
  let ahead = 0

  beforeAll(async () => {
    const { origin, emulator, variables } = await place()
    const path = new URL('../../../../examples/handover-tokens/app.js', import.meta.url).href
    const { createApp } = await import(path)
    Object.assign(process.env, variables)
    const clock = () => Math.floor(Date.now() / 1000) + ahead
    const listener: RequestListener = await createApp({ clock })
    const { server, close } = await listen(listener)
    await close()
    server.listen(Number(variables.PORT), '127.0.0.1')
    app = { origin, stop: () => Promise.all([close(), emulator.stop()]).then(() => undefined) }
  })
  afterAll(() => app?.stop())

  const { exchange, renew, projects } = visits(() => app)

  it('a login has to be exchanged within a minute', async () => {
    const [late, early] = [new Browser(), new Browser()]
    await throughSso(late, app, sam)
    ahead += 60
    expect((await exchange(late)).status).toBe(401)
    await throughSso(early, app, sam)
    ahead += 58
    expect((await exchange(early)).status).toBe(200)
  })

  it('an access token lasts 15 minutes, and a refresh 8 hours however often it is used', async () => {
    const browser = new Browser()
    await throughSso(browser, app, sam)
    const token = tokenOf(await exchange(browser))
    ahead += 899
    expect((await projects(token)).status).toBe(200)
    ahead += 2
    expect((await projects(token)).status).toBe(401)
    expect((await renew(browser)).status).toBe(200)
    ahead += 8 * 3600 - 902
    expect((await renew(browser)).status).toBe(200)
    ahead += 2
    expect((await renew(browser)).status).toBe(401)
  })
})
