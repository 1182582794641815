import { scalegate } from '@scalegate/express'
import express from 'express'
import helmet from 'helmet'
import { createCookies } from './cookies.js'
import { HandoverCodes } from './handover-codes.js'
import { createTokens } from './tokens.js'
import { Users } from './users.js'

const systemClock = () => Math.floor(Date.now() / 1000)

/** The backend. What is said about SSO is what was added; everything else is as it was before. */
export async function createApp({ env = process.env, clock = systemClock } = {}) {
  const baseUrl = env.APP_BASE_URL
  const users = new Users()
  const cookies = createCookies({ baseUrl })
  const codes = new HandoverCodes({ lifetime: 60, clock })
  const tokens = await createTokens({ issuer: baseUrl, clock })

  // The organizations that have bought SSO.
  const customers = new Set(env.CUSTOMERS?.split(','))

  // SSO: the kit proves who is there; the tokens stay the backend's.
  const auth = scalegate({
    product: 'modular_sso',
    login: { page: '/' },
    // Cookies ignore ports: apps on one host need names of their own.
    session: { cookieName: 'example-tokens-sso' },
    onLogin: ({ session: { user, organizationId }, returnTo }, { res }) => {
      if (!customers.has(organizationId)) return { deny: true }
      const { id } = users.findOrCreateBySubject({
        issuer: env.SCALEKIT_ENVIRONMENT_URL,
        subject: user.id,
        name: user.name ?? user.email ?? user.id,
        email: user.email,
        organizationId,
      })
      // In a cookie and not in the address: no history, log, Referer or script ever sees the code.
      cookies.handover.write(res, codes.issue({ userId: id, returnTo }), codes.lifetime)
      return { handOver: true, returnTo: '/signed-in' }
    },
  })

  const app = express()
  app.use(helmet())
  app.use(express.static(`${import.meta.dirname}/public`))
  app.use(auth)

  // The single-page app

  app.get(['/signed-in', '/projects'], (_req, res) => {
    res.sendFile(`${import.meta.dirname}/public/index.html`)
  })

  // Tokens

  app.use('/api', (_req, res, next) => {
    res.set('Cache-Control', 'no-store')
    next()
  })

  // SSO: the code for tokens of our own.
  app.post('/api/session', async (req, res) => {
    const login = codes.take(cookies.handover.read(req))
    cookies.handover.clear(res)
    const user = users.find(login?.userId)
    if (user === undefined) return refuse(res, 'This login is over. Log in again.')
    tokens.revoke(cookies.refresh.read(req))
    cookies.refresh.write(res, tokens.issueRefreshToken(user.id), tokens.refreshTokenLifetime)
    res.json({ ...(await tokens.accessToken(user)), return_to: login.returnTo })
  })

  app.post('/api/session/refresh', async (req, res) => {
    const user = users.find(tokens.ownerOf(cookies.refresh.read(req)))
    if (user === undefined) return refuse(res, 'Log in first.')
    res.json(await tokens.accessToken(user))
  })

  app.delete('/api/session', (req, res) => {
    tokens.revoke(cookies.refresh.read(req))
    cookies.refresh.clear(res)
    res.status(204).end()
  })

  // The API

  app.get('/api/projects', requireToken, (req, res) => {
    const { name, organizationId } = req.user
    res.json({ user: { name, organizationId }, projects: ['Website relaunch', 'Price list 2027'] })
  })

  app.use('/api', (_req, res) => {
    res.status(404).json({ status: 404, title: 'There is nothing at this address.' })
  })

  /** The backend's own guard, for its own tokens. A person who was removed from the table is nobody at once. */
  async function requireToken(req, res, next) {
    const token = /^Bearer (\S+)$/i.exec(req.get('authorization') ?? '')?.[1]
    const claims = token === undefined ? undefined : await tokens.verify(token)
    const user = users.find(claims?.sub)
    if (user === undefined) return refuse(res, 'This needs an access token.')
    req.user = user
    next()
  }

  return app
}

function refuse(res, title) {
  res.status(401).set('WWW-Authenticate', 'Bearer').json({ status: 401, title })
}
