import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { listening } from './listening.mjs'

const app = new Hono()
app.get('/members', (c) => c.json({ id: 'usr_104000000000000001' }))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, listening)
