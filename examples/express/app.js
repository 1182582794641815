import { fileURLToPath } from 'node:url'
import { isScalegateError, permissionsFromApi, scalegate } from '@scalegate/express'
import { adminPortal } from '@scalegate/plugins/admin-portal'
import { directory } from '@scalegate/plugins/directory'
import { members } from '@scalegate/plugins/members'
import { organizations } from '@scalegate/plugins/organizations'
import { sessions } from '@scalegate/plugins/sessions'
import { sso } from '@scalegate/plugins/sso'
import { redisStore } from '@scalegate/redis'
import express from 'express'
import helmet from 'helmet'
import { createClient } from 'redis'
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
    session: { cookieName: 'example-express' },
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

  const app = express()
  // Helmet has browsers turn http into https within a page, and a local Scalekit has no https for the portal's frame.
  const isLocal = process.env.SCALEKIT_ENVIRONMENT_URL?.startsWith('http:')
  app.use(helmet({ contentSecurityPolicy: { directives: isLocal ? { upgradeInsecureRequests: null } : {} } }))
  app.use(express.static(`${import.meta.dirname}/public`))
  // Its module comes from this app, so that a policy of `script-src 'self'` is enough.
  app.get('/admin-portal.js', (_req, res) => res.sendFile(fileURLToPath(import.meta.resolve('@scalegate/browser'))))
  app.use(auth)

  // Pages

  app.get('/', async (req, res) => {
    res.send(homePage({ session: await auth.session(req) }))
  })

  app.get('/login', (_req, res) => {
    res.send(loginPage())
  })

  app.get('/projects', auth.requireAuth(), (req, res) => {
    res.send(projectsPage({ session: req.auth, projects: workspaceOf(req.auth).projects }))
  })

  // What cannot be undone asks more: a login of the last five minutes, and the permission as Scalekit sees it now.
  const mayDelete = [auth.requireFresh(), auth.requirePermission('projects:delete'), auth.requireRecentLogin(300)]

  app.get('/projects/:id/delete', mayDelete, (req, res, next) => {
    const project = findProject(req.auth, req.params.id)
    if (project === undefined) return next()
    res.send(deleteProjectPage({ session: req.auth, project }))
  })

  app.post('/projects/:id/delete', mayDelete, (req, res) => {
    deleteProject(req.auth, req.params.id)
    res.redirect(303, '/projects')
  })

  app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => {
    // A session outlives a restart of this process; its memory does not.
    rememberMember(req.auth)
    res.send(membersPage({ session: req.auth, members: [...workspaceOf(req.auth).members.values()] }))
  })

  app.get('/activity', auth.requireRole('admin'), (req, res) => {
    res.send(activityPage({ session: req.auth, events: workspaceOf(req.auth).events }))
  })

  app.use('/settings', settings(auth))

  // The vendor's own organization; where none is named, there is no back office.
  const { STAFF_ORGANIZATION } = process.env
  if (STAFF_ORGANIZATION) app.use('/staff', staff(auth, STAFF_ORGANIZATION))

  // JSON API

  app.get('/api/me', auth.requireAuth(), (req, res) => {
    const { user, organizationId, roles, permissions } = req.auth
    res.json({ user, organizationId, roles, permissions })
  })

  app.post('/api/projects', auth.requirePermission('projects:create'), express.json(), (req, res) => {
    const name = typeof req.body?.name === 'string' ? req.body.name.trim() : ''
    if (name === '' || name.length > 80) return sendProblem(res, 400, 'A project needs a name of 1 to 80 characters.')
    const project = { id: crypto.randomUUID(), name, createdBy: req.auth.user.name ?? req.auth.user.id }
    workspaceOf(req.auth).projects.push(project)
    res.status(201).json(project)
  })

  // For people, by their session or by an access token of theirs.
  app.get(
    '/api/projects',
    auth.requireBearer({ audience, permissions: ['projects:read'], orSession: true }),
    (req, res) => {
      res.json(workspaceOf(auth.bearer(req)).projects)
    },
  )

  // For programs of an organization, by access tokens of their own; no session is looked at.
  const machines = { audience, scopes: ['projects:read'], callers: 'machine' }

  app.get('/api/export', auth.requireBearer(machines), (req, res) => {
    res.json({ projects: workspaceOf(auth.bearer(req)).projects })
  })

  // Everything else

  app.use((req, res) => {
    const text = 'There is nothing at this address.'
    if (isApi(req)) return sendProblem(res, 404, text)
    const link = { href: '/', label: 'Go to the start page' }
    res.status(404).send(noticePage({ title: 'Page not found', text, link }))
  })

  // Express knows an error handler by its four parameters.
  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error)
    const status = error.status >= 400 && error.status < 600 ? error.status : 500
    if (status === 500) console.error(error)
    const { title, text } = explain(error, status)
    res.set(error.headers ?? {})
    if (isApi(req)) return sendProblem(res, status, title)
    res.status(status).send(noticePage({ title, text, link: { href: '', label: 'Try again' } }))
  })

  return app
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

function isApi(req) {
  return req.path.startsWith('/api/')
}

function sendProblem(res, status, title) {
  res.status(status).type('application/problem+json').json({ status, title })
}
