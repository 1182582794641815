import { once } from 'node:events'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createApp } from './app.js'

// The port comes first: the app's own address is part of its configuration, and PORT=0 lets the system choose.
let app = new Hono().all('*', (c) => c.text('Starting.\n', 503, { 'Retry-After': '1' }))
const server = serve({
  fetch: (request, env) => app.fetch(request, env),
  port: Number(process.env.PORT || 3001),
  hostname: '127.0.0.1',
})
await once(server, 'listening')

const origin = `http://127.0.0.1:${server.address().port}`
if (!process.env.APP_BASE_URL && !process.env.REDIRECT_URI) process.env.APP_BASE_URL = origin

// Without a Scalekit environment the example runs alone, on a local stand-in.
const emulator = process.env.SCALEKIT_ENVIRONMENT_URL ? undefined : await startStandIn()

app = createApp()
console.log(`example-hono listening on ${origin}`)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)

async function startStandIn() {
  const { startLocalScalekit } = await import('./local-scalekit.js')
  return startLocalScalekit(process.env.APP_BASE_URL ?? origin)
}

async function stop() {
  server.close()
  server.closeAllConnections()
  await emulator?.stop()
}
