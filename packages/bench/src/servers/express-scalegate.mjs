import { scalegate } from '@scalegate/express'
import express from 'express'
import { listening } from './listening.mjs'

const app = express()
const auth = scalegate()
app.use(auth)
app.get('/signed-in', auth.requireAuth(), (_, res) => {
  res.send('signed in')
})
app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => {
  res.json({ id: req.auth.user.id })
})
app.listen(process.env.PORT, '127.0.0.1', listening)
