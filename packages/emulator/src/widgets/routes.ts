import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Environment } from '../environment.js'
import { personOf } from '../login/pages.js'
import { endSession } from '../logout/end-session.js'
import { renderWidgets } from '../pages/index.js'
import { clearSessionCookie } from '../server/cookie.js'
import { notEmulated, notice } from '../server/notice.js'
import { pageHeaders } from '../server/page-headers.js'
import { remark } from '../server/remarks.js'
import type { Session } from '../state/sessions.js'
import { widgetsFor } from './catalog.js'
import { factsOf } from './facts.js'

/** The hosted widgets: the browser's Scalekit session and its current organization, no parameters. */
export function widgetRoutes(environment: Environment): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const sessionOf = (c: Context) => environment.sessions.ofCookie(getCookie(c, environment.cookieName))

  app.get('/ui', (c) => c.redirect('/ui/', 302))
  app.get('/ui/login', () => loggedOut())
  app.post('/ui/logout', async (c) => {
    const session = sessionOf(c)
    if (session !== undefined) {
      remark(c.env.outgoing, { userId: session.userId, sid: session.id })
      await endSession(environment, session.id, 'logout')
    }
    clearSessionCookie(c, environment)
    return c.redirect('/ui/login', 303)
  })
  app.get('/ui/*', (c) => {
    const session = sessionOf(c)
    // Scalekit sends strangers to the environment's login page, without a documented way back to the app.
    if (session === undefined) return c.redirect('/ui/login', 302)
    environment.sessions.touch(session.id)
    remark(c.env.outgoing, { userId: session.userId, sid: session.id })
    return show(environment, c, session)
  })
  return app
}

function loggedOut(): Response {
  const detail = 'There is no Scalekit session in this browser. Go to the app to log in.'
  return notice({ status: 200, title: 'You are logged out', detail })
}

function show(environment: Environment, c: Context, session: Session): Response {
  const { directory } = environment
  const user = directory.user(session.userId)
  const organization = directory.organization(session.organizationId)
  if (user === undefined || organization === undefined) return loggedOut()

  const permissions = directory.permissionsOf(user.id, organization.id)
  const widgets = widgetsFor({ permissions, features: organization.features })
  // `/ui/profile/passkeys` is the one deep link that Scalekit documents.
  const id = c.req.path === '/ui/profile/passkeys' ? 'security' : c.req.path.slice('/ui/'.length)
  const open = widgets.find((widget) => widget.id === id && widget.access !== 'hidden')
  if (id !== '' && !widgets.some((widget) => widget.id === id)) return notEmulated('GET', c.req.path)

  const html = renderWidgets({
    person: personOf(environment, user),
    organization: {
      id: organization.id,
      name: organization.name,
      roles: directory.rolesOf(user.id, organization.id),
      features: Object.entries(organization.features).flatMap(([name, enabled]) => (enabled ? [name] : [])),
    },
    widgets,
    ...(open === undefined ? {} : { open }),
    facts: open === undefined ? [] : factsOf(environment, session, open.id),
    logoutAction: '/ui/logout',
  })
  return c.body(html, id !== '' && open === undefined ? 403 : 200, pageHeaders('page'))
}
