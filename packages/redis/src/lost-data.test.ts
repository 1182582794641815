import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { type RedisHealth, redisStore } from './index.js'
import { singleClients } from './test/clients.js'
import { now, sleep, until } from './test/waiting.js'

type OpenStore = ReturnType<typeof redisStore>

const clients = Object.entries(singleClients).filter(([name]) => /^(node-redis|ioredis) 6$/.test(name))

describe.runIf(hasRedis()).each(clients)('data that are lost, with %s', (_, client) => {
  let server: RedisServer
  let health: RedisHealth[]
  const opened: OpenStore[] = []
  const open = () => {
    const made = redisStore(client(server), { onHealth: (event) => health.push(event) })
    opened.push(made)
    return made
  }
  /** A follower with what it has heard: instants of marks, and each `since` once. */
  const follow = (store: OpenStore) => {
    const told: number[] = []
    const sinces: number[] = []
    store.marks.follow({
      marks: (marks) => told.push(...marks.map(({ at }) => at)),
      current: (_age, since) => {
        if (sinces.at(-1) !== since) sinces.push(since)
      },
    })
    return { told, sinces }
  }
  const mark = (name: string, at: number) => ({ key: name, name, at })

  beforeEach(async () => {
    health = []
    server = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
    await server.remove()
  })

  it('SEC-174 begins the log anew where a server comes back empty', async () => {
    const bare = await startRedis()
    const store = redisStore(client(bare))
    await store.marks.write([mark('a', 1)], 60)
    const heard = follow(store)
    await until(() => heard.sinces.length > 0)
    await bare.kill()
    await bare.start()
    await until(() => heard.sinces.length > 1)
    // What this very process wrote a moment ago it has written again.
    await until(async () => (await store.marks.read(['a'])).at[0] === 1)
    expect((await store.marks.read([])).since).toBe(heard.sinces.at(-1))
    expect(heard.sinces[1]).toBeGreaterThan(heard.sinces[0] ?? 0)
    await store.close()
    await bare.remove()
  })

  it('writes again what it wrote shortly before a server came back without it', async () => {
    const [writer, reader] = [open(), open()]
    const heard = follow(reader)
    await writer.marks.write([mark('early', 1)], 60)
    const restore = server.keepData()
    await writer.marks.write([mark('late', 2), mark('later', 3)], 60)
    await until(() => heard.told.includes(3))
    const { since } = await writer.marks.read([])
    await server.kill()
    restore()
    await server.start()
    const took = await until(async () =>
      (await reader.marks.read(['late', 'later'])).at.every((at) => at !== undefined),
    )
    expect((await reader.marks.read(['early', 'late', 'later'])).at).toEqual([1, 2, 3])
    expect((await reader.marks.read([])).since).toBe(since)
    // Who comes to the new log hears of them as well.
    const newcomer = follow(open())
    await until(() => [1, 2, 3].every((at) => newcomer.told.includes(at)))
    console.log(`written again ${(took * 1000).toFixed(0)} ms after the server was back`)
  })

  it('writes again the same marks after each of several losses, and once each', async () => {
    const writer = open()
    const restore = server.keepData()
    await writer.marks.write([mark('a', 1)], 60)
    const log = 'scalegate:{scalegate:marks}:log'
    for (let round = 0; round < 3; round++) {
      await server.kill()
      if (round === 0) restore()
      await server.start()
      await until(async () => (await writer.marks.read(['a'])).at[0] === 1)
      await until(() => Number(server.cli('XLEN', log)) === round + 2)
    }
    await sleep(0.3)
    // The beginning of the log, and the mark once for each time the server came back.
    expect(Number(server.cli('XLEN', log))).toBe(4)
  })

  it('hears of what a server wrote that took over with a slower clock', async () => {
    const [writer, reader] = [open(), open()]
    const log = 'scalegate:{scalegate:marks}:log'
    const heard = follow(reader)
    await until(() => heard.sinces.length > 0)
    const restore = server.keepData()
    const [top = ''] = server.cli('XREVRANGE', log, '+', '-', 'COUNT', '1').split('\n')
    await sleep(0.5)
    await writer.marks.write([mark('a', 1)], 60)
    await until(() => heard.told.includes(1))
    await writer.close()
    await server.kill()
    restore()
    await server.start()
    // An id between what the replica had and what the follower has read last.
    server.cli('XADD', log, `${Number(top.split('-')[0]) + 100}-0`, 'name', 'b', 'at', '2')
    await until(() => heard.told.includes(2))
  })

  it('begins the log anew where more is lost than is written again', async () => {
    const store = open()
    await store.marks.write([mark('a', 1)], 60)
    const heard = follow(store)
    await until(() => heard.sinces.length > 0)
    const beat = Number(server.cli('HGET', 'scalegate:{scalegate:marks}:state', 'beat'))
    expect(Math.abs(Date.now() / 1000 - beat)).toBeLessThan(2)
    // As a server has it that comes back from a snapshot of two minutes ago.
    server.cli('HSET', 'scalegate:{scalegate:marks}:state', 'beat', String(beat - 120))
    await until(() => heard.sinces.length > 1)
    expect(heard.sinces[1]).toBeGreaterThan(beat)
    expect(health).toContainEqual({ type: 'data_lost', seconds: expect.closeTo(120, 1) })
    await sleep(1.2)
    expect(heard.sinces).toHaveLength(2)
  })

  it('begins the log by the clock of the server, also where a process whose clock is an hour ahead comes first', async () => {
    const [ahead, other] = [open(), open()]
    const hour = 3_600_000
    const clocks = [
      vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(performance.timeOrigin + hour),
      vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now()),
    ]
    const heard = follow(ahead)
    try {
      await until(() => heard.sinces.length > 0)
      await ahead.marks.read([])
      await ahead.marks.write([mark('a', 1)], 60)
    } finally {
      for (const clock of clocks) clock.mockRestore()
    }
    const time = Number(server.cli('TIME').split('\n')[0])
    const beat = Number(server.cli('HGET', 'scalegate:{scalegate:marks}:state', 'beat'))
    const { since } = await other.marks.read([])
    expect(heard.sinces).toEqual([since])
    for (const instant of [since, beat]) expect(Math.abs(instant - time)).toBeLessThan(2)
    expect(since % 1).not.toBe(0)
  })

  it('hears of what a server wrote that lost data without losing its connections', async () => {
    const [state, log] = ['state', 'log'].map((part) => `scalegate:{scalegate:marks}:${part}`) as [string, string]
    const heard = follow(open())
    const writer = open()
    await writer.marks.write([mark('a', 1)], 60)
    await writer.close()
    await until(() => heard.told.includes(1) && heard.sinces.length > 0)
    // Behind a proxy another server takes over: the last mark is gone, and its own has an earlier id.
    const lose = `
      local top = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1][1]
      local before = string.format('%.0f-0', top:match('%d+') - 1000)
      redis.call('XTRIM', KEYS[2], 'MAXLEN', 0)
      redis.call('XSETID', KEYS[2], '0-1')
      redis.call('XADD', KEYS[2], before, 'name', 'b', 'at', '2')
      redis.call('HSET', KEYS[1], 'beat', string.format('%.6f', redis.call('HGET', KEYS[1], 'beat') - 20))`
    server.cli('EVAL', lose, '2', state, log)
    await until(() => heard.told.includes(2), 5)
    expect(heard.sinces).toHaveLength(1)
    expect(health.filter(({ type }) => type === 'lost')).toEqual([])
  })

  it('keeps `since` where nothing is lost, however long the server was away', async () => {
    const store = open()
    const heard = follow(store)
    await until(() => heard.sinces.length > 0)
    await server.kill()
    await sleep(2)
    await server.start()
    await store.marks.read([]).catch(() => undefined)
    await until(() => store.marks.write([mark('a', 5)], 60).then(() => true))
    await until(() => heard.told.includes(5))
    expect(heard.sinces).toHaveLength(1)
    expect(health.some(({ type }) => type === 'data_lost')).toBe(false)
  })

  it('begins anew where the log alone, or what is known about it alone, is gone', async () => {
    const store = open()
    const heard = follow(store)
    for (const [index, gone] of ['log', 'state'].entries()) {
      await until(() => heard.sinces.length > index)
      const before = now()
      server.cli('DEL', `scalegate:{scalegate:marks}:${gone}`)
      await until(() => heard.sinces.length > index + 1)
      expect(now() - before).toBeLessThan(2)
      await store.marks.write([mark(gone, index + 1)], 60)
      await until(() => heard.told.includes(index + 1))
    }
  })

  it('reads another log from its beginning, whatever its ids are', async () => {
    const heard = follow(open())
    await until(() => heard.sinces.length > 0)
    server.cli('FLUSHALL')
    server.cli(
      'EVAL',
      `redis.call('HSET', KEYS[1], 'since', '7.5') redis.call('XADD', KEYS[2], '1-1', 'name', 'b', 'at', '2')`,
      '2',
      'scalegate:{scalegate:marks}:state',
      'scalegate:{scalegate:marks}:log',
    )
    await until(() => heard.told.includes(2))
  })

  it('SEC-168 gives every key an end', async () => {
    const store = open()
    await store.set('a', 'a', 60)
    await store.set('b', 'b', 1e9)
    await store.set('c', 'c', 60, 'absent')
    await store.set('c', 'd', 60, { is: 'c' })
    await store.set('nothing', 'a', 0)
    await store.raise('r', '1', 60)
    await store.raise('r', '0', 60)
    await store.marks.read(['x'])
    await store.marks.write([mark('x', 1), mark('y', 2)], 3_000_000)
    const keys = server.cli('--scan').split('\n')
    const lives = new Map(keys.map((key) => [key, Number(server.cli('TTL', key))]))
    expect(keys.length).toBe(8)
    expect([...lives].filter(([, life]) => life <= 0)).toEqual([])
    for (const part of ['log', 'state'])
      expect(lives.get(`scalegate:{scalegate:marks}:${part}`)).toBeGreaterThan(2 * 3_000_000)
    for (const seconds of [Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(store.set('a', 'a', seconds)).rejects.toThrow(RangeError)
      await expect(store.marks.write([mark('x', 1)], seconds)).rejects.toThrow(RangeError)
    }
  })

  it('prolongs the log while there are followers, and cuts off what has outlived every mark', async () => {
    const store = open()
    const heard = follow(store)
    await until(() => heard.sinces.length > 0)
    const [log, state] = ['log', 'state'].map((part) => `scalegate:{scalegate:marks}:${part}`) as [string, string]
    for (const key of [log, state]) server.cli('EXPIRE', key, '30')
    await until(() => [log, state].every((key) => Number(server.cli('TTL', key)) > 80_000))
    // Cut is what is older than the longest life; the server cuts whole nodes of a hundred entries.
    for (let index = 0; index < 400; index++) await store.marks.write([mark(`m${index}`, 1)], 1)
    await sleep(2.2)
    await store.marks.write([mark('last', 2)], 1)
    const length = Number(server.cli('XLEN', log))
    expect(length).toBeLessThan(200)
    expect(length).toBeGreaterThan(0)
    expect(heard.sinces).toHaveLength(1)
    await store.marks.write([mark('long', 3)], 3600)
    for (let index = 0; index < 400; index++) await store.marks.write([mark(`n${index}`, 1)], 1)
    await sleep(2.2)
    await store.marks.write([mark('last', 4)], 1)
    expect(Number(server.cli('XLEN', log))).toBeGreaterThan(400)
    const newcomer = follow(open())
    await until(() => newcomer.told.includes(3))
  })
})
