import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { redisStore } from './index.js'

describe.runIf(hasRedis())('a store in Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.remove())
  const clients = {
    'node-redis': () => createClient({ url: server.url }),
    ioredis: () => new Redis(server.url, { lazyConnect: true }),
  }
  it.each(Object.entries(clients))('%s', async (_, make) => {
    const health: unknown[] = []
    const store = redisStore(make(), {
      onHealth: (event) => health.push(event),
      prefix: `t${Math.random().toString(36).slice(2)}:`,
    })
    expect(await store.get('a')).toBe(undefined)
    expect(await store.set('a', '1', 10)).toBe(true)
    expect(await store.set('a', '2', 10, 'absent')).toBe(false)
    expect(await store.set('a', '2', 10, { is: '1' })).toBe(true)
    expect(await store.get('a')).toBe('2')
    expect(await store.raise('a', '1', 10)).toBe('2')
    expect(await store.get('a')).toBe('2')
    expect(await store.delete('a', { is: '1' })).toBe(false)
    expect(await store.delete('a')).toBe(true)
    const heard: unknown[] = []
    const beats: unknown[] = []
    const stop = store.marks.follow({
      marks: (m) => heard.push(...m),
      current: (age, since) => beats.push([age, since]),
    })
    await store.marks.write([{ key: 'k', name: 'näme', at: 5.25 }], 60)
    expect(await store.marks.read(['k', 'l'])).toEqual({ since: expect.any(Number), at: [5.25, undefined] })
    await new Promise((r) => setTimeout(r, 1200))
    expect(heard).toEqual([{ name: 'näme', at: 5.25 }])
    expect(beats.length).toBeGreaterThan(0)
    expect(health).toEqual([])
    stop()
    await store.close()
  })
})
