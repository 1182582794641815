// The audited app (packages/testing/AUDITED-APP.md) on Express. argv[2] is `express` or `express4`.
import { hasEnded, scalegate } from '@scalegate/express'
import { redisStore } from '@scalegate/redis'
import { createClient } from 'redis'
import { endOwn, endOwnWhere, findOwn, ownCookie, startOwn } from './own-sessions.mjs'

const { default: express } = await import(process.argv[2] ?? 'express')
const { env } = process
const clock = { ahead: 0 }

const common = {
  endpoints: env.AUDIT_ENDPOINTS === 'discovery' ? 'discovery' : 'scalekit',
  ...(env.AUDIT_AUDIENCE ? { audience: env.AUDIT_AUDIENCE } : {}),
  clock: () => Math.floor(Date.now() / 1000) + clock.ahead,
}
const auth = scalegate({
  ...common,
  ...(env.AUDIT_PATHS ? { paths: JSON.parse(env.AUDIT_PATHS) } : {}),
  ...(env.AUDIT_PRODUCT ? { product: env.AUDIT_PRODUCT } : {}),
  session: { ...JSON.parse(env.AUDIT_SESSION ?? '{}'), ...(env.REDIS_URL ? { storage: 'store' } : {}) },
  ...(env.REDIS_URL ? { store: redisStore(createClient({ url: env.REDIS_URL })) } : {}),
  onLogin({ session: { user, organizationId, sid, loggedInAt }, returnTo, tokens }, { req, res }) {
    if (returnTo.endsWith('/refused-by-the-app')) throw new Error('canary of the app')
    if (!returnTo.endsWith('/own-session')) return
    if (organizationId !== env.AUDIT_HAND_OVER) return { deny: true }
    const person = { userId: user.id, organizationId, sid, loggedInAt, idToken: tokens.idToken }
    res.cookie(ownCookie, startOwn(req.headers.cookie, person), { httpOnly: true, sameSite: 'lax' })
    return { handOver: true }
  },
  onSessionsEnded(ended) {
    heard.ended.push(ended)
    endOwnWhere((person) => hasEnded(person, ended))
  },
  webhooks: { on: { 'organization.updated': hear('on') }, onOther: hear('other') },
})
const heard = { events: [], ended: [] }
/** A handler that may take its time, or fail a few times for each delivery. */
function hear(by) {
  return async ({ deliveryId: id, type, stale, data }) => {
    const { wait = 0, fail = 0 } = data.audit ?? {}
    const attempts = heard.events.filter((event) => event.id === id).length
    const event = { id, type, by, stale, done: false }
    heard.events.push(event)
    await pause(wait)
    if (attempts < fail) throw new Error('canary of the app')
    event.done = true
  }
}
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const app = express()
app.disable('x-powered-by')
if (env.AUDIT_VARIANT === 'parser') {
  const keep = (req, _res, bytes) => void Object.assign(req, { rawBody: bytes })
  const parsers = {
    bytes: express.raw({ type: '*/*' }),
    text: express.text({ type: '*/*' }),
    kept: express.json({ verify: keep }),
    json: express.json(),
  }
  const none = (_req, _res, next) => next()
  app.use((req, res, next) => (parsers[req.get('x-parser')] ?? none)(req, res, next))
  app.use(express.urlencoded({ extended: true }), express.json(), express.text())
}
app.use((req, _res, next) => {
  if (req.get('x-claim')) req.auth = { user: { id: 'usr_evil' }, permissions: ['sk_org_sso_manage'] }
  next()
})
app.use(auth)
if (env.AUDIT_SECOND_CLIENT_ID) {
  const second = scalegate({
    ...common,
    clientId: env.AUDIT_SECOND_CLIENT_ID,
    clientSecret: env.AUDIT_SECOND_CLIENT_SECRET,
    basePath: '/other',
    session: { cookieName: 'other' },
    property: 'other',
  })
  app.use(second)
  app.get('/other-private', second.requireAuth(), (req, res) => res.set('x-reached', '/other-private').json(req.other))
}

/** A handler that may be async, on Express 4 too, and says that it ran. */
const reach = (route, handler) => (req, res, next) => {
  res.set('x-reached', route)
  Promise.resolve(handler(req, res)).catch(next)
}
/** The same for a page, which says it in its text. */
const page = (route, body) => (req, res) =>
  res.type('html').send(`<!doctype html><p>x-reached: ${route} </p><p>${req.auth.user.id}</p>${body ?? ''}`)
const json = (req, res) => res.json(req.auth)

app.get('/', (req, res, next) => {
  auth
    .session(req)
    .then((session) => res.type('html').send(session === null ? 'stranger' : `hello ${session.user.id}`), next)
})
app.get('/public', (_req, res) => res.set('Cache-Control', 'public, max-age=60').send('public'))

app.get('/private', auth.requireAuth(), reach('/private', json))
app.post(
  '/private',
  auth.requireAuth(),
  reach('/private', (req, res) => res.json({ posted: req.auth.user.id })),
)
app.get('/members', auth.requirePermission('sk_org_users_read'), reach('/members', json))
app.get('/sso', auth.requirePermission('sk_org_sso_manage'), reach('/sso', json))
app.get('/both', auth.requirePermission('sk_org_users_read', 'sk_org_sso_manage'), reach('/both', json))
app.get('/either', auth.requireAnyPermission('sk_org_scim_manage', 'projects:read'), reach('/either', json))
app.get('/neither', auth.requireAnyPermission('sk_org_scim_manage', 'sk_org_sso_manage'), reach('/neither', json))
app.get('/admins', auth.requireRole('admin'), reach('/admins', json))
app.get(
  '/org/:id',
  auth.requireOrganization((req) => String(req.params.id)),
  reach('/org', json),
)

app.get(
  '/org-page/:id',
  auth.requireOrganization((req) => String(req.params.id)),
  (req, res) => page('/org-page')(req, res),
)
app.get('/recent', auth.requireRecentLogin(300), reach('/recent', json))
app.get('/recent-page', auth.requireRecentLogin(300), (req, res) => page('/recent-page')(req, res))
app.get('/fresh', auth.requireFresh(), auth.requirePermission('sk_org_sso_manage'), reach('/fresh', json))

/** A route for programs. */
const api = (route, requirement) => {
  const audience = [env.AUDIT_AUDIENCE || env.SCALEKIT_CLIENT_ID, env.AUDIT_API_AUDIENCE]
  const guard = auth.requireBearer({ audience, ...requirement })
  app.all(
    route,
    guard,
    reach(route, (req, res) => res.json(auth.bearer(req))),
  )
}
// Created with an environment that lacks everything in one audit; a guard without an audience is an error.
if (env.SCALEKIT_CLIENT_ID) {
  api('/api/user', {})
  api('/api/machine', { callers: 'machine', scopes: ['projects:read'] })
  api('/api/any', { callers: 'any' })
  api('/api/scoped', { scopes: ['canary:write'] })
  api('/api/permitted', { permissions: ['sk_org_sso_manage'] })
  api('/api/elsewhere', { organizationId: 'org_elsewhere' })
  api('/api/session', { orSession: true })
}

app.get('/guarded.x', auth.requireAuth(), (req, res, next) => {
  auth.session(req).then((session) => {
    res.type('text').send(`stale: ${req.auth.stale}, stale: ${session?.stale}`)
  }, next)
})
app.use('/seen', (req, res, next) => {
  auth.session(req).then((session) => {
    res.set('x-proxy-sees', session?.user.id ?? 'stranger')
    next()
  }, next)
})
app.get('/seen', (req, res, next) => {
  auth.session(req).then((session) => {
    res.type('html').send(`<p>page sees ${session === null ? 'stranger' : session.user.id}</p>`)
  }, next)
})
app.get('/heard', (_req, res) => res.json(heard))

app.use('/admin', auth.requireAuth())
app.get('/admin', reach('/admin', json))
app.get('/admin/:x', reach('/admin/:x', json))
app.get('/area/inner', auth.requireAuth(), reach('/area/inner', json))

app.get(
  '/own-cookies',
  auth.requireAuth(),
  reach('/own-cookies', (_req, res) => {
    res.set({
      'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/'],
      'Cache-Control': 'public, max-age=3600, s-maxage=86400, immutable',
      'CDN-Cache-Control': 'max-age=60',
      'Vercel-CDN-Cache-Control': 'max-age=60',
      'Surrogate-Control': 'max-age=60',
      Expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
      'Last-Modified': 'Thu, 01 Jan 2015 00:00:00 GMT',
      ETag: '"same-for-everybody"',
      Vary: 'Accept-Encoding, cookie',
    })
    // By hand: the answer that Express would compare with validators is another one.
    res.end('own cookies')
  }),
)
// What knows nothing of Express writes to the response of Node.
app.get(
  '/own-response',
  auth.requireAuth(),
  reach('/own-response', (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/plain', 'x-own': 'yes', 'set-cookie': 'own=1; Path=/' }).end('own')
  }),
)
app.get(
  '/stream',
  auth.requireAuth(),
  reach('/stream', async (_req, res) => {
    for (const piece of ['one ', 'two ', 'three']) {
      res.write(piece)
      await pause(20)
    }
    res.end()
  }),
)
app.get('/late', async (req, res) => {
  res.write('first ')
  await pause(20)
  const session = await auth.session(req).catch(() => undefined)
  res.end(session === undefined ? 'undecided' : session === null ? 'stranger' : `stale: ${session.stale}`)
})
app.get(
  '/slow',
  auth.requireAuth(),
  reach('/slow', async (_req, res) => {
    await pause(600)
    res.send('done')
  }),
)

app.get('/unguarded', (req, res) => res.json(req.auth))
app.get('/token', (req, res, next) => {
  auth.accessToken(req).then((token) => res.type('text').send(token), next)
})
app.post('/leave', (req, res, next) => {
  auth.logout(req).then((url) => res.json({ url: url.href }), next)
})

app.get('/own-session', (req, res) => {
  const person = findOwn(req.headers.cookie)
  if (person === undefined) return res.status(401).json({})
  const { userId, organizationId, sid } = person
  res.json({ userId, organizationId, sid })
})
app.post('/own-leave', (req, res, next) => {
  const { idToken } = findOwn(req.headers.cookie) ?? {}
  endOwn(req.headers.cookie)
  auth.logout(req, idToken ? { idTokenHint: idToken } : {}).then((url) => res.json({ url: url.href }), next)
})

app.get('/page', auth.requireAuth(), page('/page'))
app.get('/layout/inner', auth.requireAuth(), page('/layout/inner'))
let acted = 0
app.get(
  '/action',
  auth.requireAuth(),
  page('/action', '<form method="post"><input type="hidden" name="what" value="act"><button>Act</button></form>'),
)
app.post(
  '/action',
  auth.requireAuth(),
  // Counted first: a guard that has answered and goes on must not go unseen.
  (_req, res) => {
    acted += 1
    res.set('x-reached', '/action').send('acted')
  },
)
app.get('/acted', (_req, res) => res.type('text').send(String(acted)))

app.get('/boom', () => {
  throw new Error('canary of the app')
})
app.get('/guarded-boom', auth.requireAuth(), () => {
  throw new Error('canary of the app')
})
app.post('/clock', express.urlencoded({ extended: false }), (req, res) => {
  clock.ahead = Number(req.body.ahead)
  res.status(204).end()
})
app.use((error, _req, res, next) => {
  if (res.headersSent) return next(error)
  if (error.code) res.set('x-error-code', error.code)
  res
    .status(error.status ?? 500)
    .type('text')
    .send('app error page')
})

const { AUDIT_BASE_PATH: prefix } = env
const root = prefix ? express().use(prefix, app) : app
const server = root.listen(Number(env.PORT), '127.0.0.1')
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
