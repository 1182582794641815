import type { Store } from '@scalegate/core/store'
import { entriesOf } from './entries.js'
import { createLink, type LinkOptions } from './link.js'
import { followMarks } from './mark-feed.js'
import { markKeys, writtenMarks } from './mark-log.js'
import { type RedisStoreOptions, resolveOptions } from './store-options.js'
import { monotonic } from './time.js'
import { type RedisClient, wiresLike } from './wire.js'

/**
 * A store in Redis, for `scalegate({ store })`. The client is a template: the store opens connections of its own like
 * it (`client.duplicate()`), so the client need not be connected, and losing one does not touch the app. Nothing is opened
 * before the store is asked.
 *
 * Every method ends within a second. While Redis cannot be asked they reject with `RedisStoreError`
 * (`redis_unavailable`), and go on by themselves when it is back; nothing is queued.
 *
 * @example
 * ```ts
 * import { redisStore } from '@scalegate/redis'
 * import { createClient } from 'redis'
 *
 * const store = redisStore(createClient({ url: process.env.REDIS_URL }))
 * ```
 * @throws TypeError where the client is of another library, or an option cannot be.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  const { prefix, deadline, onHealth } = resolveOptions(options)
  const open = wiresLike(client)
  const keys = markKeys(prefix)
  const shared: Omit<LinkOptions, 'of'> = { open, deadline, probe: keys.probe, onHealth }
  const onBack = (lostAt: number) => void written.rewrite(lostAt)
  const link = createLink({ ...shared, of: 'commands', onBack })
  const written = writtenMarks(link, keys)
  const stops = new Set<() => void>()

  return {
    ...entriesOf(link, prefix),
    marks: {
      write: written.write,
      read: written.read,
      follow(follower) {
        const stop = followMarks({
          link: createLink({ ...shared, of: 'feed', onBack }),
          keys,
          follower,
          onDataLost(seconds) {
            onHealth({ type: 'data_lost', seconds })
            void written.rewrite(monotonic() - (seconds ?? 0))
          },
        })
        stops.add(stop)
        return () => {
          stops.delete(stop)
          stop()
        }
      },
    },
    reset: link.reset,
    async close() {
      for (const stop of stops) stop()
      stops.clear()
      link.close()
    },
  }
}
