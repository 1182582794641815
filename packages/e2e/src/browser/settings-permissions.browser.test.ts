import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { type SettingsJourney, settingsFrameworks, settingsJourney, tabsOf } from './settings-journey.js'

const allPages = ['Organization', 'Members', 'Admin portal', 'Directory', 'Sessions']

/** What each person is offered in the settings, and what they are refused by its address. */
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

  it.each([
    ['Ada Admin', allPages, []],
    ['Max Member', ['Organization', 'Members', 'Sessions'], ['/settings/portal', '/settings/directory']],
    [
      'Gil Guest',
      ['Sessions'],
      ['/settings/organization', '/settings/members', '/settings/portal', '/settings/directory'],
    ],
  ] as const)('%s is offered what the role gives, and refused the rest', async (name, offered, refused) => {
    const visitor = await journey.enter(name)
    const { page } = visitor
    for (const title of offered) {
      await page.goto(journey.at('/settings'))
      await page.getByRole('main').getByRole('link', { name: title, exact: true }).first().click()
      await page.getByRole('heading', { name: title, level: 1 }).waitFor()
      expect(await tabsOf(page)).toEqual(offered)
    }
    expect(visitor.takeComplaints()).toEqual([])
    for (const path of refused) await journey.expectRefusal(visitor, path)
    await visitor.close()
  })

  it('who may look only is shown no form', async () => {
    const visitor = await journey.enter('Max Member', '/settings/organization')
    const { page } = visitor
    await page.getByText('Your role may look at this, not change it.').waitFor()
    expect(await page.getByRole('main').locator('form').count()).toBe(0)
    await page.goto(journey.at('/settings/members'))
    await page.getByText('Your role may look at members, not invite them.').waitFor()
    expect(await page.getByRole('main').locator('form').count()).toBe(0)
    expect(visitor.takeComplaints()).toEqual([])
    await visitor.close()
  })

  it.each([
    '/auth/organization',
    '/auth/session-policy',
    '/auth/members/invite',
    '/auth/members/resend-invite',
    '/auth/members/change-roles',
    '/auth/members/remove',
    '/auth/admin-portal',
    '/settings/directory/compare',
  ])('a form to %s is refused to whom no page shows it, and Scalekit hears nothing', async (path) => {
    const { page, close } = await journey.enter('Gil Guest')
    const since = (await example.control.requests()).length
    const form = { display_name: 'Mine', policy_source: 'APPLICATION', email: 'friend@acme.test', features: 'sso' }
    const headers = { origin: example.origin }
    const answer = await page.request.post(journey.at(path), { form, headers, maxRedirects: 0 })
    expect(answer.status()).toBe(403)
    const calls = (await example.control.requests()).slice(since).filter(({ path }) => path.startsWith('/api/'))
    expect(calls).toEqual([])
    await close()
  })

  it('the menu has the hosted widgets of the role and of the features that are on', async () => {
    const ada = await journey.enter('Ada Admin')
    await ada.page.getByRole('link', { name: 'Member management' }).click()
    await ada.page.waitForURL(`${example.provider}/ui/**`)
    const gil = await journey.enter('Gil Guest')
    const hosted = gil.page.getByRole('list').filter({ hasText: 'Security' })
    await hosted.waitFor()
    expect(await gil.page.getByRole('link', { name: 'Single sign-on' }).count()).toBe(0)
    expect([...ada.takeComplaints(), ...gil.takeComplaints()]).toEqual([])
    await Promise.all([ada.close(), gil.close()])
  })

  it('an admin of an organization without directory sync is not offered its widget', async () => {
    const visitor = await journey.enter('Bea Both', '/settings', 'Globex')
    const { page } = visitor
    await page.getByRole('link', { name: 'Single sign-on' }).waitFor()
    expect(await page.getByRole('link', { name: 'Directory sync' }).count()).toBe(0)
    await page.goto(journey.at('/settings/portal'))
    await page.getByText('Set up single sign-on for your organization.').waitFor()
    await visitor.close()
  })
})
