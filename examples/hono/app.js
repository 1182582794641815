import { serveStatic } from '@hono/node-server/serve-static'
import { isScalegateError, permissionsFromApi, scalegate } from '@scalegate/hono'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { validator } from 'hono/validator'
import { homePage } from './views/home.js'
import { membersPage } from './views/members.js'
import { noticePage } from './views/notice.js'
import { projectsPage } from './views/projects.js'
import { settingsPage } from './views/settings.js'
import { rememberMember, workspaceOf } from './workspaces.js'

/** The app. Its configuration is read from the environment: SCALEKIT_*, COOKIE_ENCRYPTION_SECRET, APP_BASE_URL. */
export function createApp() {
  const auth = scalegate({
    // Cookies ignore ports: apps on one host need names of their own.
    session: { cookieName: 'example-hono' },
    // Scalekit does not document whether its own permissions are in the token; its REST API always knows them.
    permissions: process.env.EXAMPLE_PERMISSIONS === 'api' ? permissionsFromApi : 'token',
    onLogin: ({ session }) => rememberMember(session),
  })

  const app = new Hono()
  app.use(secureHeaders(headers))
  app.use(serveStatic({ root: `${import.meta.dirname}/public` }))
  app.use(auth)

  // Pages

  app.get('/', async (c) => {
    return c.html(homePage({ session: await auth.session(c) }))
  })

  app.get('/projects', auth.requireAuth(), (c) => {
    const session = c.var.auth
    return c.html(projectsPage({ session, projects: workspaceOf(session).projects }))
  })

  app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => {
    const session = c.var.auth
    // A session outlives a restart of this process; its memory does not.
    rememberMember(session)
    return c.html(membersPage({ session, members: [...workspaceOf(session).members.values()] }))
  })

  app.get('/settings', auth.requireAuth(), (c) => {
    const session = c.var.auth
    return c.html(settingsPage({ session, widgets: auth.widgetsFor(session) }))
  })

  // JSON API

  app.get('/api/me', auth.requireAuth(), (c) => {
    const { user, organizationId, roles, permissions } = c.var.auth
    return c.json({ user, organizationId, roles, permissions })
  })

  const newProject = [bodyLimit({ maxSize: 100 * 1024 }), validator('json', (body) => ({ name: nameIn(body) }))]

  app.post('/api/projects', auth.requirePermission('projects:create'), ...newProject, (c) => {
    const { name } = c.req.valid('json')
    if (name === '' || name.length > 80) return sendProblem(c, 400, 'A project needs a name of 1 to 80 characters.')
    const { user } = c.var.auth
    const project = { id: crypto.randomUUID(), name, createdBy: user.name ?? user.id }
    workspaceOf(c.var.auth).projects.push(project)
    return c.json(project, 201)
  })

  // Everything else

  app.notFound((c) => {
    const text = 'There is nothing at this address.'
    if (isApi(c)) return sendProblem(c, 404, text)
    const link = { href: '/', label: 'Go to the start page' }
    return c.html(noticePage({ title: 'Page not found', text, link }), 404)
  })

  app.onError((error, c) => {
    const status = error.status >= 400 && error.status < 600 ? error.status : 500
    if (status === 500) console.error(error)
    const { title, text } = explain(error, status)
    for (const [name, value] of Object.entries(error.headers ?? {})) c.header(name, value)
    if (isApi(c)) return sendProblem(c, status, title)
    return c.html(noticePage({ title, text, link: { href: '', label: 'Try again' } }), status)
  })

  return app
}

/** Everything from this app alone. Pages of the kit bring a stricter policy of their own, which is not to be replaced. */
const headers = {
  overwrite: false,
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'self'"],
    objectSrc: ["'none'"],
    scriptSrcAttr: ["'none'"],
  },
}

function nameIn(body) {
  return typeof body?.name === 'string' ? body.name.trim() : ''
}

/** What a person may know of an error; the rest is for the log. */
function explain(error, status) {
  if (status === 503 && isScalegateError(error)) {
    return {
      title: 'The login service is not answering.',
      text: 'You are still signed in. Please try again in a moment.',
    }
  }
  if (status < 500) return { title: 'This request was not understood.', text: 'Please go back and try again.' }
  return { title: 'Something went wrong.', text: 'That was our fault. Please try again in a moment.' }
}

function isApi(c) {
  return c.req.path.startsWith('/api/')
}

function sendProblem(c, status, title) {
  return c.json({ status, title }, status, { 'Content-Type': 'application/problem+json' })
}
