import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { bearer, readAccessToken } from '../oauth/access-token.js'
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
  membershipRoutes,
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
    if (await isManagement(environment, c.req.header('authorization'))) return next()
    return restError('UNAUTHENTICATED', 'a token from client_credentials is needed')
  })
  for (const resource of resources) app.route('/', resource(environment))
  app.all('*', (c) => restError('UNIMPLEMENTED', `not emulated: ${c.req.method} ${c.req.path}`))
  return app
}

/** Only tokens from `client_credentials` manage an environment: their subject is the client itself. */
async function isManagement(environment: Environment, header: string | undefined): Promise<boolean> {
  const token = bearer(header)
  const claims = token === undefined ? undefined : await readAccessToken(environment, token)
  return environment.directory.client(String(claims?.sub)) !== undefined
}
