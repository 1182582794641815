import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { existing } from './errors.js'
import { organizationJson } from './shapes.js'

/** Organizations: the app's customers. */
export function organizationRoutes(environment: Environment): Hono {
  const app = new Hono()
  app.get('/organizations/:id', (c) => {
    const organization = existing(environment.directory.organization(c.req.param('id')), 'organization')
    return c.json(organizationJson(organization))
  })
  return app
}
