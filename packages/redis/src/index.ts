/**
 * What several processes of an app with Scalegate share, in Redis: on the client of node-redis or ioredis that the app
 * has.
 *
 * ```ts
 * import { redisStore } from '@scalegate/redis'
 * import { createClient } from 'redis'
 *
 * const store = redisStore(createClient({ url: process.env.REDIS_URL }))
 * ```
 *
 * @packageDocumentation
 */
export { RedisStoreError, type RedisStoreErrorCode } from './errors.js'
export { redisStore } from './redis-store.js'
export type { RedisHealth, RedisStoreOptions } from './store-options.js'
export type { RedisClient } from './wire.js'
