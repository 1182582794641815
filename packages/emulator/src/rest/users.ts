import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { existing, RestError } from './errors.js'
import { permissionsJson, rolesJson, userJson } from './shapes.js'

/** People and what they may do. */
export function userRoutes(environment: Environment): Hono {
  const app = new Hono()
  app.get('/organizations/:organization/users/:user/permissions', (c) => {
    const { organization, user } = c.req.param()
    if (!environment.directory.isMember(user, organization)) throw new RestError('NOT_FOUND', 'no such membership')
    return c.json(permissionsJson(environment, user, organization))
  })
  app.get('/organizations/:organization/users/:user/roles', (c) => {
    const { organization, user } = c.req.param()
    if (!environment.directory.isMember(user, organization)) throw new RestError('NOT_FOUND', 'no such membership')
    return c.json(rolesJson(environment, user, organization))
  })
  app.get('/users/:id', (c) => {
    const user = existing(environment.directory.user(c.req.param('id')), 'user')
    return c.json(userJson(environment, user))
  })
  return app
}
