import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Control, createControl, startEmulator } from '@scalegate/emulator'
import { listen } from './listen.js'
import { testSecret } from './secret.js'

/** The audited app as `next start` runs it, and the emulator. */
export interface NextApp {
  readonly origin: string
  readonly provider: string
  readonly control: Control
  /** Lets seconds pass for the app and the provider alike; gives those by which they are ahead. */
  readonly pass: (seconds: number) => Promise<number>
  /** The provider as it was at first, and its clock with the app's, which only goes forward: it remembers logouts by it. */
  readonly reset: () => Promise<void>
  /** Everything the server has printed. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

export type NextVersion = 15 | 16

export interface NextAppOptions {
  /** The build under `/app`, in which `experimental.authInterrupts` is on. @defaultValue false */
  readonly mounted?: boolean
  /** `next dev`, which builds as it goes. @defaultValue false */
  readonly dev?: boolean
  /** Variables that differ. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts what `build-app` of the fixture has built. */
export async function startNextApp(version: NextVersion, options: NextAppOptions = {}): Promise<NextApp> {
  const { mounted = false, dev = false, environment = {} } = options
  const path = mounted ? '/app' : ''
  const origin = `http://127.0.0.1:${await freePort()}`
  const emulator = await startEmulator({
    port: 0,
    clients: {
      redirectUris: [`${origin}${path}/auth/callback`],
      postLogoutRedirectUris: [`${origin}${path}/`],
      backchannelLogoutUri: `${origin}${path}/auth/backchannel-logout`,
    },
  })
  const child = spawn(
    process.execPath,
    ['node_modules/next/dist/bin/next', dev ? 'dev' : 'start', '-H', '127.0.0.1', '-p', new URL(origin).port],
    {
      cwd: fileURLToPath(new URL(`../../fixtures/next${version}`, import.meta.url)),
      env: {
        ...process.env,
        NODE_ENV: dev ? 'development' : 'production',
        // Development must not write over the build.
        ...(dev ? { AUDIT_DIST_DIR: '.next-dev' } : {}),
        ...(mounted ? { AUDIT_BASE_PATH: path } : {}),
        NEXT_TELEMETRY_DISABLED: '1',
        APP_BASE_URL: origin + path,
        SCALEKIT_ENVIRONMENT_URL: emulator.environmentUrl,
        SCALEKIT_CLIENT_ID: emulator.clientId,
        SCALEKIT_CLIENT_SECRET: emulator.clientSecret,
        COOKIE_ENCRYPTION_SECRET: testSecret,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8')
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    await emulator.stop()
  }
  await untilAnswering(
    `${origin}${path}/static`,
    () => child.exitCode,
    () => output,
  ).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  const control = createControl(emulator.url)
  let ahead = 0
  const pass = async (seconds: number) => {
    ahead += seconds
    await control.clock({ offset: ahead })
    const body = new URLSearchParams({ ahead: String(ahead) })
    const { status } = await fetch(`${origin}${path}/clock`, { method: 'POST', body })
    if (status !== 204) throw new Error(`POST /clock of the app answered ${status}`)
    return ahead
  }
  const reset = async () => {
    await control.reset()
    await pass(0)
  }
  return {
    origin: origin + path,
    provider: emulator.environmentUrl,
    control,
    pass,
    reset,
    output: () => output,
    stop,
  }
}

async function untilAnswering(url: string, exitCode: () => number | null, output: () => string): Promise<void> {
  let status: number | undefined
  for (let tries = 0; tries < 300 && exitCode() === null; tries++) {
    status = await fetch(url).then(
      (response) => response.status,
      () => undefined,
    )
    if (status === 200) return
    if (status !== undefined) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`The server ${status === undefined ? 'does not answer' : `answered ${status}`}:\n${output()}`)
}

/** The app's address is part of its configuration, so it has to be known before the app is there. */
async function freePort(): Promise<number> {
  const { port, close } = await listen()
  await close()
  return port
}
