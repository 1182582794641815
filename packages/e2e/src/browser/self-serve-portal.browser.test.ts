import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from '@scalegate/emulator'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, type Visitor, visit } from '../support/chromium.js'
import { organizations } from '../support/journey.js'

/** A settings page of an app: frames what the query names, and writes down what it is told. */
const settingsPage = (link: string) => `<!doctype html><meta charset="utf-8"><title>Settings</title>
<link rel="icon" href="data:,">
<script>
const heard = []
addEventListener('message', ({ origin, data }) => heard.push({ origin, data }))
</script>
<iframe title="Admin portal" src="${link}" width="900" height="700" allow="clipboard-write" referrerpolicy="no-referrer"></iframe>`

/** A message that the settings page received. */
interface Heard {
  readonly origin: string
  readonly data: {
    readonly event_type: string
    readonly organization_id: string
    readonly data: { readonly id: string }
  }
}

interface App {
  readonly origin: string
  readonly stop: () => Promise<void>
}

async function startSettings(): Promise<App> {
  const server: Server = createServer((request, response) => {
    const link = new URL(request.url ?? '/', 'http://app').searchParams.get('link')
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(
      link === null ? '<!doctype html><title>App</title><link rel="icon" href="data:,">' : settingsPage(link),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  return { origin, stop }
}

/** The emulator is on `localhost` and the app on `127.0.0.1`: another site, as in life. */
describe("the emulator's admin portal in a page of another site", () => {
  let emulator: Emulator
  let app: App
  let stranger: App
  let browser: Browser
  let visitor: Visitor
  let page: Page

  beforeAll(async () => {
    app = await startSettings()
    stranger = await startSettings()
    emulator = await startEmulator({ port: 0, clients: { redirectUris: [`${app.origin}/auth/callback`] } })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([emulator?.stop(), app?.stop(), stranger?.stop()])
  })
  beforeEach(async () => {
    await emulator.control.reset()
    visitor = await visit(browser)
    page = visitor.page
  })
  afterEach(() => visitor.close())

  async function open(at: App, organizationId: string): Promise<FrameLocator> {
    const link = await emulator.control.portal.link({ organizationId })
    await page.goto(`${at.origin}/?${new URLSearchParams({ link })}`)
    return page.frameLocator('iframe')
  }
  const heard = (where: Page = page) => where.evaluate<readonly Heard[]>('heard')
  const heardTypes = async () => (await heard()).map(({ data }) => data.event_type)

  it('sets up single sign-on, tells the app, and the next login of that domain uses it', async () => {
    const portal = await open(app, organizations.globex)
    await portal.getByRole('heading', { name: 'Single sign-on' }).waitFor()
    await expect.poll(heard).toMatchObject([{ origin: emulator.url, data: { event_type: 'PORTAL_LOAD_SUCCESS' } }])

    await portal.getByLabel('Identity provider', { exact: true }).selectOption('Microsoft Entra ID')
    await portal.getByRole('button', { name: 'Add connection' }).click()
    const made = portal.getByRole('region', { name: 'Microsoft Entra ID by OIDC' })
    await made.getByLabel('Issuer').fill('https://login.globex.test')
    await made.getByLabel('Client ID').fill('scalekit')
    await made.getByLabel('Client secret').fill('of-the-identity-provider')
    await made.getByRole('button', { name: 'Save configuration' }).click()
    await portal.getByRole('status').getByText('Test it before you enable it.').waitFor()
    await made.getByRole('button', { name: 'Test connection' }).click()
    await portal.getByRole('status').getByText('went through').waitFor()
    await made.getByRole('button', { name: 'Enable' }).click()
    await made.getByText('used by logins').waitFor()
    await expect.poll(heardTypes).toEqual(['PORTAL_LOAD_SUCCESS', 'ORGANIZATION_SSO_ENABLED'])
    const data = (await heard())[1]?.data
    const connectionId = data?.data.id ?? 'none'
    expect(data).toMatchObject({
      organization_id: organizations.globex,
      data: { provider: 'MICROSOFT_AD', enabled: true },
    })

    const query = new URLSearchParams({
      response_type: 'code',
      client_id: emulator.clientId,
      redirect_uri: `${app.origin}/auth/callback`,
      scope: 'openid email',
      state: 's',
    })
    await page.goto(`${emulator.url}/oauth/authorize?${query}`)
    await page.getByLabel(/mail/).fill('nina@example.org')
    await page.getByRole('button', { name: /^Continue/ }).click()
    await page.getByText(connectionId).waitFor()
    await page.getByRole('button', { name: 'Send the answer' }).click()
    await page.waitForURL(`${app.origin}/auth/callback?**`)
    const { sessions } = await emulator.control.state()
    expect(sessions).toMatchObject([{ organizationId: organizations.globex, amr: [connectionId] }])
    expect(visitor.takeComplaints()).toEqual([])
  })

  it('verifies a domain and creates a directory without a script', async () => {
    await visitor.close()
    visitor = await visit(browser, { javaScriptEnabled: false })
    page = visitor.page
    const portal = await open(app, organizations.acme)
    await portal.getByRole('link', { name: 'Domains' }).click()
    await portal.getByLabel('Domain', { exact: true }).fill('acme-corp.test')
    await portal.getByRole('button', { name: 'Add domain' }).click()
    const domain = portal.getByRole('region', { name: 'acme-corp.test' })
    expect(await domain.getByLabel('TXT record', { exact: true }).inputValue()).toMatch(
      /^acme-corp-test-verify-dom_\d+=/,
    )
    await domain.getByRole('button', { name: 'Verify now' }).click()
    await domain.getByText('by DNS').waitFor()
    await portal.getByRole('link', { name: 'Directory sync' }).click()
    await portal.getByRole('button', { name: 'Create directory' }).click()
    expect(await portal.getByLabel('Bearer token').inputValue()).toMatch(/^[\w-]{43}$/)
    await portal.getByRole('button', { name: 'Enable' }).click()
    await portal.getByText('enabled', { exact: true }).waitFor()
    expect((await emulator.control.state()).directories).toMatchObject([{ enabled: true }])
  })

  it('warns, expires with the clock, and does not open a second time', async () => {
    const portal = await open(app, organizations.acme)
    const address = page.url()
    await portal.getByRole('heading', { name: 'Single sign-on' }).waitFor()
    const closed = portal.getByRole('heading', { name: 'This admin portal is closed' })
    expect(await closed.isVisible()).toBe(false)
    await emulator.control.clock({ advance: 6 * 3600 - 200 })
    await expect.poll(heardTypes, { timeout: 5000 }).toEqual(['PORTAL_LOAD_SUCCESS', 'PORTAL_SESSION_WARNING'])
    await emulator.control.clock({ advance: 300 })
    await closed.waitFor()
    expect(await portal.getByRole('heading', { name: 'Single sign-on' }).isVisible()).toBe(false)
    await expect.poll(async () => (await heardTypes()).at(-1)).toBe('PORTAL_SESSION_EXPIRY')
    await page.goto(address)
    await closed.waitFor()
    await expect.poll(heardTypes).toEqual(['PORTAL_LOAD_FAILURE'])
  })

  it('SEC-320 is not shown in a page of another origin, which hears nothing', async () => {
    const portal = await open(stranger, organizations.acme)
    await expect.poll(() => visitor.takeComplaints().join(' ')).toContain('frame-ancestors')
    expect(await portal.getByRole('heading').count()).toBe(0)
    expect(await heard()).toEqual([])
    const fooled = await browser.newPage()
    await fooled.goto(`${stranger.origin}/?link=${encodeURIComponent(`${emulator.url}/magicLink/none`)}`)
    await fooled.waitForTimeout(300)
    expect(await heard(fooled)).toEqual([])
    await fooled.close()
  })
})
