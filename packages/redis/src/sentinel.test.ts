import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createSentinel } from 'redis'
import { createSentinel as createSentinel5 } from 'redis5'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasRedis } from '../../e2e/src/support/redis.js'
import { isLevel, isMaster } from '../../e2e/src/support/replication.js'
import { type RedisHealth, redisStore } from './index.js'
import { type Sentinel, startSentinel } from './test/sentinel.js'
import { now, rejection, until } from './test/waiting.js'

describe.runIf(hasRedis())('a master that a sentinel replaces', () => {
  let sentinel: Sentinel
  beforeEach(async () => {
    sentinel = await startSentinel()
  })
  afterEach(() => sentinel.remove())

  it('I2 I8 is followed by the clients of ioredis, with everything that the replica had', async () => {
    const { port, name, master, replica } = sentinel
    const health: RedisHealth[] = []
    const asked = { sentinels: [{ host: '127.0.0.1', port }], name, lazyConnect: true }
    const stores = [new Redis(asked), new Redis5(asked)].map((client) =>
      redisStore(client, { onHealth: (event) => health.push(event) }),
    )
    const told: number[] = []
    for (const [index, store] of stores.entries()) {
      store.marks.follow({ marks: (marks) => told.push(...marks.map(({ at }) => at)), current: () => undefined })
      await store.set(`a${index}`, 'a', 60)
      await store.marks.write([{ key: `before${index}`, name: 'before', at: index + 1 }], 60)
    }
    await until(() => told.length >= 4)
    await isLevel(replica, master)
    await master.kill()
    const gone = now()
    for (const store of stores) {
      expect(await rejection(store.get('a0'))).toMatchObject({ code: 'redis_unavailable' })
      expect(now() - gone).toBeLessThan(1)
    }
    await until(() => isMaster(replica))
    const replaced = now()
    for (const [index, store] of stores.entries()) {
      await until(() => store.set(`b${index}`, 'b', 60), 5)
      expect(now() - replaced).toBeLessThan(5)
      expect(await store.get(`a${index}`)).toBe('a')
      expect((await store.marks.read([`before${index}`])).at).toEqual([index + 1])
      await store.marks.write([{ key: 'after', name: 'after', at: index + 10 }], 60)
    }
    await until(() => [10, 11].every((at) => told.filter((each) => each === at).length >= 2), 5)
    console.log(
      `a sentinel: replaced after ${(replaced - gone).toFixed(1)} s, heard ${(now() - replaced).toFixed(1)} s later`,
    )
    expect(health.map(({ type }) => type)).not.toContain('data_lost')
    await Promise.all(stores.map((store) => store.close()))
  })
})

it('a client of node-redis for sentinels is refused, and the error says what to take', () => {
  const options = { name: 'pair', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }
  for (const client of [createSentinel(options), createSentinel5(options)])
    expect(() => redisStore(client as never)).toThrow(/For Sentinel take ioredis/)
})
