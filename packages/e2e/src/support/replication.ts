import { vi } from 'vitest'
import type { RedisServer } from './redis.js'

const field = ({ cli }: RedisServer, name: string) => new RegExp(`${name}:(\\S+)`).exec(cli('INFO', 'replication'))?.[1]

export const isMaster = (server: RedisServer): boolean => field(server, 'role') === 'master'

/** Until a replica has everything that its master has. */
export async function isLevel(replica: RedisServer, master: RedisServer): Promise<void> {
  await vi.waitFor(() => {
    if (field(replica, 'master_link_status') !== 'up') throw new Error('The replica has not found its master.')
    const behind = field(replica, 'slave_repl_offset') !== field(master, 'master_repl_offset')
    if (behind) throw new Error('The replica is behind.')
  }, 10_000)
}
