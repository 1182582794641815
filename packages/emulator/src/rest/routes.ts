import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { managed } from './caller.js'
import { connectionRoutes } from './connections.js'
import { directoryRoutes } from './directories.js'
import { domainRoutes } from './domains.js'
import { restError, restFailure } from './errors.js'
import { membershipRoutes } from './memberships.js'
import { organizationRoleRoutes } from './organization-roles.js'
import { organizationSettingsRoutes } from './organization-settings.js'
import { organizationRoutes } from './organizations.js'
import { permissionRoutes } from './permissions.js'
import { portalLinkRoutes } from './portal-links.js'
import { roleRoutes } from './roles.js'
import { sessionRoutes } from './sessions.js'
import { userRoutes } from './users.js'

/** The resources of the management API, one file each. Where two match a path the earlier one answers. */
const resources: readonly ((environment: Environment) => Hono)[] = [
  organizationRoutes,
  organizationSettingsRoutes,
  organizationRoleRoutes,
  userRoutes,
  roleRoutes,
  permissionRoutes,
  sessionRoutes,
  connectionRoutes,
  domainRoutes,
  directoryRoutes,
  portalLinkRoutes,
]

/** The management API under `/api/v1`; what is not emulated answers 501. */
export function restRoutes(environment: Environment): Hono {
  const app = new Hono().basePath('/api/v1')
  app.onError(restFailure)
  app.use('*', async (c, next) => {
    c.header('cache-control', 'no-store')
    return next()
  })
  app.use('*', managed(environment))
  for (const resource of resources) app.route('/', resource(environment))
  app.route('/', membershipRoutes(environment))
  app.all('*', (c) => restError('UNIMPLEMENTED', `not emulated: ${c.req.method} ${c.req.path}`))
  return app
}
