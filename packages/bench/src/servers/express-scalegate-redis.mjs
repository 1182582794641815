import { scalegate } from '@scalegate/express'
import { redisStore } from '@scalegate/redis'
import express from 'express'
import { createClient } from 'redis'
import { listening } from './listening.mjs'

const { REDIS_URL, STORAGE, PORT } = process.env
const app = express()
const auth = scalegate({ store: redisStore(createClient({ url: REDIS_URL })), session: { storage: STORAGE } })
app.use(auth)
app.get('/signed-in', auth.requireAuth(), (_, res) => {
  res.send('signed in')
})
app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => {
  res.json({ id: req.auth.user.id })
})
app.listen(PORT, '127.0.0.1', listening)
