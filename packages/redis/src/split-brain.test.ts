import { createScalegate } from '@scalegate/core'
import { createTestIssuer } from '@scalegate/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { isLevel } from '../../e2e/src/support/replication.js'
import { type RedisHealth, redisStore } from './index.js'
import { singleClients } from './test/clients.js'
import { startTap } from './test/tap.js'
import { now, rejection, sleep, until } from './test/waiting.js'

const clients = Object.entries(singleClients).filter(([name]) => /^(node-redis|ioredis) 6$/.test(name))
const issuer = 'https://acme.scalekit.test'
const baseUrl = 'https://app.example'

describe.runIf(hasRedis()).each(clients)('a master whose replicas are gone, with %s', (_, client) => {
  let master: RedisServer
  let replica: RedisServer
  let health: RedisHealth[]
  let store: ReturnType<typeof redisStore>
  const mark = (at: number) => store.marks.write([{ key: 'k', name: 'k', at }], 60)

  beforeEach(async () => {
    health = []
    master = await startRedis('--repl-diskless-sync-delay', '0')
    replica = await startRedis('--replicaof', '127.0.0.1', String(master.port))
    await isLevel(replica, master)
    master.cli('CONFIG', 'SET', 'min-replicas-to-write', '1', 'min-replicas-max-lag', '2')
    // A replica counts from its first word on.
    await until(() => master.cli('SET', 'ready', '1') === 'OK')
    store = redisStore(client(master), { onHealth: (event) => health.push(event) })
  })
  afterEach(async () => {
    await store.close()
    await Promise.all([master, replica].map(({ remove }) => remove()))
  })

  it('takes no writes, says why and what to do, and goes on when they are back', async () => {
    await store.set('before', 'a', 60)
    await mark(1)
    await replica.stop()
    const attempts = [
      () => store.set('a', 'a', 60),
      () => store.set('a', 'a', 60, 'absent'),
      () => store.set('before', 'b', 60, { is: 'a' }),
      () => store.raise('a', 'a', 60),
      () => store.delete('before'),
      () => mark(2),
    ]
    for (const attempt of attempts) {
      const error = await rejection(attempt())
      expect(error).toMatchObject({ code: 'redis_unavailable' })
      expect(error?.message).toMatch(/got NOREPLICAS.*min-replicas-to-write/)
    }
    expect(await store.get('before')).toBe('a')
    const refused = health.filter(({ type }) => type === 'refused')
    const advice = expect.stringContaining('bring them back')
    expect(refused).toHaveLength(3)
    for (const command of ['SET', 'EVAL', 'DEL'])
      expect(refused).toContainEqual({ type: 'refused', command, refusal: 'NOREPLICAS', advice })
    await replica.start()
    await until(() => mark(3).then(() => true))
    expect((await store.marks.read(['k'])).at).toEqual([3])
  })

  it('is not believed for longer than the lag and a few seconds, by the feed or when it is asked', async () => {
    let lastAt = 0
    let beats = 0
    store.marks.follow({
      marks: () => undefined,
      current: (age) => {
        beats += 1
        lastAt = now() - age
      },
    })
    await mark(1)
    await until(() => beats > 1)
    // As where the network is split: nothing is closed, and nothing comes any more.
    replica.freeze()
    const split = now()
    try {
      // The lag of two seconds, and five until it has to write again.
      await until(async () => {
        await sleep(0.2)
        const error = await rejection(store.marks.read(['k']))
        return error?.message.includes('NOREPLICAS') === true
      }, 10)
      await until(() => now() - lastAt > 2, 10)
      console.log(`the feed was current for ${(lastAt - split).toFixed(1)} s after the split`)
      expect(lastAt - split).toBeLessThan(9)
      for (let round = 0; round < 10; round++) {
        expect(await rejection(store.marks.read(['k']))).toMatchObject({ code: 'redis_unavailable' })
        await sleep(0.1)
      }
      // It looks for the new master under the same name, once a second, and says what is wrong once.
      expect(health.filter(({ type }) => type === 'refused').length).toBeLessThanOrEqual(2)
    } finally {
      replica.thaw()
    }
    await until(() => store.marks.read(['k']).then(({ at }) => at[0] === 1))
    const before = beats
    await until(() => beats > before)
  })

  it('I2 is left for the new master that its name leads to, though its connections hold', async () => {
    const tap = await startTap(master.port)
    const moved = redisStore(client({ ...master, url: tap.url }))
    const told: number[] = []
    const stop = moved.marks.follow({
      marks: (marks) => told.push(...marks.map(({ at }) => at)),
      current: () => undefined,
    })
    await moved.marks.write([{ key: 'k', name: 'k', at: 1 }], 60)
    await until(() => told.includes(1))
    await isLevel(replica, master)
    replica.cli('REPLICAOF', 'NO', 'ONE')
    tap.lead(replica.port)
    const elsewhere = redisStore(client(replica))
    await elsewhere.marks.write([{ key: 'k', name: 'k', at: 2 }], 60)
    const written = now()
    await until(() => told.includes(2))
    console.log(`heard ${(now() - written).toFixed(1)} s after it was written at the new master`)
    await until(() => moved.marks.write([{ key: 'k', name: 'k', at: 3 }], 60).then(() => true))
    expect((await elsewhere.marks.read(['k'])).at).toEqual([3])
    stop()
    await Promise.all([moved, elsewhere].map((each) => each.close()))
    await tap.close()
  })

  it('I2 acknowledges no back-channel logout, and takes the same token when they are back', async () => {
    // One app each: what a process knows of an app is shared in it, the store too.
    const clientId = `skc_${crypto.randomUUID()}`
    const scalekit = createTestIssuer({ issuer, clientId })
    const auth = createScalegate({
      issuer,
      clientId,
      clientSecret: 'test_secret_that_nobody_knows_0123456789',
      cookieSecret: 'a cookie secret of the test, 0123456789abcdef',
      baseUrl,
      fetch: scalekit.fetch,
      store,
    })
    const token = await scalekit.logoutToken({ sid: 'ses_1' })
    const deliver = () => {
      const body = new URLSearchParams({ logout_token: token })
      return auth.handle(new Request(`${baseUrl}/auth/backchannel-logout`, { method: 'POST', body }))
    }
    await replica.stop()
    const refused = await deliver()
    expect(refused?.status).toBe(400)
    expect(await refused?.text()).toContain('revocation_unavailable')
    await replica.start()
    await until(async () => (await deliver())?.status === 200)
  })
})
