import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createClient } from 'redis'
import { createClient as createClient5 } from 'redis5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { type RedisClient, type RedisHealth, redisStore } from './index.js'
import { type Certificate, hasOpenssl, makeCertificate } from './test/certificates.js'
import { clusterClients, singleClients } from './test/clients.js'
import { rejection, until } from './test/waiting.js'

/** What somebody meets who has configured another server than there is. */
async function firstError(client: RedisClient, health: RedisHealth[] = []) {
  const store = redisStore(client, { onHealth: (event) => health.push(event) })
  const error = await rejection(store.get('a'))
  await store.close()
  return error
}

describe.runIf(hasRedis())('a server that is no cluster', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.remove())

  const clients = Object.entries(clusterClients)
  it.each(clients)('is said to be none, with a cluster of %s', async (_, client) => {
    const health: RedisHealth[] = []
    const error = await firstError(client([server]), health)
    expect(error).toMatchObject({ code: 'redis_refused' })
    expect(error?.message).toMatch(/It is no cluster: .*createClient/)
    const advice = expect.stringContaining('createClient')
    expect(health).toContainEqual({ type: 'refused', command: 'connect', refusal: 'CLUSTER_DISABLED', advice })
  })

  it.each(clients)('that wants a password says so, with a cluster of %s', async (_, client) => {
    const locked = await startRedis()
    locked.cli('CONFIG', 'SET', 'requirepass', 'canary-7f3a')
    const error = await firstError(client([locked]))
    await locked.remove()
    expect(error?.message).toContain('connect got NOAUTH. Give the client a user and a password.')
  })

  it.each(Object.entries(singleClients))(
    'that is not there is named as the socket names it, with %s',
    async (_, client) => {
      const error = await firstError(client({ url: 'redis://127.0.0.1:1', port: 1 }))
      expect(error?.message).toBe(
        'redis_unavailable: Redis cannot be asked now. There is no connection (ECONNREFUSED); it is tried again by itself.',
      )
    },
  )
})

describe.runIf(hasRedis() && hasOpenssl())('TLS on one side only', () => {
  const hint = /There is no connection.* client and server both use TLS \(`rediss:`\) or neither/
  let certificate: Certificate
  let server: RedisServer
  let secured: number
  beforeAll(async () => {
    certificate = makeCertificate()
    secured = await freePort()
    const { certificate: cert, key } = certificate.files
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
    server = await startRedis('--tls-port', String(secured), ...files, '--tls-auth-clients', 'no')
  })
  afterAll(async () => {
    await server?.remove()
    certificate?.remove()
  })

  const clients: readonly (readonly [string, (url: string) => RedisClient])[] = [
    ['node-redis 6', (url) => createClient({ url })],
    ['node-redis 5', (url) => createClient5({ url })],
    ['ioredis 6', (url) => new Redis(url, { lazyConnect: true })],
    ['ioredis 5', (url) => new Redis5(url, { lazyConnect: true })],
  ]
  it.each(clients)('is what to look for where a client of %s speaks it alone', async (_, client) => {
    expect((await firstError(client(`rediss://127.0.0.1:${server.port}`)))?.message).toMatch(hint)
  })

  it.each(clients)('is what to look for where a client of %s does not', async (_, client) => {
    expect((await firstError(client(`redis://127.0.0.1:${secured}`)))?.message).toMatch(hint)
  })

  it.each(clients)('is not what is wrong with a certificate that a client of %s does not know', async (_, client) => {
    const error = await firstError(client(`rediss://127.0.0.1:${secured}`))
    expect(error?.message).toContain('There is no connection (DEPTH_ZERO_SELF_SIGNED_CERT); it is tried again')
    expect(error?.message).not.toMatch(hint)
  })

  it('is not what is wrong where there was a connection before', async () => {
    const passing = await startRedis()
    const store = redisStore(createClient({ url: passing.url }))
    await store.set('a', 'a', 60)
    passing.freeze()
    await rejection(store.get('a'))
    const message = await rejection(store.get('a')).then((error) => error?.message)
    expect(message).toContain('There is no connection')
    expect(message).not.toMatch(hint)
    passing.thaw()
    await until(() => store.get('a').then((value) => value === 'a'))
    await store.close()
    await passing.remove()
  })
})
