import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Emulator } from '@scalegate/emulator'

export interface ServerOptions {
  /** The file below `servers/`. */
  readonly program: string
  readonly emulator: Emulator
  /** For a server with a store: where Redis is, and what of a session lies there. */
  readonly redis?: { readonly url: string; readonly storage: string }
  /** More arguments for Node, e.g. `--cpu-prof`. */
  readonly nodeArguments?: readonly string[]
}

/** A server under test, in a process of its own. */
export interface Server {
  readonly origin: string
  /** The environment that it has, with which cookies for it are forged. */
  readonly environment: Readonly<Record<string, string>>
  /** Microseconds of CPU that all its threads have used. */
  readonly cpu: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** Starts a server in production mode and waits until it listens. Rejects, with what it printed, where it ends before. */
export async function startServer({ program, emulator, redis, nodeArguments = [] }: ServerOptions): Promise<Server> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const environment = {
    APP_BASE_URL: origin,
    SCALEKIT_ENVIRONMENT_URL: emulator.environmentUrl,
    SCALEKIT_CLIENT_ID: emulator.clientId,
    SCALEKIT_CLIENT_SECRET: emulator.clientSecret,
    COOKIE_ENCRYPTION_SECRET: randomBytes(32).toString('base64'),
  }
  const { PATH = '', HOME = '' } = process.env
  const variables = redis && { REDIS_URL: redis.url, STORAGE: redis.storage }
  // Beside `src/` and beside `dist/` it is the same way.
  const child = fork(fileURLToPath(new URL(`../src/servers/${program}`, import.meta.url)), {
    env: { PATH, HOME, NODE_ENV: 'production', PORT: String(port), ...environment, ...variables },
    execArgv: [...nodeArguments],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const output: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${code}:\n${Buffer.concat(output).toString('utf8')}`)
  })
  // Whoever waits for an answer hears of the end; nobody else has to.
  ended.catch(() => undefined)
  await Promise.race([once(child, 'message'), ended])
  return {
    origin,
    environment,
    async cpu() {
      const answer = once(child, 'message')
      child.send('cpu')
      const [usage] = (await Promise.race([answer, ended])) as [NodeJS.CpuUsage]
      return usage.user + usage.system
    },
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  // The end of the channel is its word to go, so that it ends by itself and can write a profile.
  child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(timer)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port.')
  return address.port
}
