import { Hono } from 'hono'
import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import { portalFeatures } from '../state/portal-links.js'
import { invalid } from './errors.js'
import { organizationOf } from './organizations.js'
import { textsOf } from './query.js'

/** Links into the admin portal: opened once, within a minute. */
export function portalLinkRoutes(environment: Environment): Hono {
  const app = new Hono()
  app.put('/organizations/:id/portal_links', (c) => {
    const { id } = organizationOf(environment, c.req.param('id'))
    const features = textsOf(c, 'features').map((name) => {
      const found = portalFeatures.find((feature) => feature === name)
      if (found !== undefined) return found
      const description = `must be one of ${portalFeatures.join(', ')}`
      throw invalid({ field: 'features', constraint: 'enum.defined_only', description })
    })
    const link = environment.portalLinks.add(id, features)
    const location = `${environment.url}/magicLink/${link.token}`
    return c.json({ link: { id: link.id, location, expire_time: rfc3339(link.expiresAt) } })
  })
  return app
}
