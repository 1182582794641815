import { type ScalekitPermission, scalekitPermissions } from '@scalegate/core'
import { createManagementClient } from '@scalegate/core/management'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { organizations, people } from '../support/journey.js'
import { type SettingsJourney, settingsFrameworks, settingsJourney, tabsOf } from './settings-journey.js'

const allPages = ['Organization', 'Members', 'Admin portal', 'Directory', 'Sessions']

/** Of the app's own pages, those that somebody with this permission alone may open. */
const pagesOf: Readonly<Record<ScalekitPermission, readonly string[]>> = {
  sk_org_settings_read: ['organization'],
  sk_org_settings_manage: ['organization'],
  sk_org_users_read: ['members'],
  sk_org_users_invite: [],
  sk_org_users_delete: [],
  sk_org_users_role_change: [],
  sk_org_sso_read: [],
  sk_org_sso_manage: ['portal'],
  sk_org_scim_read: ['directory'],
  sk_org_scim_manage: ['portal', 'directory'],
  sk_org_session_policy_read: [],
  sk_org_session_policy_manage: [],
}

/** The hosted widgets by their name in the app, each with its address at Scalekit and what its permissions begin with. */
const widgets = {
  organization: ['settings', 'sk_org_settings_'],
  members: ['members', 'sk_org_users_'],
  sso: ['sso', 'sk_org_sso_'],
  scim: ['scim', 'sk_org_scim_'],
  'session-policy': ['session-policy', 'sk_org_session_policy_'],
} as const

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

  it.each(scalekitPermissions)(
    '%s alone opens what it is for, here and at Scalekit, and nothing else',
    async (name) => {
      const [client] = (await example.control.state()).clients
      const scalekit = createManagementClient({
        environmentUrl: example.provider,
        clientId: client!.id,
        clientSecret: client!.secret,
      })
      await scalekit.roles.create({ name: `with_${name}`, displayName: name, permissions: [name] })
      await example.control.setMember(organizations.acme, people.gil, [`with_${name}`])
      onTestFinished(() => example.control.setMember(organizations.acme, people.gil, ['guest']))
      const { page, close } = await journey.enter('Gil Guest')
      const answer = async (address: string) => (await page.request.get(address, { maxRedirects: 0 })).status()
      // Next redirects to its 403 page.
      const pageAnswer = async (path: string) => (await page.request.get(journey.at(path))).status()
      const opened = pagesOf[name]

      for (const path of ['organization', 'members', 'portal', 'directory']) {
        const status = opened.includes(path) ? 200 : 403
        expect([path, await pageAnswer(`/settings/${path}`)]).toEqual([path, status])
        const isOffered = (await page.getByRole('main').locator(`a[href="/settings/${path}"]`).count()) > 0
        expect([path, isOffered]).toEqual([path, status === 200])
      }
      for (const [widget, [hosted, permissions]] of Object.entries(widgets)) {
        const isGranted = name.startsWith(permissions)
        const route = await answer(journey.at(`/auth/widgets?widget=${widget}`))
        expect([widget, route]).toEqual([widget, isGranted ? 303 : 403])
        const there = await answer(`${example.provider}/ui/${hosted}`)
        expect([widget, there]).toEqual([widget, isGranted ? 200 : 403])
      }
      await close()
    },
  )

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
