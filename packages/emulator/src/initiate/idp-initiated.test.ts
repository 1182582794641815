import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { authorize, callbackOf, claims, exchange, header, type Params } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const portal = `/sso/portal/${connections.acme}`
const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '')
const tokenOf = (url: URL) => url.searchParams.get('idp_initiated_login') ?? undefined

/** Clicks a tile; the page itself has been looked at in a test of its own. */
async function open(fields: Params = {}, browser = new Browser(emulator.url)) {
  const response = await browser.post(portal, { email: 'sam@example.com', client: emulator.clientId, ...fields })
  return { browser, response }
}

describe('identity-provider portal', () => {
  it('is reached from the control page, and lists organizations, then apps', async () => {
    const browser = new Browser(emulator.url)
    expect(await (await browser.get('/_emulator')).text()).toContain('href="/sso/portal"')
    const list = await (await browser.get('/sso/portal')).text()
    expect([...list.matchAll(/href="\/sso\/portal\/(conn_\d+)"/g)].map(([, id]) => id)).toEqual(
      Object.values(connections),
    )
    const page = await browser.get(portal)
    expect(page.headers.get('content-security-policy')).toContain('form-action *')
    const html = await page.text()
    expect(html).toContain('value="sam@example.com"')
    for (const { id, name } of emulator.seed.clients) {
      expect(html).toContain(`name="client" value="${id}"`)
      expect(html).toContain(`<b>${name}</b>`)
    }
  })

  it('sends the browser to the app with a signed token', async () => {
    const { response } = await open({ relay_state: '/reports' })
    const url = locationOf(response)
    const token = tokenOf(url)
    const kid = (await emulator.control.state()).keys[0]?.kid
    expect([response.status, url.origin + url.pathname]).toEqual([303, 'http://localhost:3000/auth/login'])
    expect(header(token)).toEqual({ alg: 'RS256', kid, typ: 'JWT' })
    const { iat, ...rest } = claims(token)
    expect(rest).toEqual({
      iss: emulator.url,
      organization_id: organizations.acme,
      connection_id: connections.acme,
      login_hint: 'sam@example.com',
      relay_state: '/reports',
      nbf: iat,
      exp: Number(iat) + 300,
    })
    expect(claims(tokenOf(locationOf((await open()).response)))).not.toHaveProperty('relay_state')
  })

  it('names the app as issuer where the setting says so', async () => {
    await emulator.control.settings({ idpInitiatedIssuer: 'app' })
    expect(claims(tokenOf(locationOf((await open()).response))).iss).toBe('http://localhost:3000')
  })

  it('signs the person in at the identity provider, so that the login of the app needs no page', async () => {
    const { browser } = await open()
    await emulator.control.clock({ advance: 100 })
    const callback = callbackOf(await authorize(emulator, browser, { connection_id: connections.acme }))
    const { iat, auth_time, ...id } = claims((await exchange(emulator, callback)).id_token)
    expect(id).toMatchObject({ email: 'sam@example.com', oid: organizations.acme, amr: [connections.acme] })
    // They typed nothing since the tile.
    expect(Number(iat) - Number(auth_time)).toBeGreaterThanOrEqual(100)
  })

  it('signs in who clicked the tile, not whose Scalekit session the browser holds', async () => {
    const { browser } = await open()
    const params = { connection_id: connections.acme }
    await authorize(emulator, browser, { ...params, login_hint: 'sam@example.com' })
    await open({ email: 'tom@example.com' }, browser)
    const callback = callbackOf(await authorize(emulator, browser, { ...params, login_hint: 'tom@example.com' }))
    expect(claims((await exchange(emulator, callback)).id_token).email).toBe('tom@example.com')
    expect((await emulator.control.state()).sessions.map(({ status }) => status)).toEqual(['logout', 'active'])
  })

  it.each<[string, Params]>([
    ['another connection', { connection_id: connections.globex }],
    ['prompt=login', { connection_id: connections.acme, prompt: 'login' }],
    ['too old a login', { connection_id: connections.acme, max_age: '50' }],
    ['another person', { connection_id: connections.acme, login_hint: 'tom@example.com' }],
  ])('does not answer for the person: %s', async (_label, params) => {
    const { browser } = await open()
    await emulator.control.clock({ advance: 100 })
    const page = await authorize(emulator, browser, params)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Send the answer')])
  })

  it('does not answer in another browser, or after the person has signed out', async () => {
    const { browser } = await open()
    const params = { connection_id: connections.acme }
    expect((await authorize(emulator, new Browser(emulator.url), params)).status).toBe(200)
    expect(await (await browser.get(portal)).text()).toContain('Sign out sam@example.com')
    await browser.post(`${portal}/sign-out`)
    expect((await authorize(emulator, browser, params)).status).toBe(200)
    expect(await (await browser.get(portal)).text()).not.toContain('Sign out')
  })

  it.each<[string, Params, string]>([
    ['an address of other people', { email: 'ada@acme.test' }, 'addresses of example.com'],
    ['an unknown app', { client: 'skc_9' }, 'Choose one of the apps'],
  ])('refuses %s', async (_label, fields, message) => {
    const { response } = await open(fields)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(message)])
  })

  it('is not there for a connection that does not exist or is off', async () => {
    await emulator.control.setFeatures(organizations.acme, { sso: false })
    const browser = new Browser(emulator.url)
    const answers = [await browser.get(portal), (await open()).response, await browser.get('/sso/portal/conn_9')]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  })
})

describe('POST /_emulator/idp-initiated-logins', () => {
  it('makes the same link', async () => {
    const input = { organizationId: organizations.globex, relayState: 'x', lifetime: 5 }
    const { url, token } = await emulator.control.idpInitiatedLogin(input)
    expect(tokenOf(new URL(url))).toBe(token)
    const { iat, exp, ...rest } = claims(token)
    expect(Number(exp) - Number(iat)).toBe(5)
    expect(rest).toMatchObject({ connection_id: connections.globex, login_hint: 'sam@example.org', relay_state: 'x' })
  })

  it('for any client and person, with any claims', async () => {
    const [, second] = emulator.seed.clients
    const { url, token } = await emulator.control.idpInitiatedLogin({
      organizationId: organizations.acme,
      clientId: second?.id ?? '',
      email: 'tom@example.com',
      claims: { exp: null, aud: 'x' },
      header: { typ: null },
    })
    expect(url).toContain('http://localhost:3001/auth/login?')
    expect(claims(token)).toMatchObject({ login_hint: 'tom@example.com', aud: 'x' })
    expect(claims(token)).not.toHaveProperty('exp')
    expect(header(token)).not.toHaveProperty('typ')
  })

  it('refuses what does not exist', async () => {
    const make = (input: object) => emulator.control.idpInitiatedLogin(input as never)
    await expect(make({ organizationId: 'org_9' })).rejects.toMatchObject({ status: 404 })
    await expect(make({ organizationId: organizations.acme, clientId: 'skc_9' })).rejects.toMatchObject({ status: 404 })
    await expect(make({ organization: organizations.acme })).rejects.toMatchObject({ status: 400 })
  })
})

describe('an app that has no initiate login URI', () => {
  it('has no tile, no link and no bookmark', async () => {
    const { initiateLoginUri: _none, ...client } = emulator.seed.clients[0]!
    const own = await startBuilt({ seed: { ...emulator.seed, clients: [client] } })
    const browser = new Browser(own.url)
    const html = await (await browser.get(portal)).text()
    const bookmark = await browser.get('/login')
    const login = own.control.idpInitiatedLogin({ organizationId: organizations.acme })
    await expect(login).rejects.toMatchObject({ status: 404 })
    await expect(own.control.initiateLogin()).rejects.toMatchObject({ status: 404 })
    const invitation = own.control.invite({ organizationId: organizations.acme, email: 'zoe@acme.test' })
    await expect(invitation).rejects.toMatchObject({ status: 404 })
    await own.stop()
    expect([bookmark.status, html.includes('name="client"')]).toEqual([404, false])
  })
})

describe('initiate login', () => {
  it('is where a bookmarked login page leads, without parameters', async () => {
    const response = await new Browser(emulator.url).get('/login')
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://localhost:3000/auth/login'])
    expect((await emulator.control.requests()).map(({ kind }) => kind)).toEqual(['login'])
  })

  it('takes an error and any parameter', async () => {
    expect(await emulator.control.initiateLogin()).toBe('http://localhost:3000/auth/login')
    const url = new URL(
      await emulator.control.initiateLogin({
        clientId: emulator.seed.clients[2]?.id ?? '',
        error: 'access_denied',
        errorDescription: 'Nobody & nothing',
        params: { utm: 'x' },
      }),
    )
    expect(url.origin).toBe('http://localhost:3002')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      utm: 'x',
      error: 'access_denied',
      error_description: 'Nobody & nothing',
    })
    await expect(emulator.control.initiateLogin({ clientId: people.ada })).rejects.toMatchObject({ status: 404 })
  })
})
