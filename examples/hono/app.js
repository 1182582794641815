import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { isScalegateError, permissionsFromApi, scalegate } from '@scalegate/hono'
import { adminPortal } from '@scalegate/plugins/admin-portal'
import { directory } from '@scalegate/plugins/directory'
import { members } from '@scalegate/plugins/members'
import { organizations } from '@scalegate/plugins/organizations'
import { sessions } from '@scalegate/plugins/sessions'
import { sso } from '@scalegate/plugins/sso'
import { redisStore } from '@scalegate/redis'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { validator } from 'hono/validator'
import { createClient } from 'redis'
import { headers } from './headers.js'
import { settings } from './settings/router.js'
import { staff } from './staff/router.js'
import { activityPage } from './views/activity.js'
import { deleteProjectPage } from './views/delete-project.js'
import { homePage } from './views/home.js'
import { loginPage } from './views/login.js'
import { membersPage } from './views/members.js'
import { noticePage } from './views/notice.js'
import { projectsPage } from './views/projects.js'
import {
  deleteProject,
  findProject,
  forgetMember,
  people,
  rememberEvent,
  rememberMember,
  workspaceOf,
} from './workspaces.js'

/** Who access tokens for the JSON API must be for (`aud`). */
const audience = 'https://api.example.test'

/** The app. Its configuration is read from the environment: SCALEKIT_*, COOKIE_ENCRYPTION_SECRET, APP_BASE_URL. */
export function createApp() {
  const auth = scalegate({
    // Cookies ignore ports: apps on one host need names of their own.
    session: { cookieName: 'example-hono' },
    // Several processes of this app share sessions and log-outs there. Without it the app is one process.
    store: process.env.REDIS_URL ? redisStore(createClient({ url: process.env.REDIS_URL })) : undefined,
    // Scalekit does not document whether its own permissions are in the token; its REST API always knows them.
    permissions: process.env.EXAMPLE_PERMISSIONS === 'api' ? permissionsFromApi : 'token',
    onLogin: ({ session }) => rememberMember(session),
    // Routes and helpers for the login page and the settings; directory sync feeds the app's own table.
    plugins: [sso(), organizations(), members(), adminPortal(), directory({ users: people }), sessions()],
    // The kit ends sessions by itself; this is what else the app does. Without SCALEKIT_WEBHOOK_SECRET there are none.
    webhooks: { on: { 'user.organization_membership_deleted': forgetMember }, onOther: rememberEvent },
    // Redacted: codes and counts, no token, cookie or address.
    onEvent: (event) => process.env.DEBUG && console.log(JSON.stringify(event)),
  })

  const app = new Hono()
  app.use(secureHeaders(headers))
  app.use(serveStatic({ root: `${import.meta.dirname}/public` }))
  // Its module comes from this app, so that a policy of `script-src 'self'` is enough.
  app.get('/admin-portal.js', serveStatic({ path: fileURLToPath(import.meta.resolve('@scalegate/browser')) }))
  app.use(auth)

  // Pages

  app.get('/', async (c) => {
    return c.html(homePage({ session: await auth.session(c) }))
  })

  app.get('/login', (c) => {
    return c.html(loginPage())
  })

  app.get('/projects', auth.requireAuth(), (c) => {
    const session = c.var.auth
    return c.html(projectsPage({ session, projects: workspaceOf(session).projects }))
  })

  // What cannot be undone asks more: a login of the last five minutes, and the permission as Scalekit sees it now.
  const mayDelete = [auth.requireFresh(), auth.requirePermission('projects:delete'), auth.requireRecentLogin(300)]

  app.get('/projects/:id/delete', ...mayDelete, (c) => {
    const session = c.var.auth
    const project = findProject(session, c.req.param('id'))
    return project === undefined ? c.notFound() : c.html(deleteProjectPage({ session, project }))
  })

  app.post('/projects/:id/delete', ...mayDelete, (c) => {
    deleteProject(c.var.auth, c.req.param('id'))
    return c.redirect('/projects', 303)
  })

  app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => {
    const session = c.var.auth
    // A session outlives a restart of this process; its memory does not.
    rememberMember(session)
    return c.html(membersPage({ session, members: [...workspaceOf(session).members.values()] }))
  })

  app.get('/activity', auth.requireRole('admin'), (c) => {
    const session = c.var.auth
    return c.html(activityPage({ session, events: workspaceOf(session).events }))
  })

  app.route('/settings', settings(auth))

  // The vendor's own organization; where none is named, there is no back office.
  const { STAFF_ORGANIZATION } = process.env
  if (STAFF_ORGANIZATION) app.route('/staff', staff(auth, STAFF_ORGANIZATION))

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

  // For people, by their session or by an access token of theirs.
  app.get('/api/projects', auth.requireBearer({ audience, permissions: ['projects:read'], orSession: true }), (c) => {
    return c.json(workspaceOf(auth.bearer(c)).projects)
  })

  // For programs of an organization, by access tokens of their own; no session is looked at.
  const machines = { audience, scopes: ['projects:read'], callers: 'machine' }

  app.get('/api/export', auth.requireBearer(machines), (c) => {
    return c.json({ projects: workspaceOf(auth.bearer(c)).projects })
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
