import { Browser } from '@scalegate/testing/audits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organizations } from '../support/journey.js'
import { startProgram } from '../support/program.js'
import { codeOf } from '../support/refusals.js'
import { type BrokeredApp, cookieNames, password, startBrokered, throughSso } from './brokered-app.js'

const sam = 'sam@example.com'
const cookie = 'example-passport'

/** The example as somebody starts it: an app with passport and sessions of its own, to which SSO was added. */
describe('examples/handover-passport', () => {
  let app: BrokeredApp

  beforeAll(async () => {
    app = await startBrokered('examples/handover-passport/server.js')
  })
  afterAll(() => app?.stop())

  const at = (path: string) => app.origin + path
  const sessionId = async (browser: Browser) => (await browser.cookies(app.origin)).get(cookie)
  const me = async (browser: Browser) => JSON.parse((await browser.fetch(at('/api/me'))).text)
  const withPassword = (browser: Browser, form: Record<string, string> = {}) =>
    browser.navigate(at('/login'), {
      form: { email: 'pat@example.com', password, ...form },
      from: at('/login'),
    })

  describe('what it did before', () => {
    it('lets Pat in with a password, and back to where she wanted to go', async () => {
      const pat = new Browser()
      const refused = await pat.navigate(at('/account?tab=1'))
      expect(refused.next).toBe(at('/login?return_to=%2Faccount%3Ftab%3D1'))
      expect((await withPassword(pat, { return_to: '/account?tab=1' })).next).toBe(at('/account?tab=1'))
      expect(await me(pat)).toMatchObject({ name: 'Pat', email: 'pat@example.com' })
    })

    it.each([
      ['another password', { password: 'wrong' }],
      ['another address', { email: 'nobody@example.com' }],
      ['nothing', { email: '', password: '' }],
    ])('refuses %s', async (_, form) => {
      const browser = new Browser()
      expect((await withPassword(browser, form)).status).toBe(401)
      expect((await browser.fetch(at('/api/me'))).status).toBe(401)
    })

    it.each([
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/.//evil.example',
      'javascript:alert(1)',
      '',
    ])('goes to no other site after a password: %s', async (returnTo) => {
      const { next } = await withPassword(new Browser(), { return_to: returnTo })
      expect(new URL(next ?? 'missing:').origin).toBe(app.origin)
    })

    it('lets no other site log anybody in or out', async () => {
      const pat = new Browser()
      await withPassword(pat)
      const from = 'http://localhost:1/'
      const form = { email: 'pat@example.com', password }
      expect((await new Browser().navigate(at('/login'), { form, from })).status).toBe(403)
      expect((await pat.navigate(at('/logout'), { form: {}, from })).status).toBe(403)
      expect((await pat.fetch(at('/api/me'))).status).toBe(200)
    })
  })

  describe('SSO', () => {
    it("ends signed in to passport's session, and no cookie of the kit is left", async () => {
      const browser = new Browser()
      const trail = await throughSso(browser, app, sam)
      expect(trail.at(-1)).toMatchObject({ url: at('/account'), status: 200 })
      expect(trail.at(-1)?.text).toContain('Hello, Sam Single.')
      expect(await me(browser)).toMatchObject({ name: 'Sam Single', email: sam, organizationId: organizations.acme })
      expect(await cookieNames(browser, app)).toEqual([cookie])
    })

    it('starts at the login page, by a page that moves on, since a form may lead to no other site', async () => {
      const browser = new Browser()
      const page = await browser.navigate(at('/login?return_to=/account'))
      expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
      const [form] = /<form [^>]*action="\/auth\/login">[\s\S]*?<\/form>/.exec(page.text) ?? ['']
      const hidden = [...form.matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)]
      const fields = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), login_hint: sam }
      expect(fields).toMatchObject({ return_to: '/account' })
      const answer = await browser.navigate(at(`/auth/login?${new URLSearchParams(fields)}`), { from: page.url })
      expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
      expect((await browser.follow(answer.next ?? '')).at(-1)?.text).toContain('Send the answer')
    })

    it('is asked for by the login page where nobody said who they are', async () => {
      const { next } = await new Browser().navigate(at('/auth/login?return_to=/account'))
      expect(next).toBe(at('/login?return_to=%2Faccount'))
    })

    it('gives the browser a new session id, and the old one is worth nothing', async () => {
      const browser = new Browser()
      await withPassword(browser)
      const before = await sessionId(browser)
      const old = browser.copy()
      await throughSso(browser, app, sam)
      expect(before).toBeDefined()
      expect(await sessionId(browser)).not.toBe(before)
      expect(await me(browser)).toMatchObject({ email: sam })
      expect((await old.fetch(at('/api/me'))).status).toBe(401)
    })

    it('knows Sam again by issuer and subject', async () => {
      const [one, two] = [new Browser(), new Browser()]
      await throughSso(one, app, sam)
      await throughSso(two, app, sam)
      expect((await me(two)).id).toBe((await me(one)).id)
    })

    it('gives nobody an account because of an e-mail address', async () => {
      const [pat, other] = [new Browser(), new Browser()]
      await withPassword(pat)
      await throughSso(other, app, 'pat@example.com')
      expect(await me(other)).toMatchObject({ email: 'pat@example.com', name: 'Sam Single' })
      expect((await me(other)).id).not.toBe((await me(pat)).id)
      expect((await me(pat)).name).toBe('Pat')
    })

    it('refuses people of an organization that is no customer', async () => {
      const browser = new Browser()
      const page = (await throughSso(browser, app, 'sam@example.org')).at(-1)!
      expect([page.status, codeOf(page)]).toEqual([403, 'login_denied'])
      expect(await cookieNames(browser, app)).toEqual([])
      expect((await browser.fetch(at('/api/me'))).status).toBe(401)
    })

    it('signs in no second browser, not even with the callback of the first', async () => {
      const [one, two] = [new Browser(), new Browser()]
      const trail = await throughSso(one, app, sam)
      const callback = trail.find(({ url }) => url.startsWith(at('/auth/callback')))!
      // Led on like anybody, and a stranger there: whose session it is, passport's cookie says.
      expect((await two.navigate(callback.url)).status).toBe(303)
      expect((await two.fetch(at('/api/me'))).status).toBe(401)
    })

    it('starts from the tile of an identity provider as well', async () => {
      const browser = new Browser()
      const { url } = await app.emulator.control.idpInitiatedLogin({ organizationId: organizations.acme, email: sam })
      const simulator = (await browser.follow(url)).at(-1)!
      expect(simulator.text).toContain('Send the answer')
      const form = { email: sam, given_name: 'Sam', family_name: 'Single', outcome: 'success' }
      await browser.follow(`${simulator.url}/sso`, { form, from: simulator.url })
      expect(await me(browser)).toMatchObject({ email: sam })
    })

    it('ends with the log-out of the app, for a copied cookie too', async () => {
      const browser = new Browser()
      await throughSso(browser, app, sam)
      const copy = browser.copy()
      const page = await browser.navigate(at('/logout'), { form: {}, from: at('/account') })
      expect(page.next).toBe(at('/'))
      for (const each of [browser, copy]) expect((await each.fetch(at('/api/me'))).status).toBe(401)
    })
  })

  it('prints no error', () => {
    expect(app.output().trim().split('\n')).toEqual([`example-handover-passport listening on ${app.origin}`])
  })
})

describe.each(['passport', 'tokens'])('examples/handover-%s, by itself', (name) => {
  it.each([
    ['issuer', { issuer: 'https://b.example' }],
    ['subject', { subject: 'conn_2;1' }],
  ])('takes people with another %s for others, whatever their address', async (_, different) => {
    const path = new URL(`../../../../examples/handover-${name}/users.js`, import.meta.url).href
    const users = new (await import(path)).Users()
    const person = { issuer: 'https://a.example', subject: 'conn_1;1', email: sam }
    const one = users.findOrCreateBySubject(person)
    expect(users.findOrCreateBySubject({ ...person, ...different }).id).not.toBe(one.id)
    expect(users.findOrCreateBySubject({ ...person, email: 'new@example.com' })).toBe(one)
    expect(users.find(one.id)).toMatchObject({ email: 'new@example.com' })
  })

  it('runs on an emulator of its own', async () => {
    const alone = { PORT: '0', APP_BASE_URL: '', SCALEKIT_ENVIRONMENT_URL: '' }
    const program = await startProgram([`examples/handover-${name}/server.js`], alone)
    try {
      expect(program.output()).toContain('sam@example.org  SSO of Globex, not a customer')
      const page = (await throughSso(new Browser(), { origin: program.address }, sam)).at(-1)
      expect(page?.status, program.output()).toBe(200)
    } finally {
      await program.stop()
    }
  })
})
