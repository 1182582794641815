import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

// `node server.js` is `next start` with an address and a Scalekit; `node server.js dev` is `next dev` with both.
const command = process.argv[2] === 'dev' ? 'dev' : 'start'
const directory = import.meta.dirname
const next = createRequire(import.meta.url).resolve('next/dist/bin/next')

// The app's own address is part of its configuration, so the port comes first. PORT=0 lets the system choose.
const port = await freePort(Number(process.env.PORT || 3002))
const origin = `http://127.0.0.1:${port}`
if (!process.env.APP_BASE_URL && !process.env.REDIRECT_URI) process.env.APP_BASE_URL = origin

if (command === 'start' && !existsSync(`${directory}/.next/BUILD_ID`)) build()

// Without a Scalekit environment the example runs alone, on a local stand-in.
const emulator = process.env.SCALEKIT_ENVIRONMENT_URL ? undefined : await startStandIn()

const server = spawn(process.execPath, [next, command, directory, '--hostname', '127.0.0.1', '--port', String(port)], {
  cwd: directory,
  env: environment(command === 'dev' ? 'development' : 'production'),
  stdio: 'inherit',
})
server.once('exit', ended)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)

let status
while (status === undefined && server.exitCode === null) {
  await sleep(100)
  status = await askStatus()
}
if (status < 500) console.log(`example-next listening on ${origin}`)
// `register` has said why; Next itself would stay, and answer every request like that.
if (status >= 500) {
  process.exitCode = 1
  stop()
}

function build() {
  console.log('There is no build yet: `next build` makes one, in about half a minute.')
  const { status } = spawnSync(process.execPath, [next, 'build', directory], {
    cwd: directory,
    env: environment('production'),
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

function environment(mode) {
  // No example calls home.
  return { NEXT_TELEMETRY_DISABLED: '1', ...process.env, NODE_ENV: mode }
}

async function freePort(wanted) {
  const probe = createServer().listen(wanted, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

async function startStandIn() {
  const { startLocalScalekit } = await import('./local-scalekit.js')
  return startLocalScalekit(process.env.APP_BASE_URL ?? origin)
}

function askStatus() {
  return fetch(`${origin}/auth/session`).then(
    ({ status }) => status,
    () => undefined,
  )
}

function stop() {
  server.kill('SIGTERM')
  // Next waits for open connections; nobody waits for an example.
  setTimeout(() => server.kill('SIGKILL'), 2000).unref()
}

async function ended(code) {
  await emulator?.stop()
  process.exitCode ||= code ?? 0
}
