import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import type { ScimDirectory } from '../state/directories.js'
import { idOf, verbOf } from './connections.js'
import { directoryGroupJson, directoryJson, directoryUserJson } from './directory-json.js'
import { existing } from './errors.js'
import { organizationOf } from './organizations.js'
import { type PageBounds, paginate } from './pagination.js'
import { flagOf, instantOf, textOf } from './query.js'

const path = '/organizations/:organization/directories'
const bounds = { smallest: 1, largest: 30, standard: 10 } satisfies Partial<PageBounds>

/** Directories, their people and groups. They are made in the admin portal and filled by SCIM; here they are read. */
export function directoryRoutes(environment: Environment): Hono {
  const app = new Hono()
  const of = (c: Context) =>
    environment.directories.of(organizationOf(environment, c.req.param('organization') ?? '').id)
  const named = (c: Context, wanted = c.req.param('id')): ScimDirectory =>
    existing(
      of(c).find(({ id }) => id === wanted),
      'directory',
    )

  app.get(path, (c) => c.json({ directories: of(c).map((directory) => directoryJson(environment, directory)) }))
  app.get(`${path}/:id`, (c) => c.json({ directory: directoryJson(environment, named(c)) }))
  app.patch(`${path}/:id`, (c, next) => {
    const { id } = named(c, idOf(c))
    const verb = verbOf(c)
    if (verb === undefined) return next()
    const problem = environment.directories.setEnabled(id, verb === 'enable')
    const enabled = environment.directories.find(id)?.enabled ?? false
    return c.json({ enabled, ...(problem === undefined ? {} : { error_message: problem }) })
  })
  app.get(`${path}/:id/users`, (c) => {
    const { id } = named(c)
    const { records } = environment.directories
    const group = textOf(c, 'directory_group_id')
    const members = group === undefined ? undefined : (records.group(id, group)?.members ?? [])
    const found = records
      .users(id)
      .filter((user) => members === undefined || members.includes(user.id))
      .filter(isNewer(c))
    const { items, tokens } = paginate(c, found, { list: `${id}/users`, ...bounds })
    const detail = flagOf(c, 'include_detail') === true
    return c.json({ users: items.map((user) => directoryUserJson(records, user, detail)), ...tokens })
  })
  app.get(`${path}/:id/groups`, (c) => {
    const { id } = named(c)
    const found = environment.directories.records.groups(id).filter(isNewer(c))
    const { items, tokens } = paginate(c, found, { list: `${id}/groups`, ...bounds })
    const detail = flagOf(c, 'include_detail') === true
    return c.json({ groups: items.map((group) => directoryGroupJson(group, detail)), ...tokens })
  })
  return app
}

/** `updated_after`. */
function isNewer(c: Context): (record: { readonly updatedAt: number }) => boolean {
  const after = instantOf(c, 'updated_after') ?? -Infinity
  return ({ updatedAt }) => updatedAt > after
}
