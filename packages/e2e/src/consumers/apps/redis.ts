/** A store on each client, in TypeScript, where nobody listens: it says so, and the process ends by itself. */
export const redis = `
import type { Store } from '@scalegate/core/store'
import { type RedisHealth, redisStore } from '@scalegate/redis'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'

const nobody = 'redis://127.0.0.1:1'
const health: RedisHealth[] = []
const options = { prefix: 'shop:', deadline: 0.2, onHealth: (event: RedisHealth): void => void health.push(event) }
const stores: readonly Store[] = [
  redisStore(createClient({ url: nobody }), options),
  redisStore(createCluster({ rootNodes: [{ url: nobody }] }), options),
  redisStore(new Redis(nobody, { lazyConnect: true }), options),
  redisStore(new Cluster([nobody], { lazyConnect: true }), options),
]

async function main(): Promise<void> {
  const codes: unknown[] = []
  for (const store of stores) {
    await store.get('a').catch((error: { code?: string }) => codes.push(error.code))
    await store.close()
  }
  console.log(JSON.stringify({ codes, health: health[0]?.type }))
}

void main()
`

/** The declarations alone, with no client installed. */
export const redisDeclarations = `
import { type RedisClient, RedisStoreError, redisStore } from '@scalegate/redis'
import { storeContract } from '@scalegate/testing/store'

export const store = (client: RedisClient) => redisStore(client)
export const checks = storeContract({ open: async () => redisStore({} as RedisClient) })
export const isOurs = (error: unknown): error is RedisStoreError => error instanceof RedisStoreError
console.log(checks.length > 20)
`
