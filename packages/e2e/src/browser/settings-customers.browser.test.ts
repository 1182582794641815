import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, visit } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { portalIn, rowOf, type SettingsJourney, settingsFrameworks, settingsJourney } from './settings-journey.js'

/** What an administrator of a customer connects: single sign-on in the portal, a directory, and their own devices. */
describe.each(settingsFrameworks)('%s', (framework) => {
  let example: Example
  let browser: Browser
  let journey: SettingsJourney

  beforeAll(async () => {
    example = await startExample(framework)
    browser = await launchChromium()
    journey = settingsJourney(browser, example)
  })
  afterAll(async () => {
    await browser?.close()
    await example?.stop()
  })

  it('a connection is made in the portal, the page says so, and a login by that domain uses it', async () => {
    const admin = await journey.enter('Bea Both', '/settings/portal', 'Globex')
    const portal = portalIn(admin.page)
    await portal.getByLabel('Identity provider', { exact: true }).selectOption('Microsoft Entra ID')
    await portal.getByRole('button', { name: 'Add connection' }).click()
    const made = portal.getByRole('region', { name: 'Microsoft Entra ID by OIDC' })
    await made.getByLabel('Issuer').fill('https://login.globex.test')
    await made.getByLabel('Client ID').fill('scalekit')
    await made.getByLabel('Client secret').fill('of-the-identity-provider')
    await made.getByRole('button', { name: 'Save configuration' }).click()
    await made.getByRole('button', { name: 'Test connection' }).click()
    await portal.getByText('The test login went through.').waitFor()
    await made.getByRole('button', { name: 'Enable' }).click()
    await admin.page.getByRole('status').getByText('Single sign-on was switched on.').waitFor()
    const connection = await made.locator('code').first().textContent()
    expect(admin.takeComplaints()).toEqual([])

    const nina = await visit(browser)
    await nina.page.goto(journey.at('/'))
    await nina.page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
    await nina.page.getByLabel('E-mail address').fill('nina@example.org')
    await nina.page.getByRole('button', { name: 'Continue' }).click()
    await nina.page.getByRole('button', { name: 'Send the answer' }).click()
    await nina.page.waitForURL(journey.at('/projects'))
    const { sessions } = await example.control.state()
    expect(sessions.at(-1)).toMatchObject({ amr: [connection] })
    expect(nina.takeComplaints()).toEqual([])
    await Promise.all([admin.close(), nina.close()])
  })

  it('without scripts the form leads to the portal, and the e-mail field to the login', async () => {
    const visitor = await visit(browser, { javaScriptEnabled: false })
    const { page } = visitor
    await page.goto(journey.at('/login'))
    await page.getByLabel('E-mail address').fill('ada@acme.test')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    await page.waitForURL(journey.at('/projects'))
    await page.goto(journey.at('/settings/portal'))
    await page.getByRole('button', { name: 'Open it on a page of its own' }).click()
    await page.waitForURL(`${example.provider}/portal/**`)
    await page.getByRole('link', { name: 'Directory sync' }).click()
    await page.getByRole('heading', { name: 'Directory sync' }).waitFor()
    expect(visitor.takeComplaints()).toEqual([])
    await visitor.close()
  })

  it('people of a directory appear, change and vanish', async () => {
    const admin = await journey.enter('Ada Admin', '/settings/directory')
    const { page } = admin
    await page.getByText('No directory yet.').waitFor()
    const board = await visit(browser)
    await board.page.goto(`${example.provider}/_emulator`)
    const addDirectory = board.page.getByRole('form', { name: 'Add a directory' })
    await addDirectory.getByLabel('Organization').selectOption('Acme')
    await addDirectory.getByRole('button').click()
    const newcomer = board.page.getByRole('form', { name: /^Add somebody to / })
    await newcomer.getByLabel('E-mail address').fill('nina@example.com')
    await newcomer.getByLabel('Given name').fill('Nina')
    await newcomer.getByRole('button', { name: 'Add to the directory' }).click()
    await board.page.getByRole('cell', { name: 'nina@example.com' }).first().waitFor()
    const seen = async (text: string) => {
      await example.control.webhooks.settled()
      await page.reload()
      return rowOf(page, text).count()
    }
    await expect.poll(() => seen('nina@example.com')).toBe(1)

    const [directory] = (await example.control.state()).directories
    const [user] = directory!.users
    await example.control.directories.updateUser(directory!.id, user!.id, { familyName: 'Next' })
    await expect.poll(() => seen('Nina Next')).toBe(1)
    await example.control.directories.removeUser(directory!.id, user!.id)
    await expect.poll(() => seen('nina@example.com')).toBe(0)
    expect(admin.takeComplaints()).toEqual([])
    await Promise.all([admin.close(), board.close()])
  })

  it('a comparison brings in whom no webhook told of', async () => {
    const [directory] = (await example.control.state()).directories
    await example.control.settings({ webhooksPaused: true })
    await example.control.directories.addUser(directory!.id, { email: 'olga@example.com', givenName: 'Olga' })
    const { page, takeComplaints, close } = await journey.enter('Ada Admin', '/settings/directory')
    await page.getByText('Nobody is synced.').waitFor()
    await page.getByRole('button', { name: 'Compare with the directory' }).click()
    await rowOf(page, 'olga@example.com').waitFor()
    await page.getByRole('status').getByText('1 new, 0 changed, 0 gone').waitFor()
    expect(takeComplaints()).toEqual([])
    await close()
  })

  it('one device is signed out, and then all the others', async () => {
    const [here, there, elsewhere] = [
      await journey.enter('Max Member', '/settings/sessions'),
      await journey.enter('Max Member', '/projects'),
      await journey.enter('Max Member', '/projects'),
    ]
    const { page } = here
    const isOut = async ({ page }: typeof there) => {
      await page.goto(journey.at('/projects'))
      return page.url().startsWith(example.provider)
    }
    const signOut = page.getByRole('button', { name: 'Sign out', exact: true })
    await page.reload()
    expect(await signOut.count()).toBe(2)
    await signOut.first().click()
    await expect.poll(() => signOut.count()).toBe(1)
    const out = [await isOut(there), await isOut(elsewhere)]
    expect(out.filter(Boolean)).toHaveLength(1)

    await page.getByRole('button', { name: 'Sign out all other devices' }).click()
    await expect.poll(() => signOut.count()).toBe(0)
    expect([await isOut(there), await isOut(elsewhere)]).toEqual([true, true])
    await page.goto(journey.at('/projects'))
    await page.getByRole('heading', { name: 'Projects' }).waitFor()
    expect(here.takeComplaints()).toEqual([])
    await Promise.all([here.close(), there.close(), elsewhere.close()])
  })
})
