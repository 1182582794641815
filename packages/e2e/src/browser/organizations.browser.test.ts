import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, type Visitor, visit } from '../support/chromium.js'
import { type Example, frameworks, startExample } from '../support/example.js'
import { organizations } from '../support/journey.js'

/** What people of larger customers do: they come from a portal or an invitation, change sides, and are asked twice. */
describe.each(frameworks)('%s', (framework) => {
  let example: Example
  let browser: Browser
  let visitor: Visitor

  beforeAll(async () => {
    example = await startExample(framework)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await example?.stop()
  })
  beforeEach(async () => {
    visitor = await visit(browser)
  })
  afterEach(async () => {
    const complaints = visitor.takeComplaints()
    await visitor.close()
    expect(complaints, 'complaints of the browser').toEqual([])
  })

  const at = (path: string) => example.origin + path
  const loginPage = (page: Page) => page.getByRole('heading', { name: /^Log in to/ })

  async function logIn(page: Page, name: string, path = '/projects'): Promise<void> {
    await page.goto(at(path))
    await page.getByRole('button', { name }).click()
    await page.waitForURL(at(path))
  }

  it('a tile of the identity provider’s portal opens the app, signed in', async () => {
    const { page } = visitor
    await page.goto(`${example.provider}/sso/portal`)
    await page.getByRole('link', { name: 'Acme' }).click()
    await page.getByLabel('E-mail address').fill('tia@example.com')
    await page.getByLabel('Relay state').fill('/members')
    await page.getByRole('button', { name: 'Example App' }).click()
    await page.waitForURL(at('/members'))
    await page.getByRole('banner').getByText('Tia').waitFor()
    await page.getByText('tia@example.com').waitFor()
  })

  it('an invitation makes a new person a member', async () => {
    const { page } = visitor
    await page.goto(await example.control.invite({ organizationId: organizations.globex, email: 'zoe@newcomer.test' }))
    await page.getByRole('heading', { name: 'Join Globex' }).waitFor()
    await page.getByLabel('Given name').fill('Zoe')
    await page.getByRole('button', { name: 'Accept invitation' }).click()
    await page.waitForURL(at('/'))
    await page.getByRole('heading', { name: 'Hello, Zoe.' }).waitFor()
    await page.getByRole('main').getByText(organizations.globex).waitFor()
  })

  it('somebody of two organizations switches by the menu and the picker', async () => {
    const { page } = visitor
    await page.goto(at('/projects'))
    await page.getByRole('button', { name: 'Bea Both' }).click()
    await page.getByRole('button', { name: 'Globex' }).click()
    await page.waitForURL(at('/projects'))
    await page.getByRole('banner').getByText('Bea Both').click()
    await page.getByRole('banner').getByText(organizations.globex).waitFor()
    await page.getByRole('link', { name: 'Switch organization' }).click()
    await page.getByRole('button', { name: 'Acme' }).click()
    await page.waitForURL(at('/projects'))
    await page.getByRole('banner').getByText('Bea Both').click()
    await page.getByRole('banner').getByText(organizations.acme).waitFor()
  })

  it('a sensitive action asks an old login for a new one, and goes on where it was', async () => {
    const { page } = visitor
    // The person typed their name 400 seconds ago, and has come to the app without a page since.
    await example.control.settings({ accessTokenLifetime: 899 })
    await example.control.clock({ offset: -400 })
    await logIn(page, 'Ada Admin')
    await example.control.clock({ offset: 0 })
    await page.context().clearCookies({ domain: '127.0.0.1' })
    await page.goto(at('/projects'))
    await page.waitForURL(at('/projects'))

    await page.getByRole('link', { name: 'Delete Website relaunch' }).click()
    await loginPage(page).waitFor()
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    await page.waitForURL(at('/projects/*/delete'))
    await page.getByRole('button', { name: 'Delete project' }).click()
    await page.waitForURL(at('/projects'))
    await page.getByText('Price list 2027').waitFor()
    expect(await page.getByText('Website relaunch').count()).toBe(0)
  })

  it('a webhook ends the session in the open tab at its next click, and is seen on the activity page', async () => {
    const { page } = visitor
    await logIn(page, 'Gil Guest')
    const admin = await visit(browser)
    await admin.page.goto(`${example.provider}/_emulator`)
    await admin.page.getByRole('button', { name: 'user.organization_membership_deleted' }).click()
    await admin.page.getByRole('cell', { name: 'user.organization_membership_deleted' }).waitFor()

    // The button tells the app only: at Scalekit the person would still be known.
    await page.context().clearCookies({ domain: 'localhost' })
    await page.getByRole('link', { name: 'Settings' }).click()
    await loginPage(page).waitFor()
    // The router of Next asks before it goes, and is told 401.
    visitor.takeComplaints()

    await logIn(admin.page, 'Ada Admin', '/activity')
    await admin.page.getByText('user.organization_membership_deleted').waitFor()
    expect(admin.takeComplaints()).toEqual([])
    await admin.close()
  })

  it('a login that goes round in circles ends on a page with a way on', async () => {
    const { page } = visitor
    const fromElsewhere = at(`/auth/login?iss=${encodeURIComponent(example.provider)}`)
    await page.goto(fromElsewhere)
    await page.goto(fromElsewhere)
    await page.goto(fromElsewhere)
    await page.getByText('login_loop', { exact: true }).waitFor()
    await page.getByRole('heading', { name: 'The login came back here several times' }).waitFor()
    // Chromium looks for an icon that the page does not name; only the app on Next answers 404.
    const complaints = visitor.takeComplaints().filter((complaint) => !complaint.includes('status of 404'))
    expect(complaints).toEqual([expect.stringContaining('status of 400')])
    await page.getByRole('link', { name: 'Log in' }).click()
    await loginPage(page).waitFor()
  })
})
