import type { Context } from 'hono'
import { Hono } from 'hono'
import type { Environment } from '../environment.js'
import { endSession } from '../logout/end-session.js'
import { revokeSessions } from '../logout/removal.js'
import type { Session } from '../state/sessions.js'
import { existing, invalid } from './errors.js'
import { paginate } from './pagination.js'
import { instantOf, textsOf } from './query.js'
import { revokedSessionJson, sessionJson } from './session-json.js'

const statuses = ['active', 'expired', 'revoked', 'logout'] as const

/** Scalekit sessions: of one browser each, for every app of the environment. */
export function sessionRoutes(environment: Environment): Hono {
  const app = new Hono()
  const sessionOf = (id: string) => existing(environment.sessions.find(id), 'session')

  app.get('/sessions/:id', (c) => c.json(sessionJson(environment, sessionOf(c.req.param('id')))))
  app.post('/sessions/:id/revoke', async (c) => {
    const { id } = sessionOf(c.req.param('id'))
    await endSession(environment, id, 'revoked')
    return c.json({ revoked_session: revokedSessionJson(environment, sessionOf(id)) })
  })
  app.get('/users/:user/sessions', (c) => {
    const { id } = existing(environment.directory.user(c.req.param('user')), 'user')
    const found = environment.sessions.all.filter((one) => one.userId === id).filter(filterOf(environment, c))
    const { items, tokens } = paginate(c, found, { list: `sessions of ${id}`, smallest: 1, largest: 100 })
    return c.json({ sessions: items.map((session) => sessionJson(environment, session)), ...tokens })
  })
  app.post('/users/:user/sessions/revoke', async (c) => {
    const { id } = existing(environment.directory.user(c.req.param('user')), 'user')
    const revoked = await revokeSessions(environment, id)
    return c.json({
      revoked_sessions: revoked.map((sid) => revokedSessionJson(environment, sessionOf(sid))),
      total_revoked: revoked.length,
    })
  })
  return app
}

/** `filter.status`, in any case since Scalekit's samples have it in capitals, and `filter.start_time`, `.end_time`. */
function filterOf({ sessions }: Environment, c: Context): (session: Session) => boolean {
  const wanted = textsOf(c, 'filter.status').map((value) => {
    const status = statuses.find((one) => one === value.toLowerCase())
    if (status !== undefined) return status
    const description = `must be one of ${statuses.join(', ')}`
    throw invalid({ field: 'filter.status', constraint: 'string.in', description })
  })
  const [from, to] = [instantOf(c, 'filter.start_time') ?? 0, instantOf(c, 'filter.end_time') ?? Infinity]
  return (session) => {
    // A session that is over may not have been noticed yet.
    const status = session.status === 'active' && !sessions.isLive(session) ? 'expired' : session.status
    if (wanted.length > 0 && !wanted.includes(status)) return false
    return session.createdAt >= Math.floor(from) && session.createdAt <= to
  }
}
