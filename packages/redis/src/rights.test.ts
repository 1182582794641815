import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { type RedisClient, type RedisHealth, RedisStoreError, type RedisStoreOptions, redisStore } from './index.js'
import { singleClients } from './test/clients.js'
import { rejection, sleep, until } from './test/waiting.js'

const clients = Object.entries(singleClients)
/** What must be in no error: a key, a value, a password. */
const canary = 'canary-7f3a'

describe.runIf(hasRedis()).each(clients)('rights and limits, with %s', (_, client) => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.remove())
  const open = (template: RedisClient, health: RedisHealth[] = []) =>
    redisStore(template, { onHealth: (event) => health.push(event) })
  const as = (user: string, on = server) => client({ ...on, url: `redis://${user}:${canary}@127.0.0.1:${on.port}` })

  it('SEC-173 needs no more than the rights that its README lists', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const line = /ACL SETUSER scalegate (.+)/.exec(readme)?.[1] ?? ''
    server.cli('ACL', 'SETUSER', 'scalegate', ...line.replace('>password', `>${canary}`).split(' '))
    const health: RedisHealth[] = []
    const store = open(as('scalegate'), health)
    await store.set('a', 'a', 60)
    await store.set('a', 'b', 60, { is: 'a' })
    await store.set('c', 'c', 60, 'absent')
    await store.raise('r', '1', 60)
    expect(await store.get('a')).toBe('b')
    await store.delete('a', { is: 'b' })
    await store.delete('r')
    let beats = 0
    const told: number[] = []
    store.marks.follow({ marks: (marks) => told.push(...marks.map(({ at }) => at)), current: () => (beats += 1) })
    await store.marks.write([{ key: 'k', name: 'k', at: 1 }], 60)
    expect((await store.marks.read(['k'])).at).toEqual([1])
    await until(() => told.includes(1) && beats > 1)
    expect(health).toEqual([])
    expect(server.cli('ACL', 'LOG')).toBe('')
    await store.close()
  })

  it('SEC-173 says which command is refused, and goes on with the others', async () => {
    server.cli('ACL', 'SETUSER', 'poor', 'on', `>${canary}`, '~*', '+@all', '-eval', '-info', '-config')
    const health: RedisHealth[] = []
    const store = open(as('poor'), health)
    expect(await store.set('a', 'a', 60)).toBe(true)
    const error = await rejection(store.set('a', canary, 60, { is: 'a' }))
    expect(error).toBeInstanceOf(RedisStoreError)
    expect(error).toMatchObject({ code: 'redis_refused' })
    expect(error?.message).toMatch(/EVAL got NOPERM.*ACL SETUSER/)
    await rejection(store.raise('a', canary, 60))
    expect(await store.get('a')).toBe('a')
    expect(health).toEqual([
      { type: 'refused', command: 'EVAL', refusal: 'NOPERM', advice: expect.stringContaining('ACL SETUSER') },
    ])
    expect(`${error?.stack}${JSON.stringify(error)}${error?.cause}`).not.toContain(canary)
    await store.close()
  })

  it('rejects with a wrong password, and says it nowhere', async () => {
    const health: RedisHealth[] = []
    const store = open(client({ ...server, url: `redis://nobody:${canary}@127.0.0.1:${server.port}` }), health)
    const error = await rejection(store.get(canary))
    expect(error?.message).toMatch(/^redis_refused: .* connect got WRONGPASS/)
    expect(health).toContainEqual({
      type: 'refused',
      command: 'connect',
      refusal: 'WRONGPASS',
      advice: expect.stringContaining('password'),
    })
    expect(`${error?.stack}${JSON.stringify(health)}`).not.toContain(canary)
    await store.close()
  })

  it('SEC-175 warns of a server that may evict what counts', async () => {
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    const health: RedisHealth[] = []
    const store = open(client(server), health)
    await store.get('a')
    await until(() => health.length > 0)
    expect(health).toEqual([{ type: 'eviction_policy', policy: 'allkeys-lru' }])
    server.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await store.close()
  })

  it('reads on where the memory is full, and refuses to write', async () => {
    const store = open(client(server))
    await store.set('full', 'a', 60)
    await store.marks.write([{ key: 'full', name: 'full', at: 1 }], 60)
    server.cli('CONFIG', 'SET', 'maxmemory', '1')
    const attempts = [
      () => store.set('full', 'b', 60),
      () => store.set('full', 'b', 60, { is: 'a' }),
      () => store.raise('full', 'z', 60),
      () => store.marks.write([{ key: 'full', name: 'full', at: 2 }], 60),
    ]
    for (const attempt of attempts) {
      const error = await rejection(attempt())
      expect(error).toMatchObject({ code: 'redis_refused' })
      expect(error?.message).toContain('OOM')
    }
    expect(await store.get('full')).toBe('a')
    expect((await store.marks.read(['full'])).at).toEqual([1])
    server.cli('CONFIG', 'SET', 'maxmemory', '0')
    expect(await store.set('full', 'b', 60)).toBe(true)
    await store.close()
  })

  it('reads on where the server has become a replica, and writes when it is a master again', async () => {
    const store = open(client(server))
    await store.set('replica', 'a', 60)
    const master = await startRedis('--repl-diskless-sync-delay', '0')
    server.cli('REPLICAOF', '127.0.0.1', String(master.port))
    await until(() => /master_link_status:up/.test(server.cli('INFO', 'replication')))
    server.cli('REPLICAOF', '127.0.0.1', '1')
    const connections = () => Number(/total_connections_received:(\d+)/.exec(server.cli('INFO', 'stats'))?.[1])
    const before = connections()
    const questions = 1
    for (let index = 0; index < 20; index++) {
      expect(await rejection(store.set('replica', 'b', 60))).toMatchObject({ code: 'redis_unavailable' })
      expect(await store.get('replica')).toBe(undefined)
      await sleep(0.1)
    }
    // It looks for the new master under the same name, and does not hammer on what it finds.
    const opened = connections() - before - questions
    expect(opened).toBeGreaterThan(0)
    expect(opened).toBeLessThan(5)
    server.cli('REPLICAOF', 'NO', 'ONE')
    await until(() => store.set('replica', 'c', 60))
    await store.close()
    await master.remove()
  })

  it('takes no other client, no odd prefix and no option it does not know', () => {
    for (const wrong of [
      undefined,
      null,
      {},
      'redis://127.0.0.1',
      { duplicate: () => ({}), connect: async () => ({}) },
    ])
      expect(() => redisStore(wrong as never)).toThrow(/node-redis.*ioredis/)
    const refused = (options: unknown, message: RegExp) => {
      expect(() => redisStore(client(server), options as RedisStoreOptions)).toThrow(TypeError)
      expect(() => redisStore(client(server), options as RedisStoreOptions)).toThrow(message)
    }
    for (const prefix of ['', 'a b:', '{a}:', 'ä:', 'a'.repeat(61), 7, null, ['a:'], { a: 1 }])
      refused({ prefix }, /`prefix` must be a text/)
    for (const deadline of [0, -1, 0.5, 1, Number.NaN, '0.3', null, [0.3], true])
      refused({ deadline }, /`deadline` must be a number/)
    for (const onHealth of ['x', null, {}, true]) refused({ onHealth }, /`onHealth` must be a function/)
    for (const options of [null, 'prefix', 7]) refused(options, /takes its options as an object/)
    refused({ prefixes: 'a:' }, /prefixes/)
    const nothing: unknown = { prefix: undefined, deadline: undefined, onHealth: undefined }
    expect(() => redisStore(client(server), nothing as RedisStoreOptions)).not.toThrow()
  })

  it('SEC-161 takes no key that could be more than a key', async () => {
    const store = open(client(server))
    for (const key of ['', 'a b', 'a\r\nFLUSHALL', '{a}', '*', 'ä', 'a'.repeat(201)]) {
      await expect(store.get(key)).rejects.toThrow(TypeError)
      await expect(store.set(key, 'a', 60)).rejects.toThrow(TypeError)
      await expect(store.delete(key)).rejects.toThrow(TypeError)
      await expect(store.raise(key, 'a', 60)).rejects.toThrow(TypeError)
      await expect(store.marks.read([key])).rejects.toThrow(TypeError)
      await expect(store.marks.write([{ key, name: 'a', at: 1 }], 60)).rejects.toThrow(TypeError)
    }
    await store.close()
  })
})
