import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5'
import { createClient, createCluster } from 'redis'
import { createClient as createClient5, createCluster as createCluster5 } from 'redis5'
import type { RedisClient } from '../index.js'

interface Address {
  readonly url: string
  readonly port: number
}

/** As an app makes them, without connecting: the store only copies them. */
export const singleClients: Readonly<Record<string, (server: Address) => RedisClient>> = {
  'node-redis 6': ({ url }) => createClient({ url }),
  'node-redis 6 on RESP2': ({ url }) => createClient({ url, RESP: 2 }),
  'node-redis 5': ({ url }) => createClient5({ url }),
  'ioredis 6': ({ url }) => new Redis(url, { lazyConnect: true }),
  'ioredis 5': ({ url }) => new Redis5(url, { lazyConnect: true }),
}

export const clusterClients: Readonly<Record<string, (nodes: readonly Address[]) => RedisClient>> = {
  'node-redis 6': (nodes) => createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) }),
  'node-redis 5': (nodes) => createCluster5({ rootNodes: nodes.map(({ url }) => ({ url })) }),
  'ioredis 6': (nodes) => new Cluster(nodes.map(addressOf), { lazyConnect: true }),
  'ioredis 5': (nodes) => new Cluster5(nodes.map(addressOf), { lazyConnect: true }),
}

const addressOf = ({ port }: Address) => ({ host: '127.0.0.1', port })
