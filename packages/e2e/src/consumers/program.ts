import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Surroundings {
  /** Where it runs. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Ended {
  readonly code: number | null
  /** Both streams, in the order they came. */
  readonly output: string
}

export interface Server {
  /** Everything it has printed. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/** Runs a program to its end. */
export async function run(command: string, args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const { output, ended } = launch(command, args, surroundings)
  return { code: await ended, output: output() }
}

/** Starts a program and waits until it has printed `ready`. */
export async function startServer(args: readonly string[], ready: string, surroundings: Surroundings): Promise<Server> {
  const { child, output, ended } = launch(process.execPath, args, surroundings)
  const listening = new Promise<true>((resolve) => {
    const read = () => void (output().includes(ready) && resolve(true))
    child.stdout.on('data', read)
    child.stderr.on('data', read)
  })
  // A program that says nothing is ended, so that its output can be shown.
  const patience = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const first = await Promise.race([listening, ended])
  clearTimeout(patience)
  if (first !== true) throw new Error(`${args.join(' ')} ended with ${first} before it was ready:\n${output()}`)
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(timer)
  }
  return { output, stop }
}

function launch(command: string, args: readonly string[], { folder, env = {} }: Surroundings) {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...ownEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const read = (chunk: Buffer) => {
    printed += chunk.toString('utf8')
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, output: () => printed, ended }
}

/** What a machine gives to every program. Nothing of the kit's, and nothing of vitest's, which would change Next and React. */
function ownEnvironment(): Record<string, string> {
  const given = Object.entries(process.env).filter(([name]) => /^(?:PATH|HOME|TMPDIR|USER|npm_config_.*)$/.test(name))
  return { ...Object.fromEntries(given as [string, string][]), CI: '1', NEXT_TELEMETRY_DISABLED: '1' }
}
