import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from './listen.js'

export interface Postgres {
  /** For `DATABASE_URL`. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** The server's programs: Debian keeps them out of the path. */
const programs = findPrograms()

/** Whether there is one. CI skips nothing, so there it is an error if there is none. */
export function hasPostgres(): boolean {
  if (programs === undefined && process.env.CI)
    throw new Error('There is no Postgres. `apt-get install postgresql` brings one.')
  if (programs === undefined) console.warn('There is no Postgres here, so nothing is tested against one.')
  return programs !== undefined
}

/** A server of its own, in a directory that is gone when it stops. */
export async function startPostgres(): Promise<Postgres> {
  const { port, close } = await listen()
  await close()
  const directory = mkdtempSync(join(tmpdir(), 'postgres-'))
  const user = unprivileged()
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  const run = { cwd: directory, ...user }
  execFileSync(join(programs ?? '', 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync'], {
    ...run,
    stdio: 'ignore',
  })
  const settings = ['-p', String(port), '-h', '127.0.0.1', '-k', directory, '-F']
  const server = spawn(join(programs ?? '', 'postgres'), ['-D', data, ...settings], { ...run, stdio: 'pipe' })
  let output = ''
  server.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
  })
  while (!output.includes('ready to accept connections')) {
    if (server.exitCode !== null) throw new Error(`Postgres ended: ${output}`)
    await sleep(50)
  }
  const stop = async () => {
    const ended = once(server, 'exit')
    // Without waiting for its clients.
    server.kill('SIGINT')
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop }
}

function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []
  return [...versions, ...(process.env.PATH ?? '').split(':')].find((folder) => existsSync(join(folder, 'initdb')))
}

/** Postgres refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
