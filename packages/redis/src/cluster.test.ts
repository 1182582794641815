import { storeContract } from '@scalegate/testing/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, type RedisCluster, startRedisCluster } from '../../e2e/src/support/redis.js'
import { redisStore } from './index.js'
import { clusterClients } from './test/clients.js'

describe.runIf(hasRedis())('a cluster of three masters', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    const begun = performance.now()
    cluster = await startRedisCluster('--appendonly', 'yes', '--appendfsync', 'always')
    console.log(`cluster up after ${((performance.now() - begun) / 1000).toFixed(1)} s`)
  })
  afterAll(() => cluster.remove())
  const all = (action: (node: RedisCluster['nodes'][number]) => unknown) => async () =>
    void (await Promise.all(cluster.nodes.map(action)))

  const restart = async () => {
    await all((node) => node.start())()
    await cluster.isWhole()
  }

  describe.each(Object.entries(clusterClients))('with %s', (_, client) => {
    const checks = storeContract({
      open: async () => redisStore(client(cluster.nodes)),
      outage: { begin: all((node) => node.kill()), end: restart },
      empty: all((node) => node.cli('FLUSHALL')),
    })
    for (const { name, run } of checks) it(name, run)

    it('SEC-173 spreads entries over its nodes, and keeps what belongs to marks on one', async () => {
      const store = redisStore(client(cluster.nodes), { prefix: 'spread:' })
      await Promise.all(Array.from({ length: 60 }, (_, index) => store.set(`k${index}`, 'v', 60)))
      const counts = cluster.nodes.map(({ cli }) => cli('--scan', '--pattern', 'spread:k*').split('\n').length)
      expect(Math.min(...counts)).toBeGreaterThan(5)
      await store.marks.write(
        [
          { key: 'a', name: 'a', at: 1 },
          { key: 'b', name: 'b', at: 2 },
        ],
        60,
      )
      const marks = cluster.nodes.map(({ cli }) => cli('--scan', '--pattern', 'spread:{*').split('\n').filter(Boolean))
      expect(marks.map((keys) => keys.length).sort()).toEqual([0, 0, 4])
      await store.close()
    })

    it('goes on with the other nodes while one is frozen, and with all when it is back', async () => {
      const store = redisStore(client(cluster.nodes))
      const keys = Array.from({ length: 12 }, (_, index) => `frozen-${index}`)
      for (const key of keys) await store.set(key, key, 60)
      const sick = cluster.nodeOf('scalegate:frozen-0')
      const isFine = (key: string) => cluster.nodeOf(`scalegate:${key}`) !== sick
      const fine = keys.filter(isFine)
      sick.freeze()
      try {
        let answered = 0
        let asked = 0
        for (let round = 0; round < 3; round++) {
          await expect(store.get('frozen-0')).rejects.toMatchObject({ code: 'redis_unavailable' })
          for (const key of fine) {
            asked += 1
            answered += await store.get(key).then(
              (value) => Number(value === key),
              () => 0,
            )
          }
        }
        console.log(`answered ${answered} of ${asked}`)
        expect(answered / asked).toBeGreaterThan(0.9)
      } finally {
        sick.thaw()
      }
      const begun = performance.now()
      for (const key of keys) {
        while ((await store.get(key).catch(() => undefined)) !== key) {
          expect(performance.now() - begun).toBeLessThan(5000)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
      await store.close()
    })
  })
})
