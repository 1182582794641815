import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { profileClaims } from '../engine/entitlement.js'
import type { Environment } from '../environment.js'
import { bearer, readAccessToken, readUserToken } from './access-token.js'
import { clientForm, invalidClient } from './client-authentication.js'
import { machineToken } from './machine-token.js'

/** The endpoints that take access tokens (the engine stores no JWT, so it cannot serve them), and machine clients. */
export function tokenRoutes(environment: Environment): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.post('/oauth/token', (c) => machineToken(environment, c))
  app.get('/userinfo', (c) => userinfo(environment, c))
  app.post('/oauth/introspect', (c) => introspect(environment, c))
  app.post('/revoke', (c) => revoke(environment, c))
  return app
}

/** OIDC Core §5.3. Profile claims are given whatever the scopes were; Scalekit does not document the endpoint. */
async function userinfo(environment: Environment, c: Context): Promise<Response> {
  c.header('cache-control', 'no-store')
  const token = bearer(c.req.header('authorization'))
  const user = token === undefined ? undefined : await readUserToken(environment, token)
  if (user === undefined) {
    c.header('www-authenticate', token === undefined ? 'Bearer' : 'Bearer error="invalid_token"')
    return c.json({ error: 'invalid_token', error_description: 'the access token is missing, wrong or over' }, 401)
  }
  return c.json({ ...profileClaims(environment, user.session.userId), oid: user.claims.oid, sid: user.session.id })
}

/** RFC 7662 §2. */
async function introspect(environment: Environment, c: Context): Promise<Response> {
  const { client, token } = await clientForm(environment, c)
  if (client === undefined) return invalidClient(c)
  c.header('cache-control', 'no-store')
  const claims = await readAccessToken(environment, token)
  if (claims === undefined) return c.json({ active: refreshTokenIsActive(environment, token, client.id) })
  const isUser = 'sid' in claims
  if (isUser && (await readUserToken(environment, token)) === undefined) return c.json({ active: false })
  return c.json({ active: true, token_type: 'Bearer', ...claims })
}

/** RFC 7009 §2.2: 200 whatever the token was. An access token is a JWT and stays valid until it expires. */
async function revoke(environment: Environment, c: Context): Promise<Response> {
  const { client, token } = await clientForm(environment, c)
  if (client === undefined) return invalidClient(c)
  const stored = environment.engineStore.find(`RefreshToken:${token}`)
  if (stored?.clientId === client.id) environment.engineStore.revokeGrant(String(stored.grantId))
  c.header('cache-control', 'no-store')
  return c.body(null, 200)
}

function refreshTokenIsActive(environment: Environment, token: string, clientId: string): boolean {
  const stored = environment.engineStore.find(`RefreshToken:${token}`)
  if (stored === undefined || stored.clientId !== clientId) return false
  const session = environment.sessions.find(environment.authorizations.find(String(stored.grantId))?.sid ?? '')
  return session !== undefined && environment.sessions.isLive(session)
}
