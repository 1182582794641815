import express from 'express'
import openid from 'express-openid-connect'
import { permissionsOf } from './claims.mjs'
import { listening } from './listening.mjs'

const { env } = process
const app = express()
app.use(
  openid.auth({
    issuerBaseURL: env.SCALEKIT_ENVIRONMENT_URL,
    clientID: env.SCALEKIT_CLIENT_ID,
    clientSecret: env.SCALEKIT_CLIENT_SECRET,
    secret: env.COOKIE_ENCRYPTION_SECRET,
    baseURL: env.APP_BASE_URL,
    authRequired: false,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
    // The ID token has no permissions; once at login they go where a guard can see them.
    afterCallback: (_req, _res, session) => ({ ...session, permissions: permissionsOf(session.access_token) }),
  }),
)
app.get('/signed-in', openid.requiresAuth(), (_, res) => {
  res.send('signed in')
})
app.get(
  '/members',
  // An arrow function or a function expression; it refuses anything else.
  openid.claimCheck((req) => req.appSession.permissions.includes('sk_org_users_read')),
  (req, res) => {
    res.json({ id: req.oidc.user.sub })
  },
)
app.listen(env.PORT, '127.0.0.1', listening)
