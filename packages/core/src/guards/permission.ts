import { type ScalekitPermission, scalekitPermissions } from '../model/scalekit-permissions.js'
import { nearMiss } from '../options/near-miss.js'

/** Managing includes viewing (protocol.md §8). Nothing else is implied, and there are no wildcards. */
const impliedBy: ReadonlyMap<string, ScalekitPermission> = new Map([
  ['sk_org_settings_read', 'sk_org_settings_manage'],
  ['sk_org_sso_read', 'sk_org_sso_manage'],
  ['sk_org_scim_read', 'sk_org_scim_manage'],
  ['sk_org_session_policy_read', 'sk_org_session_policy_manage'],
] as const)

/** True if `asked` is granted, by its own name or by the permission that implies it. */
export function hasPermission(granted: readonly string[], asked: string): boolean {
  if (granted.includes(asked)) return true
  const wider = impliedBy.get(asked)
  return wider !== undefined && granted.includes(wider)
}

/** True if the list holds any of Scalekit's own permissions at all. */
export function holdsScalekitPermission(granted: readonly string[]): boolean {
  return scalekitPermissions.some((permission) => granted.includes(permission))
}

/** Why `name` cannot be a permission, or undefined. The prefix `sk_` is Scalekit's own. */
export function permissionProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.trim() === '') return 'a permission must be a non-empty string'
  if (!name.startsWith('sk_') || (scalekitPermissions as readonly string[]).includes(name)) return undefined
  const meant = nearMiss(name, scalekitPermissions)
  return `"${name}" is not a Scalekit permission${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}
