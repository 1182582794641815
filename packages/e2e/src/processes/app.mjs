// One process of an app that runs as several: Express, the kit as it is built, and a store in Redis.
import { createServer } from 'node:http'
import { scalegate } from '@scalegate/express'
import { redisStore } from '@scalegate/redis'
import express from 'express'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { setClock } from './clock.mjs'
import { failing } from './failpoints.mjs'
import { carryOut, die, setup, tell } from './orders.mjs'

const { redisUrl, client, provider, options } = setup
const redis = client === 'ioredis' ? new Redis(redisUrl, { lazyConnect: true }) : createClient({ url: redisUrl })
const { store, arm } = failing(redisStore(redis, { onHealth: (health) => tell({ health }) }))

let diesInHandler = false
const auth = scalegate({
  ...options,
  store,
  // The way to the provider leads through a gate that can be shut; its address, and so the issuer, stays what it is.
  fetch: (url, init) => fetch(url.replace(options.issuer, provider), init),
  webhooks: {
    ...options.webhooks,
    onOther: async ({ deliveryId, type }) => {
      tell({ heard: { deliveryId, type } })
      if (diesInHandler) await die()
    },
  },
  onEvent: (event) => tell({ event }),
})

const app = express()
app.use(auth)
app.get('/public', (_, res) => {
  res.send('public')
})
app.get('/private', auth.requireAuth(), (req, res) => {
  res.json({ sid: req.auth.sid, user: req.auth.user.id })
})
app.get('/page', auth.requirePermission('sk_org_users_read'), (req, res) => {
  res.send(`<p>${req.auth.user.id}</p>`)
})
app.get('/', async (req, res) => {
  const session = await auth.session(req)
  res.send(session === null ? 'stranger' : session.user.id)
})
// Express hands errors with a status of their own to the client; its own page would hold a stack trace.
app.use((error, _, res, next) => {
  if (res.headersSent) return next(error)
  tell({ error: `${error.code ?? error.name}: ${error.message}` })
  res
    .status(error.status ?? 500)
    .set(error.headers ?? {})
    .send(error.code ?? 'unknown')
})

const server = createServer(app)
carryOut({
  arm,
  setClock,
  dieInHandler() {
    diesInHandler = true
  },
})
// What is under way is finished first: a refresh that is cut off may have spent its token.
process.once('SIGTERM', () => {
  server.close(async () => {
    await store.close()
    process.exit(0)
  })
})
server.listen(0, '127.0.0.1', () => tell({ listening: `http://127.0.0.1:${server.address().port}` }))
