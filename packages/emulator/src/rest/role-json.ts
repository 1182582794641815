import type { Environment } from '../environment.js'
import { isPredefined, type Permission, type Role } from '../state/roles.js'
import { given, type Json } from './json.js'
import { timeOf } from './time.js'

/** What `include` adds to a role: its own permissions, or the inherited ones, too. */
export const includes = ['permissions', 'permissions:all'] as const
/** One of {@link includes}. */
export type Include = (typeof includes)[number]

/** `v1rolesRole`, in an organization where one is named: that may have a default role of its own. */
export function roleJson({ directory }: Environment, role: Role, include?: Include, organizationId?: string): Json {
  const { roles } = directory
  const memberRole = organizationId === undefined ? roles.memberRole : directory.memberRole(organizationId)
  return {
    id: role.id,
    name: role.name,
    display_name: role.displayName,
    description: role.description,
    ...given('extends', role.extends),
    default_creator: role.organizationId === undefined && role.name === roles.creatorRole,
    default_member: roles.find(memberRole, organizationId)?.id === role.id,
    is_org_role: role.organizationId !== undefined,
    dependent_roles_count: roles.dependentsOf(role).length,
    ...(include === undefined ? {} : { permissions: rolePermissionsJson(directory.roles, role, include) }),
  }
}

/** `rolesRolePermission`: with the role that it comes from. */
function rolePermissionsJson(roles: Environment['directory']['roles'], role: Role, include: Include): readonly Json[] {
  const sources = include === 'permissions' ? [role] : roles.lineageOf(role)
  return permissionsOf(roles, role, include).map((permission) => {
    const { is_scalekit_permission: _kind, ...json } = permissionJson(permission)
    const source = sources.find(({ permissions }) => permissions.includes(permission.name))
    return { ...json, role_name: source?.name ?? role.name }
  })
}

/** A role's own permissions, or all of them. */
export function permissionsOf(
  roles: Environment['directory']['roles'],
  role: Role,
  include: Include,
): readonly Permission[] {
  const names = include === 'permissions' ? role.permissions : roles.permissionsOf(role.name, role.organizationId)
  return names.flatMap((name) => roles.permission(name) ?? [])
}

/** `rolesPermission`. */
export function permissionJson(permission: Permission): Json {
  return {
    id: permission.id,
    name: permission.name,
    description: permission.description,
    is_scalekit_permission: isPredefined(permission),
    create_time: timeOf(permission.createdAt),
    update_time: timeOf(permission.updatedAt),
  }
}
