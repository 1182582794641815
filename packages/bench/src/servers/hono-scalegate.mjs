import { serve } from '@hono/node-server'
import { scalegate } from '@scalegate/hono'
import { Hono } from 'hono'
import { listening } from './listening.mjs'

const app = new Hono()
const auth = scalegate()
app.use(auth)
app.get('/signed-in', auth.requireAuth(), (c) => c.text('signed in'))
app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json({ id: c.var.auth.user.id }))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, listening)
