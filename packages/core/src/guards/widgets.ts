import type { OrganizationFeature } from '../model/organization-feature.js'
import type { ScalekitPermission } from '../model/scalekit-permissions.js'
import type { Session } from '../model/session.js'
import { hasPermission } from './permission.js'

/** A hosted widget, as `GET widgets?widget=…` takes it. */
export type WidgetId =
  | 'organization'
  | 'members'
  | 'sso'
  | 'scim'
  | 'domains'
  | 'session-policy'
  | 'profile'
  | 'security'

export type { OrganizationFeature } from '../model/organization-feature.js'

/** A hosted widget this person can use. */
export interface Widget {
  readonly id: WidgetId
  readonly title: string
  /** `view` shows it, `manage` lets the person change something in it. */
  readonly access: 'view' | 'manage'
  /** Link inside the app; the widgets route checks the session and redirects to Scalekit. */
  readonly href: string
}

interface WidgetRule {
  readonly id: WidgetId
  readonly title: string
  /** Undefined: open to any signed-in person. */
  readonly read: ScalekitPermission | undefined
  readonly manage: readonly ScalekitPermission[]
  readonly feature?: OrganizationFeature
}

/**
 * Permission x widget, as documented (protocol.md §8). Which permission guards domain verification is not
 * documented; organization settings is the closest documented one, so that pair stands in.
 */
const widgetRules: readonly WidgetRule[] = [
  {
    id: 'organization',
    title: 'Organization settings',
    read: 'sk_org_settings_read',
    manage: ['sk_org_settings_manage'],
  },
  {
    id: 'members',
    title: 'Member management',
    read: 'sk_org_users_read',
    manage: ['sk_org_users_invite', 'sk_org_users_delete', 'sk_org_users_role_change'],
  },
  { id: 'sso', title: 'Single sign-on', read: 'sk_org_sso_read', manage: ['sk_org_sso_manage'], feature: 'sso' },
  {
    id: 'scim',
    title: 'Directory sync',
    read: 'sk_org_scim_read',
    manage: ['sk_org_scim_manage'],
    feature: 'dir_sync',
  },
  {
    id: 'domains',
    title: 'Domain verification',
    read: 'sk_org_settings_read',
    manage: ['sk_org_settings_manage'],
    feature: 'domain_verification',
  },
  {
    id: 'session-policy',
    title: 'Session policy',
    read: 'sk_org_session_policy_read',
    manage: ['sk_org_session_policy_manage'],
    feature: 'session_policy',
  },
  { id: 'profile', title: 'Profile', read: undefined, manage: [] },
  { id: 'security', title: 'Security', read: undefined, manage: [] },
]

/**
 * The hosted widgets to offer this person in a menu. Permissions decide; with `features` (the features that are
 * on for the organization) widgets of a feature that is off are left out too, as Scalekit does.
 */
export function widgetsFor(
  session: Session,
  options: { readonly href: string; readonly features?: readonly OrganizationFeature[] },
): readonly Widget[] {
  const { href, features } = options
  return widgetRules.flatMap(({ id, title, read, manage, feature }) => {
    if (feature !== undefined && features !== undefined && !features.includes(feature)) return []
    const manages = read === undefined || manage.some((permission) => session.permissions.includes(permission))
    if (!manages && read !== undefined && !hasPermission(session.permissions, read)) return []
    return [{ id, title, access: manages ? ('manage' as const) : ('view' as const), href: `${href}?widget=${id}` }]
  })
}
