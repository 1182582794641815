import { serve } from '@hono/node-server'
import { getAuth, initOidcAuthMiddleware, oidcAuthMiddleware } from '@hono/oidc-auth'
import { Hono } from 'hono'
import { permissionsOf } from './claims.mjs'
import { listening } from './listening.mjs'

const { env } = process
const app = new Hono()
app.use(
  initOidcAuthMiddleware({
    OIDC_ISSUER: env.SCALEKIT_ENVIRONMENT_URL,
    OIDC_CLIENT_ID: env.SCALEKIT_CLIENT_ID,
    OIDC_CLIENT_SECRET: env.SCALEKIT_CLIENT_SECRET,
    OIDC_AUTH_SECRET: env.COOKIE_ENCRYPTION_SECRET,
    OIDC_SCOPES: 'openid profile email offline_access',
    // A run must not meet its refresh, which is due after fifteen minutes and would be so on every request.
    OIDC_AUTH_REFRESH_INTERVAL: '86400',
  }),
)
app.use(async (c, next) => {
  // Once at login: the permissions go where a guard can see them.
  c.set('oidcClaimsHook', async (original, claims, response) => ({
    sub: claims?.sub ?? original?.sub ?? '',
    email: claims?.email ?? original?.email ?? '',
    permissions: response.access_token ? permissionsOf(response.access_token) : (original?.permissions ?? []),
  }))
  await next()
})
app.use(oidcAuthMiddleware())
app.get('/signed-in', (c) => c.text('signed in'))
app.get('/members', async (c) => {
  const auth = await getAuth(c)
  if (!auth.permissions.includes('sk_org_users_read')) return c.json({ error: 'forbidden' }, 403)
  return c.json({ id: auth.sub })
})
serve({ fetch: app.fetch, port: Number(env.PORT), hostname: '127.0.0.1' }, listening)
