import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const program = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(':')]
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => {
    try {
      execFileSync(path, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })

/** Whether there is a `redis-server`. CI skips nothing, so there it is an error if there is none. */
export function hasRedis(): boolean {
  if (program === undefined && process.env.CI)
    throw new Error('There is no redis-server. `apt-get install redis-server` brings one.')
  if (program === undefined)
    console.warn('\n  SKIPPED: there is no redis-server here, so nothing is tested against one.\n')
  return program !== undefined
}

/** A server of its own, in a directory that is gone when it is removed. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  readonly directory: string
  /** Sends one command outside of any client that is under test, and gives the printed reply. */
  readonly cli: (...args: readonly string[]) => string
  /** Ends it as a shutdown does. With `appendonly` the data stay in its directory. */
  readonly stop: () => Promise<void>
  /** SIGKILL: what has not reached the disk is lost. */
  readonly kill: () => Promise<void>
  /** SIGSTOP: it accepts connections and answers nothing. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** On the same port, with the data that lie in its directory. */
  readonly start: () => Promise<void>
  /** Takes a copy of the data as they lie on the disk now; what it returns puts that copy back, while stopped. */
  readonly keepData: () => () => void
  /** Kills it and removes its directory. */
  readonly remove: () => Promise<void>
}

/** Without persistence unless `settings` say `--appendonly yes`. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'redis-'))
  let child: ChildProcess | undefined

  const cli = (...args: readonly string[]) =>
    execFileSync(join(dirname(program ?? ''), 'redis-cli'), ['-e', '-p', String(port), ...args], {
      encoding: 'utf8',
      timeout: 5000,
    }).trim()

  const start = async () => {
    const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--daemonize', 'no']
    const started = spawn(program ?? 'redis-server', [...fixed, ...settings], { stdio: 'pipe' })
    child = started
    let output = ''
    started.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
    while (!output.includes('Ready to accept connections')) {
      if (started.exitCode !== null) throw new Error(`redis-server ended: ${output}`)
      await sleep(10)
    }
    // Another server may have been quicker on this port, and would answer in the place of this one.
    const answering = Number(/process_id:(\d+)/.exec(cli('INFO', 'server'))?.[1])
    if (answering !== started.pid) throw new Error(`Port ${port} is answered by process ${answering}, not by this one.`)
  }

  const end = async (signal: NodeJS.Signals) => {
    const running = child
    child = undefined
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill(signal)
    await ended
  }

  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    directory,
    cli,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    keepData() {
      const copy = mkdtempSync(join(tmpdir(), 'redis-copy-'))
      cpSync(directory, copy, { recursive: true })
      return () => {
        rmSync(directory, { recursive: true, force: true })
        cpSync(copy, directory, { recursive: true })
        rmSync(copy, { recursive: true, force: true })
      }
    },
    async remove() {
      await end('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Three masters without replicas, each with a third of the slots. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** Waits until the nodes have found each other, as they have to after a start. */
  readonly isWhole: () => Promise<void>
  /** The node that has a key. */
  readonly nodeOf: (key: string) => RedisServer
  readonly remove: () => Promise<void>
}

export async function startRedisCluster(...settings: readonly string[]): Promise<RedisCluster> {
  const cluster = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '2000',
    '--cluster-require-full-coverage',
    'no',
  ]
  const nodes = await Promise.all([0, 1, 2].map(() => startRedis(...cluster, ...settings)))
  const bounds = [0, 5461, 10923, 16384]
  const first = nodes[0]
  if (first === undefined) throw new Error('A cluster has nodes.')
  for (const [index, node] of nodes.entries()) {
    node.cli('CLUSTER', 'ADDSLOTSRANGE', String(bounds[index]), String((bounds[index + 1] ?? 0) - 1))
    node.cli('CONFIG', 'SET', 'cluster-announce-ip', '127.0.0.1')
    if (node !== first) first.cli('CLUSTER', 'MEET', '127.0.0.1', String(node.port))
  }
  const isWhole = async () => {
    while (!nodes.every(({ cli }) => knowsAll(cli('CLUSTER', 'INFO')))) await sleep(50)
  }
  await isWhole()
  return {
    nodes,
    isWhole,
    nodeOf(key) {
      const slot = Number(first.cli('CLUSTER', 'KEYSLOT', key))
      const index = bounds.findIndex((bound, at) => slot >= bound && slot < (bounds[at + 1] ?? 0))
      return nodes[index] ?? first
    },
    remove: async () => void (await Promise.all(nodes.map(({ remove }) => remove()))),
  }
}

/** Every node, and who has each of the 16384 slots. */
function knowsAll(info: string): boolean {
  return [/cluster_known_nodes:3\b/, /cluster_state:ok/, /cluster_slots_assigned:16384/].every((line) =>
    line.test(info),
  )
}

/** A port that nobody has. A cluster node listens on this one and on the one 10000 above it, so it has to be below 55536. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address !== null && typeof address === 'object' && address.port < 55_536) return address.port
  }
}
