import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { endpointOf } from '../rest/directory-json.js'
import { domainRefusals } from '../rest/domains.js'
import { given } from '../rest/json.js'
import { ScimError } from '../scim/error.js'
import { createGroup } from '../scim/groups.js'
import { reassigning } from '../scim/roles.js'
import { createUser, patchUser, removeUser } from '../scim/users.js'
import { read, ShapeError } from '../shape.js'
import type { ScimDirectory } from '../state/directories.js'
import { done, missing } from './answer.js'
import * as shapes from './self-serve-shapes.js'
import type { DirectoryUserInput, DirectoryUserPatch } from './self-serve-wire.js'

/** What admins of customers do: connections, domains, directories and the admin portal. */
export function selfServeRoutes(environment: Environment): Hono {
  const app = new Hono()
  connectionRoutes(app, environment)
  domainRoutes(app, environment)
  directoryRoutes(app, environment)
  directoryUserRoutes(app, environment)
  portalRoutes(app, environment)
  return app
}

function connectionRoutes(app: Hono, environment: Environment): void {
  const connections = () => environment.directory.connections
  app.post('/connections', async (c) => {
    const {
      organizationId,
      provider = 'OKTA',
      type = 'OIDC',
      enabled = true,
    } = read(shapes.connectionShape, await c.req.json())
    if (environment.directory.organization(organizationId) === undefined) return missing(c, 'organization')
    const { id } = connections().add({ organizationId, provider, type })
    const issuer = `https://${provider.toLowerCase().replaceAll('_', '-')}.example.test`
    connections().configure(
      id,
      type === 'SAML' ? { metadataUrl: `${issuer}/metadata` } : { issuer, clientId: 'scalekit' },
    )
    connections().complete(id)
    if (enabled) connections().setEnabled(id, true)
    return c.json({ id })
  })
  app.put('/connections/:id/enabled', async (c) => {
    const { enabled } = read(shapes.enabledShape, await c.req.json())
    const connection = connections().find(c.req.param('id'))
    if (connection === undefined) return missing(c, 'connection')
    const problem = connections().setEnabled(connection.id, enabled)
    if (problem !== undefined && connection.enabled !== enabled)
      throw new ShapeError('enabled', `cannot be set: ${problem}`)
    return done(c)
  })
  app.delete('/connections/:id', (c) => {
    if (connections().find(c.req.param('id')) === undefined) return missing(c, 'connection')
    connections().remove(c.req.param('id'))
    return done(c)
  })
}

function domainRoutes(app: Hono, environment: Environment): void {
  const domains = () => environment.directory.domains
  app.post('/domains', async (c) => {
    const input = read(shapes.domainShape, await c.req.json())
    const { organizationId, domain: name, type = 'ORGANIZATION_DOMAIN', by = 'ADMIN' } = input
    if (environment.directory.organization(organizationId) === undefined) return missing(c, 'organization')
    const added = domains().add({ organizationId, name, type, by })
    if (typeof added === 'string') throw new ShapeError('domain', domainRefusals[added])
    return c.json({ id: added.id })
  })
  app.post('/domains/:id/verify', async (c) => {
    const { found } = read(shapes.verifyShape, await c.req.json())
    const { id } = c.req.param()
    if (domains().find(id) === undefined) return missing(c, 'domain')
    const settled = found ? domains().verify(id) : domains().fail(id)
    if (!settled) throw new ShapeError('found', 'does not matter: the domain is not pending, or somebody else owns it')
    return done(c)
  })
  app.delete('/domains/:id', (c) => {
    if (domains().find(c.req.param('id')) === undefined) return missing(c, 'domain')
    domains().remove(c.req.param('id'))
    return done(c)
  })
}

function directoryRoutes(app: Hono, environment: Environment): void {
  const of = (c: Context) => environment.directories.find(c.req.param('id') ?? '')
  app.post('/directories', async (c) => {
    const { organizationId, provider = 'OKTA', enabled = true } = read(shapes.directoryShape, await c.req.json())
    if (environment.directory.organization(organizationId) === undefined) return missing(c, 'organization')
    const made = environment.directories.add(organizationId, provider)
    if (enabled) environment.directories.setEnabled(made.id, true)
    return c.json({ ...made, endpoint: endpointOf(environment, made.id) })
  })
  app.put('/directories/:id/enabled', async (c) => {
    const { enabled } = read(shapes.enabledShape, await c.req.json())
    const directory = of(c)
    if (directory === undefined) return missing(c, 'directory')
    environment.directories.setEnabled(directory.id, enabled)
    return done(c)
  })
  app.put('/directories/:id/role-assignments', async (c) => {
    const { assignments } = read(shapes.roleAssignmentsShape, await c.req.json())
    const directory = of(c)
    if (directory === undefined) return missing(c, 'directory')
    const known = environment.directory.roleNames(directory.organizationId)
    assignments.forEach(({ groupId, roleName }, index) => {
      if (environment.directories.records.group(directory.id, groupId) === undefined)
        throw new ShapeError(`assignments[${index}].groupId`, `names no group: ${groupId}`)
      if (!known.includes(roleName))
        throw new ShapeError(`assignments[${index}].roleName`, `names no role: ${roleName}`)
    })
    reassigning(environment, directory, () => environment.directories.setRoleAssignments(directory.id, assignments))
    return done(c)
  })
  app.delete('/directories/:id', (c) => {
    const directory = of(c)
    if (directory === undefined) return missing(c, 'directory')
    environment.directories.remove(directory.id)
    return done(c)
  })
}

/** People and groups by hand, through the code of the SCIM endpoint, so that everything follows that would. */
function directoryUserRoutes(app: Hono, environment: Environment): void {
  const within = (act: (c: Context, directory: ScimDirectory) => Promise<Response>) => async (c: Context) => {
    const directory = environment.directories.find(c.req.param('id') ?? '')
    if (directory === undefined) return missing(c, 'directory')
    return act(c, directory).catch((error: unknown) => refused(c, error))
  }
  app.post(
    '/directories/:id/users',
    within(async (c, directory) => {
      const input = read(shapes.directoryUserShape, await c.req.json())
      return c.json({ id: createUser(environment, directory, resourceOf(input)).id })
    }),
  )
  app.patch(
    '/directories/:id/users/:user',
    within(async (c, directory) => {
      const patch = read(shapes.directoryUserPatchShape, await c.req.json())
      await patchUser(environment, directory, c.req.param('user') ?? '', { Operations: operationsOf(patch) })
      return done(c)
    }),
  )
  app.delete(
    '/directories/:id/users/:user',
    within(async (c, directory) => {
      await removeUser(environment, directory, c.req.param('user') ?? '')
      return done(c)
    }),
  )
  app.post(
    '/directories/:id/groups',
    within(async (c, directory) => {
      const { displayName, members = [] } = read(shapes.directoryGroupShape, await c.req.json())
      const group = { displayName, members: members.map((value) => ({ value })) }
      return c.json({ id: createGroup(environment, directory, group).id })
    }),
  )
}

function portalRoutes(app: Hono, environment: Environment): void {
  app.post('/portal-links', async (c) => {
    const { organizationId, features } = read(shapes.portalLinkShape, await c.req.json())
    if (environment.directory.organization(organizationId) === undefined) return missing(c, 'organization')
    return c.json({
      url: `${environment.url}/magicLink/${environment.portalLinks.add(organizationId, features).token}`,
    })
  })
  app.post('/portal-sessions/:id/expire', async (c) => {
    const { within = 0 } = read(shapes.expireShape, await c.req.json())
    return environment.portalLinks.endIn(c.req.param('id'), within) ? done(c) : missing(c, 'portal session')
  })
}

function refused(c: Context, error: unknown): Response {
  if (!(error instanceof ScimError)) throw error
  if (error.status === 404) return missing(c, error.message.replace('no such ', ''))
  return c.json(
    { error: error.scimType ?? 'invalid_request', message: error.message },
    error.status === 409 ? 409 : 400,
  )
}

function resourceOf({ email, givenName = '', familyName = '', active = true }: DirectoryUserInput): object {
  return { userName: email, name: { givenName, familyName }, emails: [{ value: email, primary: true }], active }
}

function operationsOf({ givenName, familyName, active }: DirectoryUserPatch): readonly object[] {
  const value = {
    ...given('name.givenName', givenName),
    ...given('name.familyName', familyName),
    ...given('active', active),
  }
  return [{ op: 'replace', value }]
}
