import type { ManagementClient, Role } from '@scalegate/core/management'
import { PluginError, type Session } from '@scalegate/core/plugin'

/** A role as the organization has it. */
export interface OrganizationRole {
  readonly name: string
  readonly displayName?: string
  readonly description?: string
  /** All that it gives, what it inherits included; undefined where Scalekit did not say. */
  readonly permissions: readonly string[] | undefined
  /** Given to members who are given no other. */
  readonly isDefault: boolean
  /** True where whoever asks has all that it gives. */
  readonly isWithinOwn: boolean
}

/** Which of the organization's roles this person may give and take, by their names. Other names are left out. */
export type AssignableRoles = (
  session: Session,
  roles: readonly OrganizationRole[],
) => readonly string[] | Promise<readonly string[]>

/** What one person may do with the roles of their organization. */
export interface RoleRules {
  readonly roles: readonly OrganizationRole[]
  /** Whether there is a role of this name. */
  readonly knows: (name: string) => boolean
  /** Whether this person may give the role, and take it. */
  readonly allows: (name: string) => boolean
  readonly isDefault: (name: string) => boolean
}

/** Nobody gives what they do not have (attack row 330). Whoever is given no role has the default one in any case. */
export const withinOwnPermissions: AssignableRoles = (_session, roles) =>
  roles.filter(({ isDefault, isWithinOwn }) => isDefault || isWithinOwn).map(({ name }) => name)

export async function roleRules(
  scalekit: ManagementClient,
  input: { readonly session: Session; readonly organizationId: string; readonly assignable: AssignableRoles },
): Promise<RoleRules> {
  const { session, organizationId, assignable } = input
  const listed = await scalekit.organizationRoles.list({ organizationId }, { include: 'permissions:all' })
  const roles = rolesFor(session, listed)
  // Names are compared with those of the list and are never keys: `__proto__` is one more that nobody has.
  const allowed = new Set(await assignable(session, roles))
  const knows = (name: string) => roles.some((role) => role.name === name)
  return {
    roles,
    knows,
    allows: (name) => knows(name) && allowed.has(name),
    isDefault: (name) => roles.some((role) => role.name === name && role.isDefault),
  }
}

/** @throws PluginError role_not_allowed (403), the same for what does not exist and what may not be given */
export function assertAllowed(names: readonly string[], allows: (name: string) => boolean): void {
  if (names.every(allows)) return
  const title = 'You may not give or take this role.'
  throw new PluginError({ code: 'role_not_allowed', status: 403, title, field: 'roles' })
}

/** @throws PluginError roles_invalid (400) */
export function roleNames(values: readonly unknown[]): readonly string[] {
  // A form sends its empty choice too.
  const names = values.filter((value) => value !== '')
  if (names.length <= 20 && names.every((name) => typeof name === 'string' && name.length <= 100))
    return [...new Set(names as readonly string[])]
  throw new PluginError({ code: 'roles_invalid', status: 400, title: 'These are no roles.', field: 'roles' })
}

function rolesFor({ permissions, roles: own }: Session, listed: readonly Role[]): readonly OrganizationRole[] {
  const permissionsOf = (role: Role) => role.permissions?.map(({ name }) => name)
  const holds = (names: readonly string[] | undefined, role: string) => {
    // What a role without permissions opens is decided by its name, and only its holders are known to have it. An answer that
    // leaves the list out says the same: that there is none, or nothing.
    if (names === undefined || names.length === 0) return (own as readonly string[]).includes(role)
    return names.every((name) => (permissions as readonly string[]).includes(name))
  }
  return listed.map((role) => {
    const { name, displayName, description } = role
    // A name that two roles have must be harmless either way.
    const twins = listed.filter((one) => one.name === name)
    return {
      name,
      ...(displayName === undefined ? {} : { displayName }),
      ...(description === undefined ? {} : { description }),
      permissions: permissionsOf(role),
      isDefault: twins.every(({ defaultMember }) => defaultMember === true),
      isWithinOwn: twins.every((twin) => holds(permissionsOf(twin), name)),
    }
  })
}
