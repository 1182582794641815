import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { createClient, RESP_TYPES } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { type RedisClient, redisStore } from './index.js'
import { now, until } from './test/waiting.js'

describe.runIf(hasRedis())('what an app does with its own client', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.remove())

  const odd: readonly (readonly [string, () => RedisClient])[] = [
    [
      'node-redis that gives buffers, pings and prefixes keys',
      () =>
        createClient({
          url: server.url,
          keyPrefix: 'app:',
          pingInterval: 50,
          commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String } },
          socket: { reconnectStrategy: 10_000 },
        }),
    ],
    [
      'node-redis with a cache of its own',
      () => createClient({ url: server.url, RESP: 3, clientSideCache: { ttl: 0 } }),
    ],
    [
      'ioredis that prefixes keys, pipelines, queues and gives numbers as texts',
      () =>
        new Redis(server.url, {
          lazyConnect: true,
          keyPrefix: 'app:',
          enableAutoPipelining: true,
          maxRetriesPerRequest: null,
          stringNumbers: true,
          commandTimeout: 100,
        }),
    ],
    [
      'ioredis that speaks RESP3 and gives maps',
      () => new Redis(server.url, { lazyConnect: true, protocol: 3, replyMapping: 'resp3' }),
    ],
  ]
  it.each(odd)('does not change the store: %s', async (_, client) => {
    server.cli('FLUSHALL')
    const store = redisStore(client())
    const told: number[] = []
    let beats = 0
    store.marks.follow({ marks: (marks) => told.push(...marks.map(({ at }) => at)), current: () => (beats += 1) })
    await store.set('a', 'a', 60)
    expect(await store.get('a')).toBe('a')
    expect(await store.set('a', 'b', 60, { is: 'a' })).toBe(true)
    await store.set('a', 'a', 60)
    expect(await store.get('a')).toBe('a')
    expect(await store.delete('b')).toBe(false)
    await store.marks.write([{ key: 'k', name: 'k', at: 1.5 }], 60)
    expect((await store.marks.read(['k'])).at).toEqual([1.5])
    await until(() => told.includes(1.5) && beats > 2)
    expect(
      server
        .cli('--scan')
        .split('\n')
        .every((key) => key.startsWith('scalegate:')),
    ).toBe(true)
    await store.close()
  })

  it.each([
    ['node-redis', `import { createClient } from 'redis'\nconst client = createClient({ url: process.env.REDIS_URL })`],
    [
      'ioredis',
      `import { Redis } from 'ioredis'\nconst client = new Redis(process.env.REDIS_URL, { lazyConnect: true })`,
    ],
  ])('an idle process ends although a store with %s is open', async (_, lines) => {
    const program = `${lines}
      import { redisStore } from '@scalegate/redis'
      const store = redisStore(client)
      await store.set('idle', 'a', 60)
      await new Promise((resolve) => {
        store.marks.follow({ marks: () => undefined, current: resolve })
        setTimeout(resolve, 1500)
      })
      console.log(await store.get('idle'))`
    const begun = now()
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, REDIS_URL: server.url },
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
    const [code] = await once(child, 'exit')
    expect([output.trim(), code]).toEqual(['a', 0])
    // The timer of the program itself is all that holds it.
    expect(now() - begun).toBeLessThan(5)
  })
})
