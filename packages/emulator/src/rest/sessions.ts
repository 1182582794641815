import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { endSession } from '../logout/end-session.js'
import { existing } from './errors.js'
import { revokedSessionJson, sessionJson } from './shapes.js'

/** Scalekit sessions. */
export function sessionRoutes(environment: Environment): Hono {
  const app = new Hono()
  app.get('/sessions/:id', (c) => {
    const session = existing(environment.sessions.find(c.req.param('id')), 'session')
    return c.json(sessionJson(environment, session))
  })
  app.post('/sessions/:id/revoke', async (c) => {
    const id = c.req.param('id')
    await endSession(environment, id, 'revoked')
    const session = existing(environment.sessions.find(id), 'session')
    return c.json({ revoked_session: revokedSessionJson(environment, session) })
  })
  return app
}
