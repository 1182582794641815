import { once } from 'node:events'
import { createServer } from 'node:http'
import { createApp } from './app.js'

// The port comes first: the app's own address is part of its configuration, and PORT=0 lets the system choose.
let handle = (_req, res) => res.writeHead(503, { 'Retry-After': '1' }).end('Starting.\n')
const server = createServer((req, res) => handle(req, res))
server.listen(Number(process.env.PORT || 3003), '127.0.0.1')
await once(server, 'listening')

const origin = `http://127.0.0.1:${server.address().port}`
process.env.APP_BASE_URL ||= origin

// Without a Scalekit environment the example runs alone, on a local stand-in.
const emulator = process.env.SCALEKIT_ENVIRONMENT_URL ? undefined : await startStandIn()

handle = await createApp()
console.log(`example-handover-passport listening on ${origin}`)

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)

async function startStandIn() {
  const { startLocalScalekit } = await import('./local-scalekit.js')
  return startLocalScalekit(process.env.APP_BASE_URL)
}

async function stop() {
  server.close()
  server.closeAllConnections()
  await emulator?.stop()
}
