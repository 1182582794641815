import { describe, expect, it } from 'vitest'
import { type ScalekitPermission, scalekitPermissions } from '../model/scalekit-permissions.js'
import type { Session } from '../model/session.js'
import { type OrganizationFeature, widgetsFor } from './widgets.js'

const menu = (permissions: readonly string[], features?: readonly OrganizationFeature[]) =>
  widgetsFor({ permissions } as Session, {
    href: 'https://app.example/auth/widgets',
    ...(features === undefined ? {} : { features }),
  }).map(({ id, access }) => `${id} ${access}`)

const everyone = ['profile manage', 'security manage']

describe('widgetsFor', () => {
  it.each<[ScalekitPermission, readonly string[]]>([
    ['sk_org_settings_read', ['organization view', 'domains view']],
    ['sk_org_settings_manage', ['organization manage', 'domains manage']],
    ['sk_org_users_read', ['members view']],
    ['sk_org_users_invite', ['members manage']],
    ['sk_org_users_delete', ['members manage']],
    ['sk_org_users_role_change', ['members manage']],
    ['sk_org_sso_read', ['sso view']],
    ['sk_org_sso_manage', ['sso manage']],
    ['sk_org_scim_read', ['scim view']],
    ['sk_org_scim_manage', ['scim manage']],
    ['sk_org_session_policy_read', ['session-policy view']],
    ['sk_org_session_policy_manage', ['session-policy manage']],
  ])('%s opens %j', (permission, widgets) => {
    expect(menu([permission])).toEqual([...widgets, ...everyone])
  })

  it('gives everybody their profile and security, and nothing else', () => {
    expect(menu(['admin', 'sk_*'])).toEqual(everyone)
  })

  it('leaves out what the organization has switched off, where that is known', () => {
    expect(menu(scalekitPermissions, ['sso'])).toEqual([
      'organization manage',
      'members manage',
      'sso manage',
      ...everyone,
    ])
    expect(menu(scalekitPermissions)).toHaveLength(8)
  })

  it('links to the route of the app', () => {
    const [profile] = widgetsFor({ permissions: [] as readonly string[] } as Session, {
      href: 'https://app.example/auth/widgets',
    })
    expect(profile?.href).toBe('https://app.example/auth/widgets?widget=profile')
  })
})
