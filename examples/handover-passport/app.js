import { promisify } from 'node:util'
import { scalegate } from '@scalegate/express'
import express from 'express'
import session from 'express-session'
import helmet from 'helmet'
import passport from 'passport'
import { Users } from './users.js'
import { accountPage } from './views/account.js'
import { homePage } from './views/home.js'
import { loginPage } from './views/login.js'
import { noticePage } from './views/notice.js'

/** The app. What is said about SSO is what was added; everything else is as it was before. */
export async function createApp({ env = process.env } = {}) {
  const users = new Users()
  if (env.EXAMPLE_PASSWORD)
    await users.addWithPassword({ name: 'Pat', email: 'pat@example.com', password: env.EXAMPLE_PASSWORD })

  // The organizations that have bought SSO.
  const customers = new Set(env.CUSTOMERS?.split(','))

  // SSO: the kit proves who is there; the session stays express-session's.
  const auth = scalegate({
    product: 'modular_sso',
    login: { page: '/login', returnTo: '/account' },
    // Cookies ignore ports: apps on one host need names of their own.
    session: { cookieName: 'example-passport-sso' },
    onLogin: async ({ session: { user, organizationId } }, { req }) => {
      if (!customers.has(organizationId)) return { deny: true }
      const person = users.findOrCreateBySubject({
        issuer: env.SCALEKIT_ENVIRONMENT_URL,
        subject: user.id,
        name: user.name ?? user.email ?? user.id,
        email: user.email,
        organizationId,
      })
      await signIn(req, person)
      return { handOver: true }
    },
  })

  passport.serializeUser((user, done) => done(null, user.id))
  passport.deserializeUser((id, done) => done(null, users.find(id) ?? false))

  const app = express()
  app.use(helmet())
  app.use(express.static(`${import.meta.dirname}/public`))
  app.use(refuseForeignPosts)
  app.use(session(sessionOptions(env)))
  app.use(passport.session())
  // SSO: after the session, which `onLogin` needs.
  app.use(auth)

  app.get('/', (req, res) => {
    res.send(homePage({ user: req.user }))
  })

  app.get('/login', (req, res) => {
    res.send(loginPage({ returnTo: req.query.return_to }))
  })

  app.post('/login', express.urlencoded({ extended: false }), async (req, res) => {
    const { email, password, return_to: returnTo } = req.body ?? {}
    const user = await users.findByPassword(String(email), String(password))
    if (user === undefined) return res.status(401).send(loginPage({ returnTo, failed: true }))
    await signIn(req, user)
    res.redirect(303, ownPage(returnTo, env.APP_BASE_URL))
  })

  app.post('/logout', async (req, res) => {
    await promisify(req.logout).call(req)
    res.redirect(303, '/')
  })

  app.get('/account', requireLogin, (req, res) => {
    res.send(accountPage({ user: req.user }))
  })

  app.get('/api/me', requireLogin, (req, res) => {
    const { id, name, email, organizationId } = req.user
    res.json({ id, name, email, organizationId })
  })

  app.use((_req, res) => {
    const link = { href: '/', label: 'Go to the start page' }
    res.status(404).send(noticePage({ title: 'Page not found', text: 'There is nothing at this address.', link }))
  })

  return app
}

/** Passport (since 0.6) gives the browser a new session id here, so that one planted before is worth nothing. */
function signIn(req, user) {
  return promisify(req.login).call(req, user)
}

/** MemoryStore, the default, forgets everybody at a restart and never frees memory: put a real store in its place. */
function sessionOptions(env) {
  const https = env.APP_BASE_URL.startsWith('https:')
  return {
    name: 'example-passport',
    secret: env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
    // TLS usually ends at a proxy, and express-session sets no secure cookie without being told.
    proxy: https,
    cookie: { httpOnly: true, sameSite: 'lax', secure: https, maxAge: 8 * 60 * 60 * 1000 },
  }
}

/** Passport's own guard. The kit's `auth.requireAuth()` would look for a session of the kit, and there is none. */
function requireLogin(req, res, next) {
  res.set('Cache-Control', 'private, no-store')
  if (req.isAuthenticated()) return next()
  if (req.path.startsWith('/api/')) return res.status(401).json({ status: 401, title: 'Log in first.' })
  res.redirect(303, `/login?${new URLSearchParams({ return_to: req.originalUrl })}`)
}

/** No other site may log anybody in or out. Browsers say where a request comes from; other programs have no cookies. */
function refuseForeignPosts(req, res, next) {
  const site = req.get('sec-fetch-site') ?? 'same-origin'
  if (req.method === 'GET' || req.method === 'HEAD' || site === 'same-origin') return next()
  res.sendStatus(403)
}

/** Where a password login ends: a page of this app, whatever the address says. */
function ownPage(returnTo, baseUrl) {
  const url = URL.canParse(returnTo, baseUrl) ? new URL(returnTo, baseUrl) : undefined
  return url?.origin === new URL(baseUrl).origin ? url.href : '/account'
}
