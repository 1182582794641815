// The audited app (packages/testing/AUDITED-APP.md) on Hono, served by @hono/node-server.
import { serve } from '@hono/node-server'
import { hasEnded, scalegate } from '@scalegate/hono'
import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { endOwn, endOwnWhere, findOwn, ownCookie, startOwn } from './own-sessions.mjs'

const { env } = process
const prefix = env.AUDIT_BASE_PATH
const clock = { ahead: 0 }
let acted = 0

const common = {
  endpoints: env.AUDIT_ENDPOINTS === 'discovery' ? 'discovery' : 'scalekit',
  ...(env.AUDIT_AUDIENCE ? { audience: env.AUDIT_AUDIENCE } : {}),
  clock: () => Math.floor(Date.now() / 1000) + clock.ahead,
}
const auth = scalegate({
  ...common,
  ...(env.AUDIT_PATHS ? { paths: JSON.parse(env.AUDIT_PATHS) } : {}),
  ...(env.AUDIT_PRODUCT ? { product: env.AUDIT_PRODUCT } : {}),
  ...(env.AUDIT_SESSION ? { session: JSON.parse(env.AUDIT_SESSION) } : {}),
  onLogin({ session: { user, organizationId, sid, loggedInAt }, returnTo, tokens }, c) {
    if (returnTo.endsWith('/refused-by-the-app')) throw new Error('canary of the app')
    if (!returnTo.endsWith('/own-session')) return
    if (organizationId !== env.AUDIT_HAND_OVER) return { deny: true }
    const person = { userId: user.id, organizationId, sid, loggedInAt, idToken: tokens.idToken }
    setCookie(c, ownCookie, startOwn(c.req.header('cookie'), person), { httpOnly: true, sameSite: 'Lax' })
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

const app = new Hono()
if (env.AUDIT_VARIANT === 'parser') {
  const parsers = {
    bytes: (c) => c.req.arrayBuffer(),
    text: (c) => c.req.text(),
    kept: (c) => c.req.json(),
    // Behind the back of Hono, which then has nothing to put back.
    json: (c) => c.req.raw.json(),
  }
  app.use('*', async (c, next) => {
    const named = parsers[c.req.header('x-parser')]
    if (named !== undefined) {
      await named(c)
      return next()
    }
    const type = c.req.header('content-type') ?? ''
    if (/form/i.test(type)) await c.req.parseBody({ all: true })
    else await c.req.text()
    await next()
  })
}
app.use('*', async (c, next) => {
  if (c.req.header('x-claim')) c.set('auth', { user: { id: 'usr_evil' }, permissions: ['sk_org_sso_manage'] })
  await next()
})
app.use('*', auth)
if (env.AUDIT_SECOND_CLIENT_ID) {
  const second = scalegate({
    ...common,
    clientId: env.AUDIT_SECOND_CLIENT_ID,
    clientSecret: env.AUDIT_SECOND_CLIENT_SECRET,
    basePath: '/other',
    session: { cookieName: 'other' },
    property: 'other',
  })
  app.use('*', second)
  app.get('/other-private', second.requireAuth(), (c) => c.json(c.var.other, 200, { 'x-reached': '/other-private' }))
}

/** A handler that says that it ran. */
const reach = (route, handler) => (c) => {
  c.header('x-reached', route)
  return handler(c)
}
/** A page says it in its text. */
const page = (route, body) => (c) =>
  c.html(`<!doctype html><p>x-reached: ${route} </p><p>${c.var.auth.user.id}</p>${body ?? ''}`)
const json = (c) => c.json(c.var.auth)
const fail = () => {
  throw new Error('canary of the app')
}

app.get('/', async (c) => {
  const session = await auth.session(c)
  return c.html(session === null ? 'stranger' : `hello ${session.user.id}`)
})
app.get('/public', (c) => c.text('public', 200, { 'Cache-Control': 'public, max-age=60' }))

app.get('/private', auth.requireAuth(), reach('/private', json))
app.post(
  '/private',
  auth.requireAuth(),
  reach('/private', (c) => c.json({ posted: c.var.auth.user.id })),
)
app.get('/members', auth.requirePermission('sk_org_users_read'), reach('/members', json))
app.get('/sso', auth.requirePermission('sk_org_sso_manage'), reach('/sso', json))
app.get('/both', auth.requirePermission('sk_org_users_read', 'sk_org_sso_manage'), reach('/both', json))
app.get('/either', auth.requireAnyPermission('sk_org_scim_manage', 'projects:read'), reach('/either', json))
app.get('/neither', auth.requireAnyPermission('sk_org_scim_manage', 'sk_org_sso_manage'), reach('/neither', json))
app.get('/admins', auth.requireRole('admin'), reach('/admins', json))
app.get(
  '/org/:id',
  auth.requireOrganization((c) => c.req.param('id')),
  reach('/org', json),
)

app.get(
  '/org-page/:id',
  auth.requireOrganization((c) => c.req.param('id')),
  page('/org-page'),
)
app.get('/recent', auth.requireRecentLogin(300), reach('/recent', json))
app.get('/recent-page', auth.requireRecentLogin(300), page('/recent-page'))
app.get('/fresh', auth.requireFresh(), auth.requirePermission('sk_org_sso_manage'), reach('/fresh', json))

/** A route for programs. */
const api = (route, requirement) => {
  const audience = [env.AUDIT_AUDIENCE || env.SCALEKIT_CLIENT_ID, env.AUDIT_API_AUDIENCE]
  const guard = auth.requireBearer({ audience, ...requirement })
  app.all(
    route,
    guard,
    reach(route, (c) => c.json(auth.bearer(c))),
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

app.get('/guarded.x', auth.requireAuth(), async (c) => {
  const session = await auth.session(c)
  return c.text(`stale: ${c.var.auth.stale}, stale: ${session?.stale}`)
})
app.use('/seen', async (c, next) => {
  const session = await auth.session(c)
  await next()
  c.header('x-proxy-sees', session?.user.id ?? 'stranger')
})
app.get('/seen', async (c) => {
  const session = await auth.session(c)
  return c.html(`<p>page sees ${session === null ? 'stranger' : session.user.id}</p>`)
})
app.get('/heard', (c) => c.json(heard))

app.use('/admin', auth.requireAuth())
app.use('/admin/*', auth.requireAuth())
app.get('/admin', reach('/admin', json))
app.get('/admin/:x', reach('/admin/:x', json))
app.get('/area/inner', auth.requireAuth(), reach('/area/inner', json))

app.get(
  '/own-cookies',
  auth.requireAuth(),
  reach('/own-cookies', (c) => {
    c.header('Set-Cookie', 'a=1; Path=/', { append: true })
    c.header('Set-Cookie', 'b=2; Path=/', { append: true })
    return c.text('own cookies', 200, {
      'Cache-Control': 'public, max-age=3600, s-maxage=86400, immutable',
      'CDN-Cache-Control': 'max-age=60',
      'Vercel-CDN-Cache-Control': 'max-age=60',
      'Surrogate-Control': 'max-age=60',
      Expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
      'Last-Modified': 'Thu, 01 Jan 2015 00:00:00 GMT',
      ETag: '"same-for-everybody"',
      Vary: 'Accept-Encoding, cookie',
    })
  }),
)
// What `fetch` gives cannot be written on.
app.get('/own-response', auth.requireAuth(), () => fetch(`http://127.0.0.1:${env.PORT}${prefix ?? ''}/own-source`))
app.get('/own-source', (c) => c.text('own', 200, { 'x-reached': '/own-response', 'x-own': 'yes' }))

const streamed = (write) => {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async start(controller) {
      await write((text) => controller.enqueue(encoder.encode(text)))
      controller.close()
    },
  })
}
app.get('/stream', auth.requireAuth(), (c) => {
  const body = streamed(async (write) => {
    for (const piece of ['one ', 'two ', 'three']) {
      write(piece)
      await pause(20)
    }
  })
  return c.body(body, 200, { 'x-reached': '/stream' })
})
app.get('/late', (c) => {
  const body = streamed(async (write) => {
    write('first ')
    await pause(20)
    const session = await auth.session(c).catch(() => undefined)
    write(session === undefined ? 'undecided' : session === null ? 'stranger' : `stale: ${session.stale}`)
  })
  return c.body(body)
})
app.get(
  '/slow',
  auth.requireAuth(),
  reach('/slow', async (c) => {
    await pause(600)
    return c.text('done')
  }),
)

app.get('/unguarded', (c) => c.json(c.var.auth))
app.get('/token', async (c) => c.text(await auth.accessToken(c)))
app.post('/leave', async (c) => c.json({ url: (await auth.logout(c)).href }))

app.get('/own-session', (c) => {
  const person = findOwn(c.req.header('cookie'))
  if (person === undefined) return c.json({}, 401)
  const { userId, organizationId, sid } = person
  return c.json({ userId, organizationId, sid })
})
app.post('/own-leave', async (c) => {
  const { idToken } = findOwn(c.req.header('cookie')) ?? {}
  endOwn(c.req.header('cookie'))
  const url = await auth.logout(c, idToken ? { idTokenHint: idToken } : {})
  return c.json({ url: url.href })
})

app.get('/page', auth.requireAuth(), page('/page'))
app.use('/layout/*', auth.requireAuth())
app.get('/layout/inner', page('/layout/inner'))
app.get(
  '/action',
  auth.requireAuth(),
  page('/action', '<form method="post"><input type="hidden" name="what" value="act"><button>Act</button></form>'),
)
app.post('/action', auth.requireAuth(), (c) => {
  acted += 1
  return c.text('acted', 200, { 'x-reached': '/action' })
})
app.get('/acted', (c) => c.text(String(acted)))

app.get('/boom', fail)
app.get('/guarded-boom', auth.requireAuth(), fail)
app.post('/clock', async (c) => {
  clock.ahead = Number((await c.req.parseBody()).ahead)
  return c.body(null, 204)
})
app.onError((error, c) => {
  if (typeof error.code === 'string') c.header('x-error-code', error.code)
  return c.text('app error page', typeof error.status === 'number' ? error.status : 500)
})

// Without `strict: false` Hono has no page at `/app/`, where logins and logouts lead by default.
const root = prefix ? new Hono({ strict: false }).route(prefix, app) : app
const server = serve({ fetch: root.fetch, port: Number(env.PORT), hostname: '127.0.0.1' })
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
