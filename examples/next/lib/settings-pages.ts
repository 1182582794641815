import type { ScalekitPermission, Session } from '@scalegate/next'

interface SettingsPage {
  readonly href: string
  readonly title: string
  readonly about: string
  /** What a person needs one of; nothing where everybody may. */
  readonly anyOf?: readonly ScalekitPermission[]
}

/** The app's own pages about an organization and its people. */
const pages: readonly SettingsPage[] = [
  {
    href: '/settings/organization',
    title: 'Organization',
    about: 'Name, features, session policy',
    anyOf: ['sk_org_settings_read', 'sk_org_settings_manage'],
  },
  {
    href: '/settings/members',
    title: 'Members',
    about: 'Invitations, roles, removal',
    anyOf: ['sk_org_users_read'],
  },
  {
    href: '/settings/portal',
    title: 'Admin portal',
    about: 'Single sign-on, directory sync and domains',
    anyOf: ['sk_org_sso_manage', 'sk_org_scim_manage'],
  },
  {
    href: '/settings/directory',
    title: 'Directory',
    about: 'People who are synced from your directory',
    anyOf: ['sk_org_scim_read', 'sk_org_scim_manage'],
  },
  { href: '/settings/sessions', title: 'Sessions', about: 'Where you are signed in' },
]

/** Hides and does not protect: each page guards itself. */
export function settingsPagesFor({ permissions }: Session): readonly SettingsPage[] {
  return pages.filter(({ anyOf }) => anyOf === undefined || anyOf.some((name) => permissions.includes(name)))
}
