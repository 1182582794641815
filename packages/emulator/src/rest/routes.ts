import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { endSession } from '../logout/end-session.js'
import { bearer, readAccessToken } from '../oauth/access-token.js'
import { restError } from './errors.js'
import { organizationJson, permissionsJson, revokedSessionJson, rolesJson, sessionJson, userJson } from './shapes.js'

/** The management API under `/api/v1`, as far as the kit needs it; the rest answers 501. */
export function restRoutes(environment: Environment): Hono {
  const app = new Hono().basePath('/api/v1')
  app.use('*', async (c, next) => {
    if (await isManagement(environment, c.req.header('authorization'))) return next()
    return restError('UNAUTHENTICATED', 'a token from client_credentials is needed')
  })

  app.get('/organizations/:organization/users/:user/permissions', (c) => {
    const { organization, user } = c.req.param()
    if (!environment.directory.isMember(user, organization)) return restError('NOT_FOUND', 'no such membership')
    return c.json(permissionsJson(environment, user, organization))
  })
  app.get('/organizations/:organization/users/:user/roles', (c) => {
    const { organization, user } = c.req.param()
    if (!environment.directory.isMember(user, organization)) return restError('NOT_FOUND', 'no such membership')
    return c.json(rolesJson(environment, user, organization))
  })
  app.get('/organizations/:id', (c) => {
    const organization = environment.directory.organization(c.req.param('id'))
    return organization === undefined
      ? restError('NOT_FOUND', 'no such organization')
      : c.json(organizationJson(organization))
  })
  app.get('/users/:id', (c) => {
    const user = environment.directory.user(c.req.param('id'))
    return user === undefined ? restError('NOT_FOUND', 'no such user') : c.json(userJson(environment, user))
  })
  app.get('/sessions/:id', (c) => {
    const session = environment.sessions.find(c.req.param('id'))
    return session === undefined ? restError('NOT_FOUND', 'no such session') : c.json(sessionJson(environment, session))
  })
  app.post('/sessions/:id/revoke', async (c) => {
    const id = c.req.param('id')
    await endSession(environment, id, 'revoked')
    const session = environment.sessions.find(id)
    if (session === undefined) return restError('NOT_FOUND', 'no such session')
    return c.json({ revoked_session: revokedSessionJson(environment, session) })
  })
  app.all('*', (c) => restError('UNIMPLEMENTED', `not emulated: ${c.req.method} ${c.req.path}`))
  return app
}

/** Only tokens from `client_credentials` manage an environment: their subject is the client itself. */
async function isManagement(environment: Environment, header: string | undefined): Promise<boolean> {
  const token = bearer(header)
  const claims = token === undefined ? undefined : await readAccessToken(environment, token)
  return environment.directory.client(String(claims?.sub)) !== undefined
}
