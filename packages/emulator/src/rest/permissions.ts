import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { isPredefined, type Permission } from '../state/roles.js'
import { readBody } from './body.js'
import { existing, RestError } from './errors.js'
import { paginate } from './pagination.js'
import { wordOf } from './query.js'
import { permissionShape } from './role-body.js'
import { permissionJson } from './role-json.js'

/** Permissions: those of the app, and the twelve that Scalekit brings along. */
export function permissionRoutes(environment: Environment): Hono {
  const app = new Hono()
  const find = (c: Context) =>
    existing(environment.directory.roles.permission(c.req.param('permission') ?? ''), 'permission')

  app.get('/permissions', (c) => {
    const type = wordOf(c, 'type', ['ALL', 'SCALEKIT', 'ENVIRONMENT']) ?? 'ALL'
    const all = environment.directory.roles.permissions.filter(
      (permission) => type === 'ALL' || isPredefined(permission) === (type === 'SCALEKIT'),
    )
    const { items, tokens } = paginate(c, all, { list: `permissions ${type}`, smallest: 1, largest: 100 })
    return c.json({ permissions: items.map(permissionJson), ...tokens })
  })
  app.post('/permissions', async (c) => {
    const { name, description = '' } = await readBody(c, permissionShape, 'permission')
    const { roles } = environment.directory
    if (roles.permission(name) !== undefined) {
      throw new RestError('ALREADY_EXISTS', `a permission named ${name} exists`)
    }
    return c.json({ permission: permissionJson(roles.addPermission({ name, description })) }, 201)
  })
  app.get('/permissions/:permission', (c) => c.json({ permission: permissionJson(find(c)) }))
  app.put('/permissions/:permission', async (c) => {
    const permission = ownPermission(find(c))
    // The name in the body identifies nothing: it cannot change.
    const { description } = await readBody(c, permissionShape, 'permission')
    const updated = environment.directory.roles.updatePermission(permission, description ?? permission.description)
    return c.json({ permission: permissionJson(updated) })
  })
  app.delete('/permissions/:permission', (c) => {
    environment.directory.roles.removePermission(ownPermission(find(c)))
    return c.json({})
  })
  return app
}

function ownPermission(permission: Permission): Permission {
  if (!isPredefined(permission)) return permission
  throw new RestError('FAILED_PRECONDITION', 'a permission of Scalekit cannot be changed')
}
