import type { RedisServer } from '../../../e2e/src/support/redis.js'
import { until } from './waiting.js'

const field = ({ cli }: RedisServer, name: string) => new RegExp(`${name}:(\\S+)`).exec(cli('INFO', 'replication'))?.[1]

export const isMaster = (server: RedisServer): boolean => field(server, 'role') === 'master'

/** Until a replica has everything that its master has. */
export async function isLevel(replica: RedisServer, master: RedisServer): Promise<void> {
  await until(() => field(replica, 'master_link_status') === 'up')
  await until(() => field(replica, 'slave_repl_offset') === field(master, 'master_repl_offset'))
}
