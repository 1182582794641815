import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { type RedisHealth, redisStore } from './index.js'
import { singleClients } from './test/clients.js'
import { startTap } from './test/tap.js'
import { now, rejection, sleep, until } from './test/waiting.js'

type OpenStore = ReturnType<typeof redisStore>

const clients = Object.entries(singleClients).filter(([name]) => /^(node-redis|ioredis) 6$/.test(name))

describe.runIf(hasRedis()).each(clients)('outages, with %s', (_, client) => {
  let server: RedisServer
  let store: OpenStore
  let health: RedisHealth[]
  const opened: OpenStore[] = []
  const open = (url = server.url, prefix = 'scalegate:') => {
    const made = redisStore(client({ ...server, url }), { prefix, onHealth: (event) => health.push(event) })
    opened.push(made)
    return made
  }

  beforeEach(async () => {
    health = []
    server = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    store = open()
    await store.set('a', 'a', 60)
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
    await server.remove()
  })

  it('rejects at once where the server is gone, and works soon after it is back', async () => {
    await server.kill()
    const killed = now()
    const refused = await rejection(store.get('a'))
    const first = now() - killed
    expect(refused).toMatchObject({ code: 'redis_unavailable' })
    expect(first).toBeLessThan(0.5)
    for (let index = 0; index < 100; index++) expect(await rejection(store.get('a'))).toBeDefined()
    await sleep(2)
    await server.start()
    const back = await until(() => store.get('a').then((value) => value === 'a'))
    expect(back).toBeLessThan(5)
    expect(health.map(({ type }) => type)).toEqual(['lost', 'back'])
    console.log(`gone: rejected after ${(first * 1000).toFixed(1)} ms; back after ${(back * 1000).toFixed(0)} ms`)
  })

  it('rejects within half a second where the server is frozen, then at once, and works soon after', async () => {
    server.freeze()
    const frozen = now()
    const outcomes = await Promise.all(
      [store.get('a'), store.set('b', 'b', 60), store.raise('c', 'c', 60)].map(rejection),
    )
    const first = now() - frozen
    expect(outcomes.map((error) => error?.code)).toEqual([
      'redis_unavailable',
      'redis_unavailable',
      'redis_unavailable',
    ])
    expect(first).toBeLessThan(1)
    const again = now()
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'redis_unavailable' })
    expect(now() - again).toBeLessThan(0.3)
    await sleep(1.5)
    server.thaw()
    const back = await until(() => store.get('a').then((value) => value === 'a'))
    expect(back).toBeLessThan(5)
    expect(health[0]).toEqual({ type: 'lost', of: 'commands', reason: 'late' })
    console.log(`frozen: rejected after ${(first * 1000).toFixed(0)} ms; back after ${(back * 1000).toFixed(0)} ms`)
  })

  it('SEC-162 gives no answer of before a freeze to a question of after it', async () => {
    for (let round = 0; round < 3; round++) {
      await until(() => store.set('mine', `mine ${round}`, 60).then(() => true))
      await store.set('yours', `yours ${round}`, 60)
      server.freeze()
      const asked = Array.from({ length: 20 }, () => rejection(store.get('yours')))
      await Promise.all(asked)
      server.thaw()
      const seen = new Set<string | undefined>()
      const end = now() + 1
      while (now() < end)
        await store.get('mine').then(
          (value) => seen.add(value),
          () => sleep(0.005),
        )
      expect([...seen]).toEqual([`mine ${round}`])
    }
  })

  it('does not touch the client of the app, nor the feed the commands', async () => {
    const tap = await startTap(server.port)
    const app = createClient({ url: tap.url })
    await app.connect()
    const own = redisStore(app, { onHealth: (event) => health.push(event) })
    await own.set('a', 'a', 60)
    let beats = 0
    own.marks.follow({ marks: () => undefined, current: () => (beats += 1) })
    await until(() => beats > 0)
    expect(tap.opened()).toBe(3)
    own.reset?.()
    await until(() => own.get('a').then((value) => value === 'a'))
    expect(app.isReady).toBe(true)
    expect(await app.get('scalegate:a')).toBe('a')
    expect(
      health.every(({ type, ...rest }) => type === 'eviction_policy' || ('of' in rest && rest.of === 'commands')),
    ).toBe(true)
    await own.close()
    expect(app.isReady).toBe(true)
    app.destroy()
    await tap.close()
  })

  it('SEC-162 drops a connection whose reply does not fit its question', async () => {
    const tap = await startTap(server.port)
    const tapped = open(tap.url)
    await tapped.set('a', 'a', 60)
    tap.inject('$5\r\nhello\r\n')
    expect(await rejection(tapped.set('b', 'b', 60))).toMatchObject({ code: 'redis_reply_invalid' })
    await until(() => tapped.get('a').then((value) => value === 'a'))
    tap.inject('*1\r\n$1\r\nx\r\n')
    expect(await rejection(tapped.marks.read(['k']))).toMatchObject({ code: 'redis_reply_invalid' })
    await until(() => tapped.marks.read(['k']).then(() => true))
    expect(health.filter(({ type }) => type === 'lost')).toHaveLength(2)
    await tap.close()
  })

  it('connects one attempt after the other, at most once a second where none succeeds', async () => {
    const tap = await startTap(server.port)
    const tapped = open(tap.url)
    await tapped.get('a')
    tap.refuse(true)
    const before = tap.opened()
    tap.cut()
    const end = now() + 4
    while (now() < end) await rejection(tapped.get('a')).then(() => sleep(0.001))
    const attempts = tap.opened() - before
    expect(attempts).toBeGreaterThan(4)
    expect(attempts).toBeLessThan(16)
    tap.refuse(false)
    expect(await until(() => tapped.get('a').then(() => true))).toBeLessThan(5)
    await tap.close()
  })

  it('rejects the first question within a second where a connection is taken and nothing said', async () => {
    const tap = await startTap(server.port)
    tap.hang(true)
    const begun = now()
    expect(await rejection(open(tap.url).get('a'))).toMatchObject({ code: 'redis_unavailable' })
    expect(now() - begun).toBeLessThan(2)
    await tap.close()
  })

  it('counts the age of what it has told from the question, however long the answer takes', async () => {
    const tap = await startTap(server.port)
    const told: number[] = []
    const beats: { readonly upTo: number; readonly told: number }[] = []
    open(tap.url).marks.follow({
      marks: (marks) => told.push(...marks.map(({ at }) => at)),
      current: (age) => beats.push({ upTo: now() - age, told: told.length }),
    })
    await until(() => beats.length > 0)
    tap.delay(0.2)
    for (let round = 1; round <= 12; round++) {
      await sleep((round * 0.08) % 0.9)
      await store.marks.write([{ key: `k${round}`, name: 'a', at: round }], 60)
      const written = now()
      await until(() => beats.some(({ upTo }) => upTo >= written))
      const beat = beats.find(({ upTo }) => upTo >= written)
      expect(told.slice(0, beat?.told)).toContain(round)
    }
    await tap.close()
  })

  it('leaves no connection behind when it is closed, and rejects from then on', async () => {
    const count = () => server.cli('CLIENT', 'LIST').split('\n').length
    const before = count()
    const other = open()
    other.marks.follow({ marks: () => undefined, current: () => undefined })
    await other.get('a')
    await until(() => count() >= before + 2)
    await other.close()
    await until(() => count() === before)
    expect(await rejection(other.get('a'))).toMatchObject({ code: 'redis_closed' })
    await other.close()
  })
})
