/** Scalekit's own twelve permissions, which decide what the hosted widgets show (protocol.md §8). */
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

/** One of Scalekit's own permissions. */
export type ScalekitPermission = (typeof scalekitPermissions)[number]
