import { createClient, createClientPool, createSentinel } from 'redis'
// @ts-expect-error It has no types.
import { createClient as createClient3 } from 'redis3'
import { createClient as createClient4, createCluster as createCluster4 } from 'redis4'
import { describe, expect, it } from 'vitest'
import { redisStore } from './index.js'
import { clusterClients, singleClients } from './test/clients.js'

/** Nothing listens there, and nothing is asked. */
const nowhere = { url: 'redis://127.0.0.1:1', port: 1 }
const message =
  'redisStore takes a client of node-redis 5 or 6 (`createClient()`, `createCluster()`) or of ioredis 5 or 6 ' +
  '(`new Redis()`, `new Cluster()`). For Sentinel take ioredis.'

const others: Readonly<Record<string, () => unknown>> = {
  'node-redis 3'() {
    const client = createClient3({ url: nowhere.url })
    client.on('error', () => undefined)
    client.end(true)
    return client
  },
  'node-redis 4': () => createClient4({ url: nowhere.url }),
  'node-redis 4 in legacy mode': () => createClient4({ url: nowhere.url, legacyMode: true }),
  'a cluster of node-redis 4': () => createCluster4({ rootNodes: [{ url: nowhere.url }] }),
  'a sentinel of node-redis 6': () => createSentinel({ name: 'mymaster', sentinelRootNodes: [] }),
  'a pool of node-redis 6': () => createClientPool({ url: nowhere.url }),
  'node-redis 6 for callbacks': () => createClient({ url: nowhere.url }).legacy(),
}

const used: readonly (readonly [string, () => object, readonly string[]])[] = [
  ...Object.entries(singleClients).map(([name, client]) => [name, () => client(nowhere), usedOf(name, false)] as const),
  ...Object.entries(clusterClients).map(
    ([name, client]) => [`a cluster of ${name}`, () => client([nowhere]), usedOf(name, true)] as const,
  ),
]

function usedOf(name: string, isCluster: boolean): readonly string[] {
  if (name.startsWith('ioredis')) return ['duplicate', 'connect', 'on', 'call', 'disconnect']
  return ['duplicate', 'connect', 'on', 'sendCommand', 'destroy', isCluster ? 'nodeClient' : 'unref']
}

describe('the client of the app', () => {
  it.each(Object.entries(others))('is refused at once where it is %s', (_, client) => {
    const made = client()
    expect(() => redisStore(made as never)).toThrow(new TypeError(message))
  })

  it.each(used)('is taken where it is %s, and refused where it lacks what the store uses', async (_, client, names) => {
    const made = client()
    const store = redisStore(made as never)
    await store.close()
    for (const name of names) {
      const lacking = Object.create(made, { [name]: { value: undefined } })
      expect(() => redisStore(lacking), name).toThrow(message)
    }
  })
})
