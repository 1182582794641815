import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hasRedis,
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from '../../e2e/src/support/redis.js'
import { isLevel, isMaster } from '../../e2e/src/support/replication.js'
import { type RedisHealth, redisStore } from './index.js'
import { clusterClients } from './test/clients.js'
import { now, until } from './test/waiting.js'

const clients = Object.entries(clusterClients)

describe.runIf(hasRedis())('a cluster whose master of the marks dies', () => {
  let cluster: RedisCluster
  let master: RedisServer
  let replica: RedisServer
  beforeAll(async () => {
    cluster = await startRedisCluster('--repl-diskless-sync-delay', '0')
    master = cluster.nodeOf('scalegate:{scalegate:marks}:log')
    replica = await startRedis('--cluster-enabled', 'yes', '--cluster-node-timeout', '2000')
    replica.cli('CONFIG', 'SET', 'cluster-announce-ip', '127.0.0.1')
    replica.cli('CLUSTER', 'MEET', '127.0.0.1', String(master.port))
    const id = master.cli('CLUSTER', 'MYID')
    await until(() => replica.cli('CLUSTER', 'NODES').includes(id))
    replica.cli('CLUSTER', 'REPLICATE', id)
    await isLevel(replica, master)
    // Every node has to know it, because clients ask any of them.
    await until(() => cluster.nodes.every(({ cli }) => /cluster_known_nodes:4\b/.test(cli('CLUSTER', 'INFO'))))
  })
  afterAll(async () => {
    await replica?.remove()
    await cluster?.remove()
  })

  it('I2 I8 goes on with its replica, for every client within 5 s, and no mark is missing', async () => {
    const health: RedisHealth[] = []
    const told = clients.map((): number[] => [])
    const stores = clients.map(([, client]) =>
      redisStore(client(cluster.nodes), { onHealth: (event) => health.push(event) }),
    )
    for (const [index, store] of stores.entries()) {
      const heard = told[index]!
      store.marks.follow({ marks: (marks) => heard.push(...marks.map(({ at }) => at)), current: () => undefined })
      await store.marks.write([{ key: `before${index}`, name: 'before', at: index + 1 }], 60)
    }
    const heardBy = (at: number) => told.every((heard) => heard.includes(at))
    await until(() => stores.every((_, index) => heardBy(index + 1)))
    await isLevel(replica, master)

    await master.kill()
    const gone = now()
    await until(() => isMaster(replica))
    const replaced = now()
    const back = await Promise.all(
      stores.map(async (store, index) => {
        await until(() => store.marks.write([{ key: 'after', name: 'after', at: index + 10 }], 60).then(() => true), 5)
        return now() - replaced
      }),
    )
    for (const [index, store] of stores.entries())
      expect((await store.marks.read([`before${index}`, 'after'])).at).toEqual([index + 1, clients.length + 9])
    await until(() => stores.every((_, index) => heardBy(index + 10)), 5)
    console.log(
      `a cluster: replaced after ${(replaced - gone).toFixed(1)} s; then ${clients
        .map(([name], index) => `${name} ${back[index]!.toFixed(1)} s`)
        .join(', ')}; all heard ${(now() - replaced).toFixed(1)} s`,
    )
    expect(Math.max(...back)).toBeLessThan(5)
    expect(health.map(({ type }) => type)).not.toContain('data_lost')
    await Promise.all(stores.map((store) => store.close()))
  })
})
