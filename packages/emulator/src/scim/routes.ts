import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { bearer } from '../oauth/access-token.js'
import { endpointOf } from '../rest/directory-json.js'
import type { ScimDirectory } from '../state/directories.js'
import type { Attributes, DirectoryGroup, DirectoryRecords, DirectoryUser } from '../state/directories-records.js'
import { listResponse, resourceTypes, schemaResources, serviceProviderConfig } from './discovery.js'
import { ScimError, scimErrorResponse, scimResponse } from './error.js'
import { createGroup, groupOf, patchGroup, removeGroup, replaceGroup } from './groups.js'
import { keyOf, matches, parseFilter } from './path.js'
import { groupResource, userResource } from './resources.js'
import { createUser, patchUser, removeUser, replaceUser, userOf } from './users.js'

/** The most resources in one answer, and how many without `count`. */
const MOST = 100

/** One request to the endpoint of one directory. */
interface Call {
  readonly c: Context
  readonly directory: ScimDirectory
  /** The endpoint's address. */
  readonly base: string
}

type On = (handler: (call: Call) => Response | Promise<Response>) => (c: Context) => Response | Promise<Response>

/** The SCIM 2.0 endpoint of each directory (RFC 7643, RFC 7644); the directory's secret is the bearer token. */
export function scimRoutes(environment: Environment): Hono {
  const app = new Hono().basePath('/api/v1/directories/:directory/scim/v2')
  const on: On = (handler) => (c) =>
    handler({ c, directory: admitted(environment, c), base: endpointOf(environment, c.req.param('directory') ?? '') })
  app.onError((error) => {
    if (error instanceof ScimError) return scimErrorResponse(error)
    throw error
  })
  discoveryRoutes(app, on)

  app.route('/Users', resourceRoutes(environment, on, users))
  app.route('/Groups', resourceRoutes(environment, on, groups))
  app.all(
    '*',
    on(({ c }) =>
      scimErrorResponse(new ScimError(c.req.path.endsWith('/Bulk') ? 501 : 404, `not emulated: ${c.req.method}`)),
    ),
  )
  return app
}

/** What is done with the resources of one type. */
interface Resources<T> {
  readonly all: (records: DirectoryRecords, directoryId: string) => readonly T[]
  readonly one: (environment: Environment, directory: ScimDirectory, id: string) => T
  readonly create: (environment: Environment, directory: ScimDirectory, body: unknown) => T
  readonly replace: (environment: Environment, directory: ScimDirectory, id: string, body: unknown) => T | Promise<T>
  readonly patch: (environment: Environment, directory: ScimDirectory, id: string, body: unknown) => T | Promise<T>
  readonly remove: (environment: Environment, directory: ScimDirectory, id: string) => void | Promise<void>
  readonly resource: (records: DirectoryRecords, found: T, base: string) => Attributes
}

const users: Resources<DirectoryUser> = {
  all: (records, directoryId) => records.users(directoryId),
  one: userOf,
  create: createUser,
  replace: replaceUser,
  patch: patchUser,
  remove: removeUser,
  resource: userResource,
}

const groups: Resources<DirectoryGroup> = {
  all: (records, directoryId) => records.groups(directoryId),
  one: groupOf,
  create: createGroup,
  replace: replaceGroup,
  patch: patchGroup,
  remove: removeGroup,
  resource: groupResource,
}

/** The addresses of one type of resource (RFC 7644 §3.2). */
function resourceRoutes<T>(environment: Environment, on: On, { all, resource, ...does }: Resources<T>): Hono {
  const app = new Hono()
  const id = ({ c }: Call) => c.req.param('id') ?? ''
  const shown = ({ c, base }: Call, found: T, status?: number) =>
    answer(c, resource(environment.directories.records, found, base), status)
  app.get(
    '/',
    on(({ c, directory, base }) => {
      const { records } = environment.directories
      return list(
        c,
        all(records, directory.id).map((found) => resource(records, found, base)),
      )
    }),
  )
  app.post(
    '/',
    on(async (call) => shown(call, does.create(environment, call.directory, await bodyOf(call)), 201)),
  )
  app.get(
    '/:id',
    on((call) => shown(call, does.one(environment, call.directory, id(call)))),
  )
  app.put(
    '/:id',
    on(async (call) => shown(call, await does.replace(environment, call.directory, id(call), await bodyOf(call)))),
  )
  app.patch(
    '/:id',
    on(async (call) => shown(call, await does.patch(environment, call.directory, id(call), await bodyOf(call)))),
  )
  app.delete(
    '/:id',
    on(async (call) => {
      await does.remove(environment, call.directory, id(call))
      return call.c.body(null, 204)
    }),
  )
  return app
}

function discoveryRoutes(app: Hono, on: On): void {
  const all = { ResourceTypes: resourceTypes, Schemas: schemaResources }
  app.get(
    '/ServiceProviderConfig',
    on(({ base }) => scimResponse(serviceProviderConfig(base))),
  )
  for (const [name, resources] of Object.entries(all)) {
    app.get(
      `/${name}`,
      on(({ base }) => scimResponse(listResponse(resources(base), { startIndex: 1, items: resources(base) }))),
    )
    app.get(
      `/${name}/:id`,
      on(({ c, base }) => {
        const found = resources(base).find((resource) => resource.id === c.req.param('id'))
        if (found === undefined) throw new ScimError(404, 'no such resource')
        return scimResponse(found)
      }),
    )
  }
}

/** The directory that the bearer token opens; an unknown directory is told apart from a wrong token by nobody. */
function admitted(environment: Environment, c: Context): ScimDirectory {
  const directoryId = c.req.param('directory') ?? ''
  const token = bearer(c.req.header('authorization'))
  if (token === undefined || !environment.directories.admits(directoryId, token)) {
    throw new ScimError(401, 'the secret of the directory is needed as a bearer token')
  }
  const directory = environment.directories.find(directoryId)
  if (directory?.enabled !== true) throw new ScimError(403, 'the directory is disabled; enable it in the admin portal')
  return directory
}

/** A page of a list: `filter`, `startIndex` from 1, `count` (RFC 7644 §3.4.2). */
function list(c: Context, all: readonly Attributes[]): Response {
  const filter = c.req.query('filter')
  const found = filter === undefined || filter === '' ? all : all.filter((one) => matches(one, parseFilter(filter)))
  const startIndex = Math.max(1, wholeOf(c, 'startIndex', 1))
  const count = Math.min(MOST, Math.max(0, wholeOf(c, 'count', MOST)))
  const items = found.slice(startIndex - 1, startIndex - 1 + count).map((one) => chosen(c, one))
  return scimResponse(listResponse(found, { startIndex, items }))
}

function wholeOf(c: Context, name: string, standard: number): number {
  const value = c.req.query(name)
  if (value === undefined || value === '') return standard
  if (/^-?\d{1,9}$/.test(value)) return Number(value)
  throw new ScimError(400, `${name} must be a whole number`, 'invalidValue')
}

function answer(c: Context, resource: Attributes, status = 200): Response {
  const { location } = resource.meta as { readonly location: string }
  return scimResponse(chosen(c, resource), status, { location })
}

/** `attributes` and `excludedAttributes` (RFC 7644 §3.9), for whole attributes. */
function chosen(c: Context, resource: Attributes): Attributes {
  const named = (name: string) => (c.req.query(name) ?? '').split(',').filter((attribute) => attribute !== '')
  const keys = (attributes: readonly string[]) =>
    attributes.map((one) => keyOf(resource, one.trim().split('.')[0] ?? ''))
  const [wanted, unwanted] = [named('attributes'), keys(named('excludedAttributes'))]
  const always = ['schemas', 'id', 'meta']
  const isShown = (key: string) =>
    always.includes(key) || (!unwanted.includes(key) && (wanted.length === 0 || keys(wanted).includes(key)))
  return Object.fromEntries(Object.entries(resource).filter(([key]) => isShown(key)))
}

async function bodyOf({ c }: Call): Promise<unknown> {
  try {
    return JSON.parse(await c.req.text())
  } catch {
    throw new ScimError(400, 'the body is not JSON', 'invalidSyntax')
  }
}
