import { type Context, Hono } from 'hono'
import type { Engine } from '../engine/engine.js'
import { sign } from '../engine/token-response.js'
import type { Environment } from '../environment.js'
import { deliver } from '../logout/deliver.js'
import { endMembership, endOverdueSessions, endSession, endSessionSilently } from '../logout/end-session.js'
import { makeLogoutToken } from '../logout/logout-token.js'
import { controlScript, portalScript, stylesheet } from '../pages/index.js'
import { portalEventRoutes } from '../portal/routes.js'
import { pageHeaders } from '../server/page-headers.js'
import { parseSettings } from '../settings.js'
import { read, ShapeError } from '../shape.js'
import { parseFault } from '../state/faults.js'
import { parseTokenResponseMutation } from '../state/token-mutations.js'
import { webhookRoutes } from '../webhooks/routes.js'
import { done, missing } from './answer.js'
import { initiateControlRoutes } from './initiate.js'
import { controlPage } from './page.js'
import { selfServeRoutes } from './self-serve.js'
import * as shapes from './shapes.js'
import { stateOf } from './state.js'

/** The control API and its page. Everything that changes something needs a JSON content type, which no HTML form has. */
export function controlRoutes(environment: Environment, engine: Engine): Hono {
  const app = new Hono().basePath('/_emulator')
  app.use('*', async (c, next) => {
    c.header('cache-control', 'no-store')
    if (c.req.method === 'GET' || isJson(c)) return next()
    return c.json({ error: 'unsupported_media_type', message: 'content-type must be application/json' }, 415)
  })
  app.onError((error, c) => {
    if (error instanceof ShapeError)
      return c.json({ error: 'invalid_request', message: error.message, path: error.path }, 400)
    if (error instanceof SyntaxError) return c.json({ error: 'invalid_request', message: 'the body is not JSON' }, 400)
    throw error
  })

  app.get('/', (c) => c.body(controlPage(environment), 200, pageHeaders('control')))
  app.get('/style.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/control.js', (c) => c.body(controlScript, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/portal.js', (c) => c.body(portalScript, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/state', (c) => c.json(stateOf(environment)))
  app.get('/requests', (c) => c.json({ requests: environment.requests.since(Number(c.req.query('since') ?? 0)) }))
  app.get('/deliveries', (c) => c.json({ deliveries: environment.deliveries.since() }))
  app.delete('/requests', (c) => {
    environment.requests.clear()
    return done(c)
  })
  app.delete('/deliveries', (c) => {
    environment.deliveries.clear()
    return done(c)
  })
  app.post('/reset', (c) => {
    environment.reset()
    return done(c)
  })
  app.patch('/settings', async (c) => {
    environment.patchSettings(parseSettings(await c.req.json()))
    return c.json({ settings: environment.settings })
  })
  app.put('/clock', async (c) => {
    const input = read(shapes.clockShape, await c.req.json())
    environment.clock.set('offset' in input ? input.offset : environment.clock.offset + input.advance)
    await endOverdueSessions(environment)
    environment.directory.domains.failOverdue()
    return c.json({ clock: stateOf(environment).clock })
  })
  app.post('/keys/rotate', async (c) => {
    const { keep = 'old' } = read(shapes.rotateShape, await c.req.json())
    await engine.rotateKeys(keep)
    return c.json({ keys: stateOf(environment).keys })
  })
  app.post('/sessions/:sid/revoke', async (c) => {
    const { notify = true } = read(shapes.revokeShape, await c.req.json())
    const { sid } = c.req.param()
    if (environment.sessions.find(sid) === undefined) return missing(c, 'session')
    if (!notify) {
      endSessionSilently(environment, sid)
      return done(c)
    }
    return c.json({ deliveries: await endSession(environment, sid, 'revoked') })
  })
  directoryRoutes(app, environment)
  faultRoutes(app, environment)
  tokenRoutes(app, environment)
  app.route('/', initiateControlRoutes(environment))
  app.route('/', selfServeRoutes(environment))
  app.route('/', portalEventRoutes(environment))
  app.route('/webhooks', webhookRoutes(environment))
  app.all('*', (c) => missing(c, 'control'))
  return app
}

function directoryRoutes(app: Hono, environment: Environment): void {
  app.put('/organizations/:org/members/:user', async (c) => {
    const { roles } = read(shapes.memberShape, await c.req.json())
    const { org, user } = c.req.param()
    const { directory } = environment
    if (directory.organization(org) === undefined) return missing(c, 'organization')
    if (directory.user(user) === undefined) return missing(c, 'user')
    const stranger = roles.find((name) => !directory.roleNames(org).includes(name))
    if (stranger !== undefined) throw new ShapeError('roles', `names no role: ${stranger}`)
    directory.setMember(user, org, roles)
    return done(c)
  })
  app.delete('/organizations/:org/members/:user', async (c) => {
    const { org, user } = c.req.param()
    if (!environment.directory.isMember(user, org)) return missing(c, 'membership')
    environment.directory.removeMember(user, org)
    await endMembership(environment, user, org)
    return done(c)
  })
  app.put('/organizations/:org/features', async (c) => {
    const features = read(shapes.featuresShape, await c.req.json())
    const { org } = c.req.param()
    if (environment.directory.organization(org) === undefined) return missing(c, 'organization')
    environment.directory.setFeatures(org, features)
    return done(c)
  })
  app.put('/organizations/:org/sso-required', async (c) => {
    const { required } = read(shapes.ssoRequiredShape, await c.req.json())
    const { org } = c.req.param()
    const organization = environment.directory.organization(org)
    if (organization === undefined) return missing(c, 'organization')
    if (required && environment.directory.connections.of(org).length === 0)
      return missing(c, 'connection of this organization')
    environment.directory.setSsoRequired(org, required)
    return done(c)
  })
  app.put('/clients/:id', async (c) => {
    const patch = read(shapes.clientShape, await c.req.json())
    const { id } = c.req.param()
    if (environment.directory.client(id) === undefined) return missing(c, 'client')
    environment.directory.updateClient(id, patch)
    return done(c)
  })
}

function faultRoutes(app: Hono, environment: Environment): void {
  app.post('/faults', async (c) => c.json({ id: environment.faults.add(parseFault(await c.req.json())) }))
  app.delete('/faults', (c) => {
    environment.faults.clear()
    return done(c)
  })
  app.delete('/faults/:id', (c) => (environment.faults.remove(c.req.param('id')) ? done(c) : missing(c, 'fault')))
}

function tokenRoutes(app: Hono, environment: Environment): void {
  app.post('/logout-tokens', async (c) => {
    const input = read(shapes.logoutTokenShape, await c.req.json())
    const client = environment.directory.client(input.clientId ?? environment.firstClient.id)
    if (client === undefined) return missing(c, 'client')
    const token = makeLogoutToken(environment, { ...input, clientId: client.id })
    if (input.deliver !== true) return c.json({ logout_token: token })
    if (client.backchannelLogoutUri === undefined) return missing(c, 'backchannelLogoutUri')
    const { sid, sub } = input
    const about = { ...(sid === undefined ? {} : { sid }), ...(sub === undefined ? {} : { sub }) }
    const delivery = await deliver(environment, {
      ...about,
      clientId: client.id,
      url: client.backchannelLogoutUri,
      token,
    })
    return c.json({ logout_token: token, delivery })
  })
  app.post('/tokens', async (c) => {
    const { claims, header } = read(shapes.tokenShape, await c.req.json())
    return c.json({ token: await sign(environment, claims, header === undefined ? {} : { header }) })
  })
  app.post('/next-token-response', async (c) => {
    environment.mutations.add(parseTokenResponseMutation(await c.req.json()))
    return done(c)
  })
}

function isJson(c: Context): boolean {
  return /^application\/json\b/i.test(c.req.header('content-type') ?? '')
}
