import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, visit } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { organizations } from '../support/journey.js'
import { rowOf, type SettingsJourney, settingsFrameworks, settingsJourney } from './settings-journey.js'

/** What an administrator does about people, and what becomes of it in the browsers of the others. */
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
  beforeEach(() => example.control.clock({ offset: 0 }))

  it('renames the organization, and keeps the session policy', async () => {
    const { page, takeComplaints, close } = await journey.enter('Ada Admin', '/settings/organization')
    await page.getByLabel('Name', { exact: true }).fill('Acme <b>&</b> Sons')
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByRole('definition').getByText('Acme <b>&</b> Sons', { exact: true }).waitFor()
    const named = (await example.control.state()).organizations.find(({ id }) => id === organizations.acme)
    expect(named?.name).toBe('Acme <b>&</b> Sons')

    await page.getByLabel('As set here').check()
    await page.getByLabel('Minutes at the most').fill('600')
    await page.getByLabel('Ends when nothing is done').selectOption('yes, after')
    await page.getByLabel('Minutes without activity').fill('45')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.waitForURL(journey.at('/settings/organization'))
    await page.reload()
    expect(await page.getByLabel('As set here').isChecked()).toBe(true)
    expect(await page.getByLabel('Minutes at the most').inputValue()).toBe('600')
    expect(await page.getByLabel('Minutes without activity').inputValue()).toBe('45')
    expect(takeComplaints()).toEqual([])
    await close()
  })

  it('an invitation is found in the mail, opened in another browser, and leads into the organization', async () => {
    const admin = await journey.enter('Ada Admin', '/settings/members')
    const { page } = admin
    await page.getByLabel('Invite').fill('zoe@newcomer.test')
    await page.getByLabel('Role').selectOption('Guest')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await rowOf(page, 'zoe@newcomer.test').getByText('invited', { exact: true }).waitFor()

    const zoe = await visit(browser)
    await zoe.page.goto(`${example.provider}/_emulator`)
    const mail = zoe.page.getByRole('row').filter({ hasText: 'zoe@newcomer.test' }).filter({ hasText: 'Acme' })
    await mail.getByRole('link', { name: 'Open the link' }).click()
    await zoe.page.getByRole('heading', { name: /^Join / }).waitFor()
    await zoe.page.getByLabel('Given name').fill('Zoe')
    await zoe.page.getByLabel('Family name').fill('Newcomer')
    await zoe.page.getByRole('button', { name: 'Accept invitation' }).click()
    await zoe.page.waitForURL(journey.at('/'))
    await zoe.page.getByRole('main').getByText(organizations.acme).waitFor()
    await zoe.page.getByRole('main').getByText('guest', { exact: true }).waitFor()

    await page.reload()
    await rowOf(page, 'zoe@newcomer.test').getByText('Zoe Newcomer').waitFor()
    expect(await rowOf(page, 'zoe@newcomer.test').getByText('invited', { exact: true }).count()).toBe(0)
    expect([...admin.takeComplaints(), ...zoe.takeComplaints()]).toEqual([])
    await Promise.all([admin.close(), zoe.close()])
  })

  it('an open invitation is sent again, and withdrawn', async () => {
    const { page, takeComplaints, close } = await journey.enter('Ada Admin', '/settings/members')
    await page.getByLabel('Invite').fill('yan@newcomer.test')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByLabel('Change yan@newcomer.test').click()
    await page.getByRole('button', { name: 'Send again' }).click()
    const mails = async () =>
      (await example.control.state()).invitations.filter(({ email }) => email === 'yan@newcomer.test')
    await expect.poll(mails).toMatchObject([{ resentCount: 1 }])
    await page.getByLabel('Change yan@newcomer.test').click()
    await page.getByRole('button', { name: 'Withdraw invitation' }).click()
    await expect.poll(() => rowOf(page, 'yan@newcomer.test').count()).toBe(0)
    expect(takeComplaints()).toEqual([])
    await close()
  })

  it('a role that is changed is felt at the next click', async () => {
    const [admin, gil] = [
      await journey.enter('Ada Admin', '/settings/members'),
      await journey.enter('Gil Guest', '/settings/sessions'),
    ]
    await journey.expectRefusal(gil, '/settings/members')
    const { page } = admin
    const giveRole = async (given: string, taken: string) => {
      const row = rowOf(page, 'gil@acme.test')
      const save = row.getByRole('button', { name: 'Save roles' })
      await page.getByLabel('Change Gil Guest').click()
      await row.getByLabel(given, { exact: true }).check()
      await row.getByLabel(taken, { exact: true }).uncheck()
      await save.click()
      await save.waitFor({ state: 'hidden' })
    }
    await giveRole('Member', 'Guest')
    await gil.page.goto(journey.at('/settings/members'))
    await gil.page.getByRole('heading', { name: 'Members' }).waitFor()
    await giveRole('Guest', 'Member')
    await journey.expectRefusal(gil, '/settings/members')
    expect(admin.takeComplaints()).toEqual([])
    await Promise.all([admin.close(), gil.close()])
  })

  it('whoever is removed is out at the next click', async () => {
    const [admin, gil] = [
      await journey.enter('Ada Admin', '/settings/members'),
      await journey.enter('Gil Guest', '/settings/sessions'),
    ]
    await admin.page.getByLabel('Change Gil Guest').click()
    await rowOf(admin.page, 'gil@acme.test').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => rowOf(admin.page, 'gil@acme.test').count()).toBe(0)
    await gil.page.goto(journey.at('/settings/sessions'))
    await gil.page.getByRole('heading', { name: /^Log in to/ }).waitFor()
    expect(admin.takeComplaints()).toEqual([])
    await Promise.all([admin.close(), gil.close()])
  })

  it('nobody changes their own membership by these forms', async () => {
    const { page, close } = await journey.enter('Ada Admin', '/settings/members')
    await rowOf(page, 'ada@acme.test').getByText('you', { exact: true }).waitFor()
    expect(await page.getByLabel('Change Ada Admin').count()).toBe(0)
    await close()
  })
})
