import type { Environment } from '../environment.js'
import type { Role, Roles } from '../state/roles.js'
import { invalid } from './errors.js'
import { list, message, required, text } from './fields.js'

const roleName = text({
  min: 1,
  max: 100,
  pattern: /^[a-zA-Z0-9_]{1,64}$/,
  description: 'letters, digits and _, at most 64',
})
const permissionRules = { pattern: /^[a-zA-Z0-9_:]+$/, description: 'letters, digits, _ and :' }
const permissionNames = list(text({ min: 1, max: 64, ...permissionRules }), { max: 100 })

export const createRoleShape = message({
  name: required(roleName),
  display_name: required(text({ min: 1, max: 100 })),
  description: text({ max: 2000 }),
  extends: roleName,
  permissions: permissionNames,
})
export const updateRoleShape = message({
  display_name: text({ min: 1, max: 100 }),
  description: text({ min: 1, max: 2000 }),
  extends: roleName,
  permissions: permissionNames,
})
export const permissionShape = message({
  name: required(text({ min: 1, max: 64, ...permissionRules })),
  description: text({ max: 2000 }),
})
export const addPermissionsShape = message({
  permission_names: required(list(text({ min: 1, max: 64, ...permissionRules }), { min: 1, max: 100 })),
})

const defaultRole = message({ id: text(), name: text() })
export const defaultsShape = message({
  default_creator_role: text({ max: 100 }),
  default_member_role: text({ max: 100 }),
  // The way of before.
  default_creator: defaultRole,
  default_member: defaultRole,
})
export const organizationDefaultsShape = message({ default_member_role: required(roleName) })

/** What a role is made of must exist, and a role cannot come to extend itself. */
export function refuseUnknownParts(
  { directory }: Environment,
  parts: { readonly extends?: string; readonly permissions?: readonly string[] },
  role: Pick<Role, 'organizationId'> & Partial<Role>,
): void {
  const { roles } = directory
  refuseUnknownPermissions(roles, parts.permissions ?? [], 'role.permissions')
  if (parts.extends === undefined) return
  const base = roles.find(parts.extends, role.organizationId)
  const field = 'role.extends'
  if (base === undefined) throw invalid({ field, constraint: 'exists', description: `names no role: ${parts.extends}` })
  if (role.id === undefined || roles.lineageOf(base).every(({ id }) => id !== role.id)) return
  throw invalid({ field, constraint: 'acyclic', description: `${parts.extends} is this role or extends it` })
}

export function refuseUnknownPermissions(roles: Roles, names: readonly string[], path: string): void {
  names.forEach((name, index) => {
    if (roles.permission(name) !== undefined) return
    throw invalid({ field: `${path}[${index}]`, constraint: 'exists', description: `names no permission: ${name}` })
  })
}
