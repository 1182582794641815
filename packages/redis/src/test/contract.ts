import { storeContract } from '@scalegate/testing/store'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../../e2e/src/support/redis.js'
import { redisStore } from '../index.js'
import { singleClients } from './clients.js'

/** The whole contract with each client of a library, on a server that keeps what it acknowledged. */
export function contractWith(library: RegExp): void {
  const clients = Object.entries(singleClients).filter(([name]) => library.test(name))
  describe.runIf(hasRedis()).each(clients)('a store in Redis with %s', (_, client) => {
    let server: RedisServer
    beforeAll(async () => {
      server = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    })
    afterAll(() => server.remove())

    const checks = storeContract({
      open: async () => redisStore(client(server)),
      outage: { begin: () => server.kill(), end: () => server.start() },
      empty: async () => void server.cli('FLUSHALL'),
    })
    for (const { name, run } of checks) it(name, run)
  })
}
