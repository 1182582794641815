import { type Emulator, startEmulator } from '@scalegate/emulator'
import { Browser, type Page } from '@scalegate/testing/audits'
import { afterAll, describe, expect, it } from 'vitest'
import { throughSso } from '../handover/brokered-app.js'
import { logIn, organizations, people } from '../support/journey.js'
import { codeOf } from '../support/refusals.js'
import { Document } from './document.js'
import { usePage } from './running-page.js'

const { acme, globex } = organizations
const sam = 'sam@example.com'
const pageOf = (name: string) => new Document(`docs/how-to/${name}.md`)
const last = (trail: readonly Page[]) => trail.at(-1)!

/** What somebody sees who runs the program of a page and does what its last section says. */
describe.each(['express', 'hono'] as const)('with %s', (framework) => {
  describe('idp-initiated-login.md', () => {
    const app = usePage(pageOf('idp-initiated-login'), framework)

    it('lets Sam in from the portal, to the page of the relay state, once', async () => {
      const { emulator, origin } = app()
      const link = { organizationId: acme, email: sam, relayState: '/projects' }
      const { url } = await emulator.control.idpInitiatedLogin(link)
      const browser = new Browser()
      const simulator = last(await browser.follow(url))
      const form = { email: sam, given_name: 'Sam', family_name: 'Single', outcome: 'success' }
      const page = last(await browser.follow(`${simulator.url}/sso`, { form, from: simulator.url }))
      expect(page, app().output()).toMatchObject({ url: `${origin}/projects`, status: 200 })
      expect(page.text).toBe(`Projects of ${acme}. You are ${sam}.`)
      const again = await browser.navigate(url)
      expect([again.status, codeOf(again)]).toEqual([400, 'idp_login_replayed'])
      expect((await browser.navigate(`${origin}/projects`)).status).toBe(200)
    })

    it('refuses an issuer that nobody has named', async () => {
      const link = { organizationId: acme, claims: { iss: 'https://login.app.example' } }
      const { url } = await app().emulator.control.idpInitiatedLogin(link)
      const page = await new Browser().navigate(url)
      expect([page.status, codeOf(page)]).toEqual([400, 'idp_login_invalid'])
    })

    it('says so where a browser comes round and round', async () => {
      const browser = new Browser()
      // Of one second and for one place they would be the same token.
      const visit = async (relayState: string) => {
        const { url } = await app().emulator.control.idpInitiatedLogin({ organizationId: acme, email: sam, relayState })
        return browser.navigate(url)
      }
      expect([(await visit('/1')).status, (await visit('/2')).status]).toEqual([303, 303])
      const third = await visit('/3')
      expect([third.status, codeOf(third)]).toEqual([400, 'login_loop'])
    })
  })

  describe('invitations-and-initiate-login.md', () => {
    const app = usePage(pageOf('invitations-and-initiate-login'), framework)

    it('forwards an invitation, and welcomes who accepts it', async () => {
      const { emulator, origin } = app()
      const url = await emulator.control.invite({ organizationId: acme, email: 'new@acme.test' })
      const browser = new Browser()
      const invitation = last(await browser.follow(url))
      expect(invitation.text).toContain('Accept invitation')
      const page = last(await browser.follow(`${invitation.url}/invitation`, { form: {}, from: invitation.url }))
      expect(page, app().output()).toMatchObject({ url: `${origin}/welcome`, text: `Welcome to ${acme}.` })
      expect((await browser.navigate(`${origin}/auth/login`)).next).toBe(`${origin}/welcome`)
    })

    it('starts a login for a bookmark and by OIDC Core §4, and not for the issuer of others', async () => {
      const { emulator, origin } = app()
      expect(last(await new Browser().follow(`${emulator.url}/login`)).url).toContain(`${emulator.url}/`)
      const login = async (iss: string) =>
        new Browser().navigate(`${origin}/auth/login?${new URLSearchParams({ iss, target_link_uri: `${origin}/` })}`)
      expect((await login(emulator.url)).next).toContain(`${emulator.url}/oauth/authorize`)
      expect(codeOf(await login('https://other.example'))).toBe('issuer_mismatch')
    })

    it.each([
      ['access_denied', 403, 'access_denied'],
      ['who_knows', 400, 'idp_error'],
    ])('shows a page for the error %s and repeats nothing', async (error, status, code) => {
      const url = await app().emulator.control.initiateLogin({ error, errorDescription: 'canary' })
      const page = await new Browser().navigate(url)
      expect([page.status, codeOf(page)]).toEqual([status, code])
      expect(page.text).not.toContain('canary')
    })
  })

  describe('switch-organization.md', () => {
    const app = usePage(pageOf('switch-organization'), framework)

    it('leads Bea from 403 into the other organization and back to the page', async () => {
      const { origin } = app()
      const bea = new Browser()
      await logIn(bea, app(), { user: people.bea, organization: acme })
      const path = (organization: string) => `${origin}/orgs/${organization}/projects`
      expect((await bea.navigate(path(acme))).status, app().output()).toBe(200)
      const refused = await bea.navigate(path(globex))
      expect([refused.status, codeOf(refused)]).toEqual([403, 'wrong_organization'])
      const switching = /href="([^"]+)">Switch organization</.exec(refused.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
      const page = last(await bea.follow(switching, { from: refused.url }))
      expect(page).toMatchObject({ url: path(globex), text: `Projects of ${globex}` })
      const program = JSON.parse((await bea.fetch(path(acme))).text)
      const url = `${origin}/auth/switch-organization?organization_id=${acme}`
      expect(program).toMatchObject({ code: 'wrong_organization', switch_url: url })
    })

    it('refuses somebody who is no member, and keeps the session', async () => {
      const ada = new Browser()
      await logIn(ada, app())
      const trail = await ada.follow(`${app().origin}/auth/switch-organization?organization_id=${globex}`)
      expect([last(trail).status, codeOf(last(trail))]).toEqual([403, 'access_denied'])
      expect((await ada.navigate(`${app().origin}/`)).text).toContain(acme)
    })

    it('gives the plain 403 for an id of another kind', async () => {
      const ada = new Browser()
      await logIn(ada, app())
      expect(codeOf(await ada.navigate(`${app().origin}/orgs/acme/projects`))).toBe('forbidden')
    })
  })

  describe('modular-sso.md', () => {
    const app = usePage(pageOf('modular-sso'), framework, { product: 'modular-sso' })

    it('asks who is there, with the page to come back to', async () => {
      const page = last(await new Browser().follow(`${app().origin}/projects?a="><b>`))
      expect(page.url, app().output()).toContain(`${app().origin}/login?return_to=`)
      expect(page.text).toContain('name="return_to"')
      expect(page.text).not.toContain('><b>')
    })

    it('lets in who belongs to a customer, and nobody else', async () => {
      const page = last(await throughSso(new Browser(), app(), sam, { posted_form: '1', return_to: '/projects?a=1' }))
      expect(page, app().output()).toMatchObject({ url: `${app().origin}/projects?a=1`, status: 200 })
      expect(page.text).toBe(`You are a member of ${acme}.`)
      const other = last(await throughSso(new Browser(), app(), 'sam@example.org'))
      expect([other.status, codeOf(other)]).toEqual([403, 'login_denied'])
    })

    it('refuses the other product', async () => {
      const { emulator } = app()
      await emulator.control.settings({ product: 'full-stack-auth' })
      const page = await logIn(new Browser(), app(), { query: 'login_hint=ada@acme.test' })
      await emulator.control.settings({ product: 'modular-sso' })
      expect([page.status, codeOf(page)]).toEqual([400, 'product_mismatch'])
    })
  })

  describe('receive-webhooks.md', () => {
    const app = usePage(pageOf('receive-webhooks'), framework)

    it('hears of a new member and of a former one, once each, and of everything else', async () => {
      const { origin, emulator } = app()
      const { webhooks } = emulator.control
      const settled = () => webhooks.settled()
      await webhooks.register({ url: `${origin}/auth/webhooks` })
      const max = new Browser()
      await logIn(max, app(), { user: people.max })
      const members = async () => JSON.parse((await max.fetch(`${origin}/members`)).text)
      await webhooks.send({ type: 'user.organization_membership_created', email: 'ada@acme.test' })
      const deliveries = await settled()
      expect(deliveries.every(({ state }) => state === 'success')).toBe(true)
      expect(await members(), app().output()).toEqual(['ada@acme.test'])
      await webhooks.replay(deliveries.find(({ type }) => type.endsWith('membership_created'))?.id ?? '')
      await webhooks.send({ type: 'user.organization_membership_deleted', email: 'ada@acme.test', occurredAt: 1 })
      await settled()
      expect(await members()).toEqual(['ada@acme.test'])
      await webhooks.send({ type: 'user.organization_membership_deleted', email: 'ada@acme.test' })
      await settled()
      expect(await members()).toEqual([])
      expect(app().output()).toContain('nothing done about user.login')
    })
  })

  describe('guard-an-api-with-access-tokens.md', () => {
    const app = usePage(pageOf('guard-an-api-with-access-tokens'), framework)
    const ask = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const answer = await fetch(app().origin + path, { headers })
      return { status: answer.status, body: await answer.json(), challenge: answer.headers.get('www-authenticate') }
    }
    const machine = async () => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'm2morg_106000000000000001',
        client_secret: 'test_machine_secret_not_for_production',
      })
      const answer = await fetch(`${app().emulator.url}/oauth/token`, { method: 'POST', body })
      return (await answer.json()).access_token as string
    }

    it('answers a machine where machines are asked for, and nowhere else', async () => {
      const token = await machine()
      expect(await ask('/api/export', token)).toMatchObject({ status: 200, body: { organizationId: acme } })
      expect(await ask('/api/me', token)).toMatchObject({ status: 403, body: { code: 'caller_not_allowed' } })
    })

    it('answers a session where it may', async () => {
      const ada = new Browser()
      await logIn(ada, app())
      expect(JSON.parse((await ada.fetch(`${app().origin}/api/me`)).text)).toMatchObject({
        id: people.ada,
        via: 'session',
      })
      expect((await ada.fetch(`${app().origin}/api/export`)).status).toBe(401)
    })

    it('refuses with the codes of the page', async () => {
      expect(await ask('/api/me')).toMatchObject({ status: 401, body: { code: 'bearer_missing' }, challenge: 'Bearer' })
      expect(await ask('/api/me', 'a.b.c')).toMatchObject({
        status: 401,
        body: { code: 'token_invalid' },
        challenge: 'Bearer error="invalid_token"',
      })
    })
  })

  describe('ask-for-a-recent-login.md', () => {
    const app = usePage(pageOf('ask-for-a-recent-login'), framework)
    const form = () => `${app().origin}/projects/7/delete`

    it('lets through who has just logged in, and refuses who may not', async () => {
      const [ada, gil] = [new Browser(), new Browser()]
      await logIn(ada, app())
      expect(await ada.navigate(form()), app().output()).toMatchObject({ status: 200 })
      expect((await ada.navigate(form(), { form: {}, from: form() })).text).toBe('It is gone.')
      await logIn(gil, app(), { user: people.gil })
      expect(codeOf(await gil.navigate(form()))).toBe('forbidden')
    })

    it('asks once more where nobody says when that was, and comes back', async () => {
      await app().emulator.control.settings({ authTime: false })
      const ada = new Browser()
      await logIn(ada, app())
      const answer = await ada.fetch(form())
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", max_age="300"',
      )
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'recent_login_required', max_age: 300 })
      const login = last(await ada.follow(form()))
      const page = last(await ada.follow(login.url, { form: { user: people.ada }, from: login.url }))
      expect(page, app().output()).toMatchObject({ url: form(), status: 200 })
    })
  })

  describe('several-kits-and-own-paths.md', () => {
    let staff: Emulator
    const app = usePage(pageOf('several-kits-and-own-paths'), framework, {
      env: async (origin) => {
        const redirectUris = [`${origin}/staff/auth/callback`]
        staff = await startEmulator({ port: 0, clients: { redirectUris } })
        const { environmentUrl, clientId, clientSecret } = staff
        return {
          STAFF_ENVIRONMENT_URL: environmentUrl,
          STAFF_CLIENT_ID: clientId,
          STAFF_CLIENT_SECRET: clientSecret,
        }
      },
    })
    afterAll(() => staff?.stop())

    it('has a session of each in one browser, and ends one of them', async () => {
      const { origin } = app()
      const browser = new Browser()
      const userOf = async (path: string) => JSON.parse((await browser.navigate(origin + path)).text).id
      await logIn(browser, app())
      expect((await browser.fetch(`${origin}/staff`)).status, app().output()).toBe(401)
      const login = last(await browser.follow(`${origin}/staff`))
      expect(login.url).toContain(staff.url)
      const page = last(await browser.follow(login.url, { form: { user: people.max }, from: login.url }))
      expect(page).toMatchObject({ url: `${origin}/staff`, status: 200 })
      expect([await userOf('/'), await userOf('/staff')]).toEqual([people.ada, people.max])
      await browser.follow(`${origin}/staff/auth/logout`, { form: {}, from: `${origin}/staff` })
      expect(await userOf('/')).toBe(people.ada)
      expect((await browser.fetch(`${origin}/staff`)).status).toBe(401)
    })
  })
})
