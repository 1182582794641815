import { parentPort, workerData } from 'node:worker_threads'
import { Clock } from './clock.js'
import { endOverdueSessions } from './logout/end-session.js'
import type { WorkerCommand, WorkerInput, WorkerMessage } from './worker-messages.js'

/** Milliseconds between two looks for sessions past their limits. */
const SWEEP = 1000

const clock = new Clock()
clock.install()

const say = (message: WorkerMessage) => parentPort?.postMessage(message)

try {
  await run(workerData as WorkerInput)
} catch (error) {
  say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
}

async function run({ port: wanted, seed, settings }: WorkerInput): Promise<void> {
  // Imported late: the engine must not take hold of the real `Date` before the clock is in place.
  const [keys, { Environment }, { createApp }, { listenOnLoopback }] = await Promise.all([
    import('./state/keys.js').then(({ SigningKeys }) => SigningKeys.generate()),
    import('./environment.js'),
    import('./server/app.js'),
    import('./server/server.js'),
  ])
  let app: ReturnType<typeof createApp> | undefined
  // The issuer holds the port, so the server comes first.
  // A client that goes away in the middle of a request is no error; everything else has been answered by then.
  const servers = await listenOnLoopback(wanted, {
    http1: (request, response) => {
      if (app === undefined) return void response.writeHead(503).end()
      app.http1(request, response).catch(() => response.destroy())
    },
    http2: (stream, headers) => {
      if (app === undefined) return void stream.destroy()
      app.http2(stream, headers).catch(() => stream.destroy())
    },
  })
  const { port } = servers
  const url = `http://localhost:${port}`
  const environment = new Environment({ url, port, seed, settings, keys, clock })
  app = createApp(environment)

  const sweep = setInterval(() => void endOverdueSessions(environment), SWEEP)
  parentPort?.on('message', (command: WorkerCommand) => {
    if (command.kind !== 'stop') return
    clearInterval(sweep)
    environment.webhooks.sender.clear()
    servers.close().then(
      () => parentPort?.close(),
      () => parentPort?.close(),
    )
  })
  say({ kind: 'ready', url })
}
