import type { Widget } from '../pages/index.js'
import type { Feature } from '../seed/types.js'

interface Entry {
  readonly id: string
  readonly title: string
  readonly description: string
  /** Any of these shows the widget; an empty list shows it to every signed-in person. */
  readonly read: readonly string[]
  /** Any of these allows changes, and viewing with them. */
  readonly manage: readonly string[]
  readonly feature?: Feature
}

/** Scalekit's hosted widgets with the permission and the feature that each needs ("hosted widgets"). */
const catalog: readonly Entry[] = [
  {
    id: 'settings',
    title: 'Organization settings',
    description: 'Name, logo and allowed e-mail domains.',
    read: ['sk_org_settings_read'],
    manage: ['sk_org_settings_manage'],
  },
  {
    id: 'members',
    title: 'Members',
    description: 'Invite people, change roles, remove members.',
    read: ['sk_org_users_read'],
    manage: ['sk_org_users_invite', 'sk_org_users_delete', 'sk_org_users_role_change'],
  },
  {
    id: 'sso',
    title: 'Single sign-on',
    description: 'Connect an identity provider.',
    read: ['sk_org_sso_read'],
    manage: ['sk_org_sso_manage'],
    feature: 'sso',
  },
  {
    id: 'scim',
    title: 'Directory sync',
    description: 'Provision members by SCIM.',
    read: ['sk_org_scim_read'],
    manage: ['sk_org_scim_manage'],
    feature: 'dir_sync',
  },
  {
    id: 'session-policy',
    title: 'Session policy',
    description: 'Absolute and idle session limits.',
    read: ['sk_org_session_policy_read'],
    manage: ['sk_org_session_policy_manage'],
    feature: 'session_policy',
  },
  {
    // The permission of this widget is not documented; organization settings are the nearest.
    id: 'domains',
    title: 'Domain verification',
    description: 'Prove that a domain belongs to the organization.',
    read: ['sk_org_settings_read'],
    manage: ['sk_org_settings_manage'],
    feature: 'domain_verification',
  },
  { id: 'profile', title: 'Profile', description: 'Your name and e-mail address.', read: [], manage: [] },
  { id: 'security', title: 'Security', description: 'Your passkeys and sessions.', read: [], manage: [] },
]

/** All widgets with what one person may do with each, and why. */
export function widgetsFor(holder: {
  readonly permissions: readonly string[]
  readonly features: Readonly<Partial<Record<Feature, boolean>>>
}): readonly Widget[] {
  return catalog.map((entry) => {
    const { id, title, description } = entry
    return { id, title, description, path: `/ui/${id}`, ...accessTo(entry, holder) }
  })
}

function accessTo(
  { read, manage, feature }: Entry,
  holder: Parameters<typeof widgetsFor>[0],
): Pick<Widget, 'access' | 'reason'> {
  if (read.length === 0) return { access: 'manage', reason: 'open to every signed-in user' }
  if (feature !== undefined && holder.features[feature] !== true) {
    return { access: 'hidden', reason: `feature ${feature} is off` }
  }
  const managing = manage.find((name) => holder.permissions.includes(name))
  if (managing !== undefined) return { access: 'manage', reason: `granted by ${managing}` }
  const reading = read.find((name) => holder.permissions.includes(name))
  if (reading !== undefined) return { access: 'view', reason: `granted by ${reading}` }
  return { access: 'hidden', reason: `${read.join(' or ')} is missing` }
}
