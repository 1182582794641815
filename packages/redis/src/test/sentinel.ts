import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RedisServer, startRedis } from '../../../e2e/src/support/redis.js'
import { isLevel } from '../../../e2e/src/support/replication.js'
import { sleep } from './waiting.js'

const program = 'redis-server'

/** A master, its replica, and one sentinel that makes the replica a master when the master is gone. */
export interface Sentinel {
  readonly port: number
  /** What the pair is called there. */
  readonly name: string
  readonly master: RedisServer
  readonly replica: RedisServer
  readonly remove: () => Promise<void>
}

/** @param down milliseconds for which a master has to be silent. */
export async function startSentinel(down = 300): Promise<Sentinel> {
  const [master, replica] = await Promise.all([startRedis('--repl-diskless-sync-delay', '0'), startRedis()])
  replica.cli('REPLICAOF', '127.0.0.1', String(master.port))
  await isLevel(replica, master)
  const [name, port, directory] = ['pair', await freePort(), mkdtempSync(join(tmpdir(), 'sentinel-'))]
  const settings = join(directory, 'sentinel.conf')
  // It writes into its file what it finds out.
  writeFileSync(
    settings,
    `port ${port}
bind 127.0.0.1
dir ${directory}
sentinel monitor ${name} 127.0.0.1 ${master.port} 1
sentinel down-after-milliseconds ${name} ${down}
sentinel failover-timeout ${name} 3000
`,
  )
  const child = spawn(program, [settings, '--sentinel'], { stdio: 'pipe' })
  await knowsReplica(child, replica)
  return {
    port,
    name,
    master,
    replica,
    async remove() {
      child.kill('SIGKILL')
      await Promise.all([master.remove(), replica.remove()])
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function knowsReplica(child: ChildProcess, { port }: RedisServer): Promise<void> {
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
  })
  while (!new RegExp(`\\+slave slave \\S+:${port}`).test(output)) {
    if (child.exitCode !== null) throw new Error(`The sentinel ended: ${output}`)
    await sleep(0.02)
  }
}
