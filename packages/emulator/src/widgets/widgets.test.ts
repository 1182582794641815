import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { scalekitPermissions } from '../seed/permissions.js'
import { features } from '../seed/types.js'
import { Browser } from '../test/browser.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { session } from '../test/login.js'
import { management } from '../test/management.js'
import { widgetsFor } from './catalog.js'

const everything = Object.fromEntries(features.map((name) => [name, true]))

/** The widgets that are shown, `!` marking those that can be changed. */
function shown(permissions: readonly string[], on: Record<string, boolean> = everything): string {
  return widgetsFor({ permissions, features: on })
    .filter(({ access }) => access !== 'hidden')
    .map(({ id, access }) => (access === 'manage' ? `${id}!` : id))
    .join(' ')
}

describe('widgetsFor (protocol §8)', () => {
  const own = 'profile! security!'
  it.each<[string, readonly string[], string]>([
    ['nobody', [], own],
    ['sk_org_settings_read', ['sk_org_settings_read'], `settings domains ${own}`],
    ['sk_org_settings_manage', ['sk_org_settings_manage'], `settings! domains! ${own}`],
    ['sk_org_users_read', ['sk_org_users_read'], `members ${own}`],
    ['sk_org_users_invite', ['sk_org_users_invite'], `members! ${own}`],
    ['sk_org_users_delete', ['sk_org_users_delete'], `members! ${own}`],
    ['sk_org_users_role_change', ['sk_org_users_role_change'], `members! ${own}`],
    ['sk_org_sso_read', ['sk_org_sso_read'], `sso ${own}`],
    ['sk_org_sso_manage', ['sk_org_sso_manage'], `sso! ${own}`],
    ['sk_org_scim_read', ['sk_org_scim_read'], `scim ${own}`],
    ['sk_org_scim_manage', ['sk_org_scim_manage'], `scim! ${own}`],
    ['sk_org_session_policy_read', ['sk_org_session_policy_read'], `session-policy ${own}`],
    ['sk_org_session_policy_manage', ['sk_org_session_policy_manage'], `session-policy! ${own}`],
    ['all of them', scalekitPermissions, `settings! members! sso! scim! session-policy! domains! ${own}`],
  ])('%s', (_label, permissions, expected) => {
    expect(shown(permissions)).toBe(expected)
  })

  it.each([
    ['sso', 'sso'],
    ['dir_sync', 'scim'],
    ['session_policy', 'session-policy'],
    ['domain_verification', 'domains'],
  ])('feature %s off hides %s', (feature, widget) => {
    expect(shown(scalekitPermissions, { ...everything, [feature]: false })).not.toContain(`${widget}!`)
    const hidden = widgetsFor({ permissions: scalekitPermissions, features: { ...everything, [feature]: false } })
    expect(hidden.find(({ id }) => id === widget)?.reason).toBe(`feature ${feature} is off`)
  })
})

describe('GET /ui/', () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startBuilt()
  })
  afterAll(() => emulator.stop())
  beforeEach(() => emulator.control.reset())

  it('sends a stranger to the login page of the environment', async () => {
    const browser = new Browser(emulator.url)
    for (const path of ['/ui/', '/ui/members']) {
      expect((await browser.get(path)).headers.get('location')).toBe('/ui/login')
    }
    expect(await (await browser.get('/ui/login')).text()).toContain('logged out')
  })

  it('shows the widgets of the current organization, in no frame', async () => {
    const { browser } = await session(emulator, { user: people.bea, organization: organizations.globex })
    const start = await browser.get('/ui/')
    expect(await start.text()).toContain('Globex')
    expect(start.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const members = await (await browser.get('/ui/members')).text()
    expect(members).toContain('bea@globex.test')
    expect(members).not.toContain('ada@acme.test')
  })

  it('opens no widget without its permission or feature, and knows no others', async () => {
    const gil = await session(emulator, { user: people.gil })
    expect((await gil.browser.get('/ui/members')).status).toBe(403)
    expect((await gil.browser.get('/ui/profile')).status).toBe(200)
    expect((await gil.browser.get('/ui/profile/passkeys')).status).toBe(200)
    expect((await gil.browser.get('/ui/billing')).status).toBe(404)
    const ada = await session(emulator, { user: people.ada })
    expect((await ada.browser.get('/ui/scim')).status).toBe(200)
    await emulator.control.setFeatures(organizations.acme, { dir_sync: false })
    expect((await ada.browser.get('/ui/scim')).status).toBe(403)
  })

  it('shows the stricter session policy, and allowed e-mail domains apart from proven ones', async () => {
    const call = await management(emulator)
    const acme = `organizations/${organizations.acme}`
    const policy = { policy_source: 'CUSTOM', absolute_session_timeout: 90, absolute_session_timeout_unit: 'DAYS' }
    const idle = { idle_session_timeout_enabled: true, idle_session_timeout: 45 }
    const { browser } = await session(emulator, { user: people.ada })
    const widget = async (id: string) => (await browser.get(`/ui/${id}`)).text()
    expect(await widget('session-policy')).toContain('<dd>application</dd>')
    await call('PATCH', `${acme}/session-policy`, { ...policy, ...idle })
    const shownPolicy = await widget('session-policy')
    for (const value of ['custom', '2592000 s', '2700 s']) expect(shownPolicy).toContain(`<dd>${value}</dd>`)

    await emulator.control.domains.add({
      organizationId: organizations.acme,
      domain: 'friends.test',
      type: 'ALLOWED_EMAIL_DOMAIN',
    })
    expect(await widget('settings')).toContain('<dd>friends.test</dd>')
    const domains = await widget('domains')
    expect(domains).toContain('example.com')
    expect(domains).not.toContain('friends.test')
  })

  it('logs out by POST only', async () => {
    const { browser } = await session(emulator, { user: people.ada })
    expect((await browser.get('/ui/logout')).status).toBe(404)
    expect((await browser.get('/ui/')).status).toBe(200)
    await browser.post('/ui/logout')
    expect((await browser.get('/ui/')).status).toBe(302)
  })
})
