import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { AppSettings, RunningApp } from '@scalegate/testing/audits'

/** A Node program of this package that is configured by the environment alone. */
export interface ProgramOptions {
  readonly args: readonly string[]
  /** @defaultValue the folder of this package */
  readonly cwd?: string
  /** Milliseconds to wait for its port. @defaultValue 20000 */
  readonly patience?: number
}

const here = fileURLToPath(new URL('../..', import.meta.url))

/** Starts a program and waits until something answers at its port. Rejects, with what it printed, where it ends before. */
export async function startProgram(settings: AppSettings, options: ProgramOptions): Promise<RunningApp> {
  const { args, cwd = here, patience = 20_000 } = options
  const { PATH = '', HOME = '' } = process.env
  // Nothing of the environment of the tests: an app that misses a variable must not find it there.
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, HOME, NODE_ENV: 'production', ...settings.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8')
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
    await ended
    clearTimeout(timer)
  }
  const deadline = Date.now() + patience
  while (!(await answers(settings.port))) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}:\n${output}`)
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`${args.join(' ')} did not listen on ${settings.port}:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { output: () => output, stop }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const done = (open: boolean) => () => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', done(true))
    socket.once('error', done(false))
  })
}
