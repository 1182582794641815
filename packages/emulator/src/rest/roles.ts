import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import type { Role } from '../state/roles.js'
import { readBody } from './body.js'
import { existing, invalid, RestError } from './errors.js'
import { textOf, wordOf } from './query.js'
import {
  addPermissionsShape,
  createRoleShape,
  defaultsShape,
  refuseUnknownParts,
  refuseUnknownPermissions,
  updateRoleShape,
} from './role-body.js'
import { type Include, includes, permissionJson, permissionsOf, roleJson } from './role-json.js'
import { countHolders, removeRole } from './role-removal.js'

/** Roles of the environment. */
export function roleRoutes(environment: Environment): Hono {
  const app = new Hono()
  const roleOf = (c: Context) => existing(environment.directory.roles.find(c.req.param('role') ?? ''), 'role')
  const permissions = (role: Role, include: Include) => ({
    permissions: permissionsOf(environment.directory.roles, role, include).map(permissionJson),
  })

  app.get('/roles', (c) => {
    const include = wordOf(c, 'include', includes)
    return c.json({ roles: environment.directory.roles.all.map((role) => roleJson(environment, role, include)) })
  })
  app.post('/roles', async (c) => {
    const role = await createRole(environment, c)
    return c.json({ role: roleJson(environment, role, 'permissions') }, 201)
  })
  for (const path of ['/roles:set_defaults', '/roles/default'] as const) {
    app.patch(path, async (c) => {
      const body = await readBody(c, defaultsShape)
      const creator = defaultOf(environment, body.default_creator_role, body.default_creator, 'default_creator_role')
      const member = defaultOf(environment, body.default_member_role, body.default_member, 'default_member_role')
      const { roles } = environment.directory
      if (creator !== undefined) roles.creatorRole = creator.name
      if (member !== undefined) roles.memberRole = member.name
      const now = (name: string) => roleJson(environment, existing(roles.find(name), 'role'))
      return c.json({ default_creator: now(roles.creatorRole), default_member: now(roles.memberRole) })
    })
  }
  app.get('/roles/:role', (c) => {
    const include = wordOf(c, 'include', includes)
    return c.json({ role: roleJson(environment, roleOf(c), include) })
  })
  app.put('/roles/:role', async (c) => {
    const role = await updateRole(environment, c, roleOf(c))
    return c.json({ role: roleJson(environment, role, 'permissions') })
  })
  app.delete('/roles/:role', (c) => {
    removeRole(environment, roleOf(c), textOf(c, 'reassign_role_name') ?? textOf(c, 'reassign_role_id'))
    return c.json({})
  })
  app.get('/roles/:role/dependents', (c) => {
    const dependents = environment.directory.roles.dependentsOf(roleOf(c))
    return c.json({ roles: dependents.map((role) => roleJson(environment, role, 'permissions')) })
  })
  // The base is not in the OpenAPI description; the SDK has it.
  app.delete('/roles/:role/base', (c) => {
    environment.directory.roles.update(roleOf(c), { extends: undefined })
    return c.json({})
  })
  app.get('/roles/:role/users:count', (c) => c.json({ count: String(countHolders(environment, roleOf(c))) }))
  app.get('/roles/:role/permissions', (c) => c.json(permissions(roleOf(c), 'permissions')))
  app.get('/roles/:role/permissions:all', (c) => c.json(permissions(roleOf(c), 'permissions:all')))
  app.post('/roles/:role/permissions', async (c) => {
    const role = roleOf(c)
    const { permission_names: names } = await readBody(c, addPermissionsShape)
    const { roles } = environment.directory
    refuseUnknownPermissions(roles, names, 'permission_names')
    const updated = roles.update(role, { permissions: [...new Set([...role.permissions, ...names])] })
    return c.json(permissions(updated, 'permissions'))
  })
  app.delete('/roles/:role/permissions/:permission', (c) => {
    const role = roleOf(c)
    const name = c.req.param('permission')
    if (!role.permissions.includes(name)) throw new RestError('NOT_FOUND', 'no such permission of this role')
    environment.directory.roles.update(role, { permissions: role.permissions.filter((one) => one !== name) })
    return c.json({})
  })
  return app
}

/** Makes a role of the environment, or of one organization: names are unique within what its members see. */
export async function createRole(environment: Environment, c: Context, organizationId?: string): Promise<Role> {
  const { roles } = environment.directory
  const body = await readBody(c, createRoleShape, 'role')
  if (roles.find(body.name, organizationId) !== undefined) {
    throw new RestError('ALREADY_EXISTS', `a role named ${body.name} exists`)
  }
  const owner = organizationId === undefined ? {} : { organizationId }
  refuseUnknownParts(environment, body, owner)
  return roles.add({
    ...owner,
    name: body.name,
    displayName: body.display_name,
    description: body.description ?? '',
    permissions: [...new Set(body.permissions ?? [])],
    ...(body.extends === undefined ? {} : { extends: body.extends }),
  })
}

/** Changes what the body has; a list of permissions replaces the one before. */
export async function updateRole(environment: Environment, c: Context, role: Role): Promise<Role> {
  const body = await readBody(c, updateRoleShape, 'role')
  refuseUnknownParts(environment, body, role)
  return environment.directory.roles.update(role, {
    displayName: body.display_name ?? role.displayName,
    description: body.description ?? role.description,
    extends: body.extends ?? role.extends,
    permissions: body.permissions ?? role.permissions,
  })
}

function defaultOf(
  { directory }: Environment,
  name: string | undefined,
  reference: { readonly id?: string; readonly name?: string } | undefined,
  field: string,
): Role | undefined {
  const wanted = name || reference?.name || reference?.id
  if (!wanted) return undefined
  const found = directory.roles.of().find((role) => role.name === wanted || role.id === wanted)
  if (found !== undefined) return found
  throw invalid({ field, constraint: 'exists', description: `names no role: ${wanted}` })
}
