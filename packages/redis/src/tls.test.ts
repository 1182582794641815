import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createClient } from 'redis'
import { createClient as createClient5 } from 'redis5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { type RedisClient, redisStore } from './index.js'
import { type Certificate, hasOpenssl, makeCertificate } from './test/certificates.js'
import { rejection, until } from './test/waiting.js'

describe.runIf(hasRedis() && hasOpenssl())('a server that speaks TLS', () => {
  let certificate: Certificate
  let server: RedisServer
  let url: string
  beforeAll(async () => {
    certificate = makeCertificate()
    const port = await freePort()
    const { certificate: cert, key } = certificate.files
    const tls = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
    server = await startRedis(...tls, '--tls-auth-clients', 'no')
    url = `rediss://localhost:${port}`
  })
  afterAll(async () => {
    await server?.remove()
    certificate?.remove()
  })

  const clients: readonly (readonly [string, (ca: string | undefined) => RedisClient])[] = [
    ['node-redis 6', (ca) => createClient({ url, socket: ca === undefined ? {} : { tls: true, ca } })],
    ['node-redis 5', (ca) => createClient5({ url, socket: ca === undefined ? {} : { tls: true, ca } })],
    ['ioredis 6', (ca) => new Redis(url, { lazyConnect: true, ...(ca && { tls: { ca } }) })],
    ['ioredis 5', (ca) => new Redis5(url, { lazyConnect: true, ...(ca && { tls: { ca } }) })],
  ]
  it.each(clients)('takes what a client of %s trusts, in all connections of the store', async (_, client) => {
    const store = redisStore(client(certificate.ca))
    const told: number[] = []
    store.marks.follow({ marks: (marks) => told.push(...marks.map(({ at }) => at)), current: () => undefined })
    expect(await store.set('a', 'a', 60)).toBe(true)
    expect(await store.get('a')).toBe('a')
    const at = Math.random()
    await store.marks.write([{ key: 'k', name: 'k', at }], 60)
    await until(() => told.includes(at))
    // None of them has come by the port in clear.
    const open = server.cli('CLIENT', 'LIST').split('\n')
    expect(open.filter((line) => line.includes(`laddr=127.0.0.1:${new URL(url).port}`)).length).toBeGreaterThanOrEqual(
      2,
    )
    await store.close()
  })

  it.each(clients)('is not believed by a client of %s that does not know the certificate', async (_, client) => {
    const store = redisStore(client(undefined))
    expect(await rejection(store.get('a'))).toMatchObject({ code: 'redis_unavailable' })
    await store.close()
  })
})
