import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, InvitationInput } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { callbackOf, claims, exchange, loginPath, type Params, session } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const zoe = { organizationId: organizations.globex, email: 'zoe@acme.test' }

/** Opens the link of an invitation and, in the app's stead, forwards what came with it. */
async function follow(link: string, browser = new Browser(emulator.url)) {
  const response = await browser.get(link)
  const app = new URL(response.headers.get('location') ?? 'about:blank')
  const params: Params = Object.fromEntries(app.searchParams)
  return { browser, app, params, path: await loginPath(emulator, browser, params) }
}

async function invite(input: Partial<InvitationInput> = {}, browser?: Browser) {
  return follow(await emulator.control.invite({ ...zoe, ...input }), browser)
}

async function accept({ browser, path }: { browser: Browser; path: string }, fields: Params = {}) {
  const answer = callbackOf(await browser.follow(await browser.post(`${path}/invitation`, fields)))
  const tokens = await exchange(emulator, answer)
  return { access: claims(tokens.access_token), id: claims(tokens.id_token) }
}

describe('invitation link', () => {
  it('leads to the app, with names that no standard uses', async () => {
    const { app, params } = await invite()
    expect(app.origin + app.pathname).toBe('http://localhost:3000/auth/login')
    expect(params).toEqual({ invitation_token: expect.any(String), organization_id: organizations.globex })
    await emulator.control.settings({ invitationNamesOrganization: false })
    expect(Object.keys((await invite()).params)).toEqual(['invitation_token'])
    const requests = await emulator.control.requests()
    expect(requests[0]).toMatchObject({ path: '/invitations/{invitation}', kind: 'invitation' })
  })

  it('leads to the login of the invited person, who signs up and is in the organization', async () => {
    const started = await invite({ roles: ['guest'] })
    const html = await (await started.browser.get(started.path)).text()
    expect(html).toContain('Join <em>Globex</em>')
    expect(html).toContain('zoe@acme.test')
    expect(html).toContain('name="given_name"')
    const { access, id } = await accept(started, { given_name: 'Zoe', family_name: 'Zest' })
    expect(id).toMatchObject({ email: 'zoe@acme.test', name: 'Zoe Zest', oid: organizations.globex })
    expect(access).toMatchObject({ oid: organizations.globex, roles: ['guest'] })
    expect((await emulator.control.state()).invitations[0]?.acceptedAt).toEqual(expect.any(Number))
  })

  it('adds somebody with an account, who lands there and not in an organization of before', async () => {
    await emulator.control.settings({ invitationNamesOrganization: false })
    const started = await invite({ email: 'ADA@acme.test' })
    expect(await (await started.browser.get(started.path)).text()).not.toContain('given_name')
    const { access } = await accept(started)
    expect(access).toMatchObject({ sub: people.ada, oid: organizations.globex, roles: ['member'] })
  })

  it('asks also when somebody else is signed in, and ends their session', async () => {
    const { browser } = await session(emulator, { user: people.max })
    const started = await invite({}, browser)
    expect(started.path).toMatch(/^\/login\//)
    await accept(started)
    expect((await emulator.control.state()).sessions.map(({ status }) => status)).toEqual(['logout', 'active'])
  })

  it('stays open for whoever logs in as somebody else', async () => {
    await emulator.control.settings({ invitationNamesOrganization: false })
    const { browser, path } = await invite()
    const callback = callbackOf(await browser.follow(await browser.post(path, { user: people.max })))
    expect(claims((await exchange(emulator, callback)).access_token)).toMatchObject({ oid: organizations.acme })
    expect((await emulator.control.state()).invitations[0]).not.toHaveProperty('acceptedAt')
  })

  it('sends an address of an SSO domain to its identity provider first', async () => {
    const started = await invite({ email: 'sam@example.com', roles: ['admin'] })
    const simulator = await started.browser.follow(await started.browser.post(`${started.path}/invitation`))
    expect(await simulator.text()).toContain(connections.acme)
    const vouched = await started.browser.post(`${started.path}/sso`, { email: 'sam@example.com', outcome: 'success' })
    const tokens = await exchange(emulator, callbackOf(await started.browser.follow(vouched)))
    expect(claims(tokens.access_token)).toMatchObject({ oid: organizations.globex, roles: ['admin'] })
  })

  it('leads through the SSO that the organization requires', async () => {
    const started = await invite({ organizationId: organizations.initech })
    const simulator = await started.browser.follow(await started.browser.post(`${started.path}/invitation`))
    expect(await simulator.text()).toContain(connections.initech)
    const vouched = await started.browser.post(`${started.path}/sso`, { email: zoe.email, outcome: 'success' })
    const tokens = await exchange(emulator, callbackOf(await started.browser.follow(vouched)))
    expect(claims(tokens.id_token)).toMatchObject({ oid: organizations.initech, amr: [connections.initech] })
  })

  it.each<[string, (link: string) => Promise<unknown>]>([
    ['used', async (link) => accept(await follow(link))],
    ['expired', async () => emulator.control.clock({ advance: 15 * 86_400 })],
    ['forgotten', async () => emulator.control.reset()],
  ])('is no longer valid when %s: an ordinary login', async (_label, spoil) => {
    const link = await emulator.control.invite(zoe)
    const { params } = await follow(link)
    await spoil(link)
    const page = await new Browser(emulator.url).get(link)
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('already used')])

    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser, { invitation_token: params.invitation_token ?? '' })
    expect(await (await browser.get(path)).text()).toContain('already used')
    expect((await browser.post(`${path}/invitation`)).status).toBe(400)
    const callback = callbackOf(await browser.follow(await browser.post(path, { user: people.max })))
    expect(claims((await exchange(emulator, callback)).access_token)).toMatchObject({ oid: organizations.acme })
  })
})

describe('POST /_emulator/invitations', () => {
  it('refuses what does not exist', async () => {
    const make = (input: object) => emulator.control.invite({ ...zoe, ...input } as never)
    await expect(make({ organizationId: 'org_9' })).rejects.toMatchObject({ status: 404 })
    await expect(make({ clientId: 'skc_9' })).rejects.toMatchObject({ status: 404 })
    await expect(make({ roles: ['king'] })).rejects.toMatchObject({ status: 400 })
    await expect(make({ email: 'zoe' })).rejects.toMatchObject({ status: 400 })
  })

  it('shows on the control page', async () => {
    const link = await emulator.control.invite(zoe)
    const html = await (await fetch(`${emulator.url}/_emulator`)).text()
    expect(html).toContain('data-request="POST /_emulator/invitations"')
    expect(html).toContain(`href="${new URL(link).pathname}"`)
  })
})
