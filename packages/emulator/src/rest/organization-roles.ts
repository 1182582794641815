import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { readBody } from './body.js'
import { existing, invalid } from './errors.js'
import { organizationOf } from './organizations.js'
import { textOf, wordOf } from './query.js'
import { organizationDefaultsShape } from './role-body.js'
import { includes, roleJson } from './role-json.js'
import { countHolders, removeRole } from './role-removal.js'
import { createRole, updateRole } from './roles.js'

/** Roles of one organization, beside those of the environment that it has, too. */
export function organizationRoleRoutes(environment: Environment): Hono {
  const app = new Hono()
  const idOf = (c: Context) => organizationOf(environment, c.req.param('organization') ?? '').id
  const find = (c: Context) => environment.directory.roles.find(c.req.param('role') ?? '', idOf(c))
  /** Its own ones only: a role of the environment is changed where it belongs. */
  const ownRoleOf = (c: Context) => {
    const role = find(c)
    return existing(role?.organizationId === undefined ? undefined : role, 'role of this organization')
  }

  app.get('/organizations/:organization/roles', (c) => {
    const id = idOf(c)
    const include = wordOf(c, 'include', includes)
    return c.json({ roles: environment.directory.roles.of(id).map((role) => roleJson(environment, role, include, id)) })
  })
  app.post('/organizations/:organization/roles', async (c) => {
    const id = idOf(c)
    return c.json({ role: roleJson(environment, await createRole(environment, c, id), 'permissions', id) }, 201)
  })
  app.patch('/organizations/:organization/roles:set_defaults', async (c) => {
    const id = idOf(c)
    const { default_member_role: name } = await readBody(c, organizationDefaultsShape)
    const role = environment.directory.roles.find(name, id)
    if (role === undefined) {
      throw invalid({ field: 'default_member_role', constraint: 'exists', description: `names no role: ${name}` })
    }
    environment.directory.customers.update(id, { memberRole: name })
    return c.json({ default_member: roleJson(environment, role, undefined, id) })
  })
  app.get('/organizations/:organization/roles/:role', (c) => {
    const include = wordOf(c, 'include', includes)
    return c.json({ role: roleJson(environment, existing(find(c), 'role'), include, idOf(c)) })
  })
  app.put('/organizations/:organization/roles/:role', async (c) => {
    const role = await updateRole(environment, c, ownRoleOf(c))
    return c.json({ role: roleJson(environment, role, 'permissions', idOf(c)) })
  })
  app.delete('/organizations/:organization/roles/:role', (c) => {
    removeRole(environment, ownRoleOf(c), textOf(c, 'reassign_role_name'))
    return c.json({})
  })
  // The next two are not in the OpenAPI description; the SDK has them.
  app.delete('/organizations/:organization/roles/:role/base', (c) => {
    environment.directory.roles.update(ownRoleOf(c), { extends: undefined })
    return c.json({})
  })
  app.get('/organizations/:organization/roles/:role/users:count', (c) =>
    c.json({ count: String(countHolders(environment, existing(find(c), 'role'), idOf(c))) }),
  )
  return app
}
