import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { bearer } from '../oauth/access-token.js'
import { endpointOf } from '../rest/directory-json.js'
import type { ScimDirectory } from '../state/directories.js'
import type { Attributes } from '../state/directories-records.js'
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

/** The SCIM 2.0 endpoint of each directory (RFC 7643, RFC 7644); the directory's secret is the bearer token. */
export function scimRoutes(environment: Environment): Hono {
  const app = new Hono().basePath('/api/v1/directories/:directory/scim/v2')
  const on = (handler: (call: Call) => Response | Promise<Response>) => (c: Context) =>
    handler({ c, directory: admitted(environment, c), base: endpointOf(environment, c.req.param('directory') ?? '') })
  const id = ({ c }: Call) => c.req.param('id') ?? ''
  app.onError((error) => {
    if (error instanceof ScimError) return scimErrorResponse(error)
    throw error
  })
  discoveryRoutes(app, on)

  const user = ({ c, base }: Call, found: ReturnType<typeof userOf>, status?: number) =>
    answer(c, userResource(environment.directories.records, found, base), status)
  app.get(
    '/Users',
    on(({ c, directory, base }) => {
      const { records } = environment.directories
      return list(
        c,
        records.users(directory.id).map((found) => userResource(records, found, base)),
      )
    }),
  )
  app.post(
    '/Users',
    on(async (call) => user(call, createUser(environment, call.directory, await bodyOf(call)), 201)),
  )
  app.get(
    '/Users/:id',
    on((call) => user(call, userOf(environment, call.directory, id(call)))),
  )
  app.put(
    '/Users/:id',
    on(async (call) => user(call, await replaceUser(environment, call.directory, id(call), await bodyOf(call)))),
  )
  app.patch(
    '/Users/:id',
    on(async (call) => user(call, await patchUser(environment, call.directory, id(call), await bodyOf(call)))),
  )
  app.delete(
    '/Users/:id',
    on(async (call) => {
      await removeUser(environment, call.directory, id(call))
      return call.c.body(null, 204)
    }),
  )

  const group = ({ c, base }: Call, found: ReturnType<typeof groupOf>, status?: number) =>
    answer(c, groupResource(environment.directories.records, found, base), status)
  app.get(
    '/Groups',
    on(({ c, directory, base }) => {
      const { records } = environment.directories
      return list(
        c,
        records.groups(directory.id).map((found) => groupResource(records, found, base)),
      )
    }),
  )
  app.post(
    '/Groups',
    on(async (call) => group(call, createGroup(environment, call.directory, await bodyOf(call)), 201)),
  )
  app.get(
    '/Groups/:id',
    on((call) => group(call, groupOf(environment, call.directory, id(call)))),
  )
  app.put(
    '/Groups/:id',
    on(async (call) => group(call, replaceGroup(environment, call.directory, id(call), await bodyOf(call)))),
  )
  app.patch(
    '/Groups/:id',
    on(async (call) => group(call, patchGroup(environment, call.directory, id(call), await bodyOf(call)))),
  )
  app.delete(
    '/Groups/:id',
    on((call) => {
      removeGroup(environment, call.directory, id(call))
      return call.c.body(null, 204)
    }),
  )
  app.all(
    '*',
    on(({ c }) =>
      scimErrorResponse(new ScimError(c.req.path.endsWith('/Bulk') ? 501 : 404, `not emulated: ${c.req.method}`)),
    ),
  )
  return app
}

function discoveryRoutes(
  app: Hono,
  on: (handler: (call: Call) => Response) => (c: Context) => Response | Promise<Response>,
) {
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
