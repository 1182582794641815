/** The twelve permissions that Scalekit brings along, for its hosted widgets. */
export const scalekitPermissions = [
  'sk_org_settings_read',
  'sk_org_settings_manage',
  'sk_org_users_read',
  'sk_org_users_invite',
  'sk_org_users_delete',
  'sk_org_users_role_change',
  'sk_org_sso_read',
  'sk_org_sso_manage',
  'sk_org_scim_read',
  'sk_org_scim_manage',
  'sk_org_session_policy_read',
  'sk_org_session_policy_manage',
] as const

/** True for a permission of Scalekit's own, false for one that the app defined. */
export function isScalekitPermission(name: string): boolean {
  return name.startsWith('sk_')
}
