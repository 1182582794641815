import { createManagementClient, type ManagementClient } from '@scalegate/core/management'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, type Visitor, visit } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { organizations, people } from '../support/journey.js'
import { findProblems } from '../support/page-problems.js'
import { rowOf, type SettingsJourney, settingsFrameworks, settingsJourney } from './settings-journey.js'

const path = '/staff/customers'
const newCustomer = (page: Page) => page.locator('form').filter({ hasText: 'New customer' })
const sections = (page: Page) => page.getByRole('navigation', { name: 'Sections' })

/** What the vendor's own staff do about customers, and who is none of them. Globex is the vendor here. */
describe.each(settingsFrameworks)('the back office on %s', (framework) => {
  let example: Example
  let browser: Browser
  let journey: SettingsJourney
  let scalekit: ManagementClient
  const open: Visitor[] = []

  beforeAll(async () => {
    example = await startExample(framework, { STAFF_ORGANIZATION: organizations.globex })
    browser = await launchChromium()
    journey = settingsJourney(browser, example)
    scalekit = await managementOf(example)
  })
  afterAll(async () => {
    await browser?.close()
    await example?.stop()
  })
  beforeEach(() => example.control.clearRequests())
  afterEach(async () => {
    for (const visitor of open.splice(0)) await visitor.close()
  })

  const kept = (visitor: Visitor): Visitor => {
    open.push(visitor)
    return visitor
  }
  const asStaff = async () => kept(await journey.enter('Bea Both', path, 'Globex'))

  /** REST calls of the app; the login asks for tokens alone. */
  const calls = async () => (await example.control.requests()).filter(({ path }) => path.startsWith('/api/v1/'))
  const state = async (externalId: string) =>
    (await example.control.state()).organizations.filter((one) => one.externalId === externalId)

  async function fillIn(form: Locator, fields: Readonly<Record<'name' | 'id', string>>) {
    await form.getByLabel('Name').fill(fields.name)
    await form.getByLabel('Id in this app').fill(fields.id)
    await form.getByLabel('Plan').selectOption('team')
  }

  it('sets a customer up, and gives the link into its portal once', async () => {
    const { page, takeComplaints } = await asStaff()
    await fillIn(newCustomer(page), { name: 'Hooli <b>&</b> Sons', id: 'hooli' })
    await newCustomer(page).getByLabel('Directory sync').check()
    const posted = page.waitForResponse((response) => response.request().method() === 'POST')
    await newCustomer(page).getByRole('button', { name: 'Set up' }).click()
    const link = await page.getByLabel('Link into the admin portal').inputValue()
    expect((await posted).headers()['cache-control']).toContain('no-store')
    expect(page.url()).toBe(journey.at(path))
    expect(await state('hooli')).toMatchObject([
      { name: 'Hooli <b>&</b> Sons', features: { sso: true, dir_sync: true } },
    ])

    const customer = kept(await visit(browser))
    await customer.page.goto(link)
    await customer.page.waitForURL(`${example.provider}/portal/**`)
    await customer.page.getByText('Hooli <b>&</b> Sons').first().waitFor()
    expect((await customer.page.goto(link))?.status()).toBe(410)

    await page.goto(journey.at(path))
    const row = rowOf(page, 'Hooli')
    await row.getByText('hooli', { exact: true }).waitFor()
    await row.locator('.soft').getByText('team').waitFor()
    expect(await page.content()).not.toContain('magicLink')
    expect(example.output()).not.toContain(link.split('/').at(-1))
    expect(takeComplaints()).toEqual([])
  })

  it.each([
    ['with scripts', true],
    ['without scripts', false],
  ])(
    '%s changes name, plan and features, says what it does not take, and gives another link',
    async (_how, scripts) => {
      const id = `initrode-${scripts}`
      const made = await scalekit.organizations.create({
        displayName: 'Initrode',
        externalId: id,
        metadata: { plan: 'gold', region: 'north' },
      })
      const { page } = scripts ? await asStaff() : await withoutScripts()
      const row = rowOf(page, id)
      await page.goto(journey.at(path))
      await row.locator('summary').click()
      expect(await row.getByLabel('Plan').inputValue()).toBe('gold')
      await row.getByLabel('Name').fill('   ')
      await row.getByLabel('Single sign-on').check()
      await row.getByRole('button', { name: 'Save' }).click()
      await row.getByRole('status').getByText('A customer needs a name').waitFor()
      expect(await row.getByLabel('Single sign-on').isChecked()).toBe(true)
      expect((await scalekit.organizations.get(made.id)).displayName).toBe('Initrode')

      await row.getByLabel('Name').fill('Initrode Inc.')
      await row.getByRole('button', { name: 'Save' }).click()
      await row.locator('b').getByText('Initrode Inc.').waitFor()
      await row.locator('.badge').getByText('Single sign-on').waitFor()
      expect(await scalekit.organizations.get(made.id)).toMatchObject({ metadata: { plan: 'gold', region: 'north' } })

      if (!(await row.getByLabel('Plan').isVisible())) await row.locator('summary').click()
      await row.getByLabel('Plan').selectOption('enterprise')
      await row.getByLabel('Single sign-on').uncheck()
      await row.getByRole('button', { name: 'Save' }).click()
      await row.locator('.soft').getByText('enterprise').waitFor()
      expect(await scalekit.organizations.get(made.id)).toMatchObject({
        metadata: { plan: 'enterprise', region: 'north' },
        settings: { features: expect.arrayContaining([{ name: 'sso', enabled: false }]) },
      })

      if (!(await row.getByLabel('Plan').isVisible())) await row.locator('summary').click()
      await row.getByRole('button', { name: 'New portal link' }).click()
      const link = await page.getByLabel('Link into the admin portal of Initrode Inc.').inputValue()
      expect(link).toContain(`${example.provider}/magicLink/`)
      expect(page.url()).not.toContain('magicLink')
      await scalekit.organizations.delete(made.id)
    },
  )

  it('tells of an id that is taken, and makes no link into the portal of another customer', async () => {
    const { page } = await withoutScripts()
    const form = newCustomer(page)
    const links = async () => (await example.control.state()).portalLinks.length
    const before = await links()
    await fillIn(form, { name: 'Not Acme', id: 'acme' })
    await form.getByLabel('Domain verification').check()
    await form.getByRole('button', { name: 'Set up' }).click()
    await form.getByRole('status').getByText('There is a customer with this id already.').waitFor()
    expect(await form.getByLabel('Name').inputValue()).toBe('Not Acme')
    expect(await form.getByLabel('Plan').inputValue()).toBe('team')
    expect(await form.getByLabel('Domain verification').isChecked()).toBe(true)
    expect([await links(), await state('acme')]).toMatchObject([before, [{ name: 'Acme' }]])

    await fillIn(form, { name: ' ', id: 'umbrella' })
    await form.getByRole('button', { name: 'Set up' }).click()
    await form.getByRole('status').getByText('A customer needs a name').waitFor()
    await fillIn(form, { name: 'Umbrella', id: 'um brella' })
    await form.getByRole('button', { name: 'Set up' }).click()
    await form.getByRole('status').getByText('An id is 1 to 64').waitFor()
    expect(await state('umbrella')).toEqual([])
  })

  it('fits and can be read, at night on a telephone too', async () => {
    const { page } = await asStaff()
    await newCustomer(page).getByLabel('Id in this app').fill('globex')
    await newCustomer(page).getByLabel('Name').fill('A second one')
    await newCustomer(page).getByRole('button', { name: 'Set up' }).click()
    await newCustomer(page).getByRole('status').waitFor()
    await rowOf(page, 'Acme').locator('summary').click()
    // Next takes it away for a moment while it shows what an action has changed.
    await expect.poll(() => page.title()).not.toBe('')
    for (const [colorScheme, width] of [
      ['light', 1100],
      ['dark', 400],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate(findProblems, colorScheme)).toEqual([])
    }
  })

  it('turns the pages of a long list', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `Customer ${n + 1}`)
    const made = []
    for (const displayName of names) made.push(await scalekit.organizations.create({ displayName }))
    const { page } = await asStaff()
    expect(await rowOf(page, 'Customer 20').count()).toBe(0)
    await page.getByRole('link', { name: 'More customers' }).click()
    await rowOf(page, 'Customer 20').waitFor()
    for (const { id } of made) await scalekit.organizations.delete(id)
  })

  it('is in the menu of the staff alone, and goes by the organization of the session', async () => {
    const staff = await asStaff()
    await sections(staff.page).getByRole('link', { name: 'Customers' }).waitFor()

    const member = kept(await journey.enter('Bea Both', '/projects', 'Acme'))
    expect(await sections(member.page).getByRole('link', { name: 'Customers' }).count()).toBe(0)
    await member.page.goto(journey.at(path))
    await member.page.getByText('wrong_organization', { exact: true }).waitFor()
    expect(await member.page.content()).not.toContain('Initech')

    await example.control.setMember(organizations.globex, people.max, ['member'])
    const helper = kept(await journey.enter('Max Member', '/projects', 'Globex'))
    expect(await sections(helper.page).getByRole('link', { name: 'Customers' }).count()).toBe(0)
    await journey.expectRefusal(helper, path)
    await example.control.removeMember(organizations.globex, people.max)
  })

  it('is closed to the admin of a customer, also with the forms of the staff, and Scalekit is not asked', async () => {
    const { page, openTab } = await withoutScripts()
    const [second, third, own] = [await openTab(), await openTab(), await openTab()]
    for (const tab of [second, third]) await tab.goto(journey.at(path))
    // The same browser with another person in it: the forms are there, and their session is not.
    await own.goto(journey.at('/projects'))
    await own.getByRole('button', { name: 'Log out' }).click()
    await own.waitForURL(journey.at('/'))
    await own.goto(journey.at('/projects'))
    await own.getByRole('button', { name: 'Ada Admin' }).click()
    await own.waitForURL(journey.at('/projects'))
    expect(await sections(own).getByRole('link', { name: 'Customers' }).count()).toBe(0)
    await example.control.clearRequests()
    const links = async () => (await example.control.state()).portalLinks.length
    const before = await links()

    await own.goto(journey.at(path))
    await fillIn(newCustomer(page), { name: 'Mine', id: 'mine' })
    await newCustomer(page).getByRole('button', { name: 'Set up' }).click()
    await rowOf(second, 'Initech').locator('summary').click()
    await rowOf(second, 'Initech').getByLabel('Name').fill('Mine')
    await rowOf(second, 'Initech').getByRole('button', { name: 'Save' }).click()
    await rowOf(third, 'Initech').locator('summary').click()
    await rowOf(third, 'Initech').getByRole('button', { name: 'New portal link' }).click()
    for (const tab of [own, page, second, third]) await tab.getByText('wrong_organization', { exact: true }).waitFor()
    expect(await calls()).toEqual([])
    expect([await state('mine'), await state('initech'), await links()]).toMatchObject([
      [],
      [{ name: 'Initech' }],
      before,
    ])
  })

  it('takes nothing from an admin of a moment ago, of whom no webhook has told', async () => {
    const { page } = await withoutScripts()
    await example.control.settings({ webhooksPaused: true })
    await example.control.setMember(organizations.globex, people.bea, ['member'])
    await fillIn(newCustomer(page), { name: 'Late', id: 'late' })
    await newCustomer(page).getByRole('button', { name: 'Set up' }).click()
    await page.getByText('forbidden', { exact: true }).waitFor()
    expect(await state('late')).toEqual([])
    await example.control.setMember(organizations.globex, people.bea, ['admin'])
    await example.control.webhooks.resume()
  })

  it.each([
    ['its own page', true],
    ['a page of another host of the same site', false],
  ])('a form that comes from %s is taken: %s', async (_from, isOwn) => {
    const { page } = await withoutScripts()
    const hidden = await newCustomer(page)
      .locator('input[type=hidden]')
      .evaluateAll((inputs: HTMLInputElement[]) => inputs.map(({ name, value }) => [name, value]))
    const fields = { ...Object.fromEntries(hidden), name: 'Posted', external_id: `posted-${isOwn}`, plan: 'team' }
    const from = isOwn ? ['same-origin', example.origin] : ['same-site', 'http://127.0.0.1:1']
    await page.request.post(journey.at(path), {
      // Forms of server actions are multipart.
      ...(framework === 'next' ? { multipart: fields } : { form: fields }),
      headers: { 'Sec-Fetch-Site': from[0] ?? '', 'Sec-Fetch-Mode': 'navigate', Origin: from[1] ?? '' },
    })
    expect((await state(`posted-${isOwn}`)).length).toBe(isOwn ? 1 : 0)
  })

  async function withoutScripts(): Promise<Visitor> {
    const visitor = kept(await visit(browser, { javaScriptEnabled: false }))
    const { page } = visitor
    await page.goto(journey.at(path))
    await page.getByRole('button', { name: 'Bea Both' }).click()
    await page.getByRole('button', { name: 'Globex' }).click()
    await page.waitForURL(journey.at(path))
    return visitor
  }
})

describe.each(settingsFrameworks)('without a vendor on %s', (framework) => {
  it('there is no back office', async () => {
    const example = await startExample(framework)
    const browser = await launchChromium()
    try {
      const { page, close } = await settingsJourney(browser, example).enter('Ada Admin', '/projects')
      expect((await page.goto(example.origin + path))?.status()).toBe(404)
      await close()
    } finally {
      await browser.close()
      await example.stop()
    }
  })
})

async function managementOf({ provider, control }: Example): Promise<ManagementClient> {
  const [client] = (await control.state()).clients
  return createManagementClient({ environmentUrl: provider, clientId: client!.id, clientSecret: client!.secret })
}
