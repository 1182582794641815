/** What happened to the store's connections and rights, for logs and alarms. Never holds a key or a value. */
export type RedisHealth =
  /** A connection was lost or given up; commands reject until `back`. `of` says whose it was. */
  | { readonly type: 'lost'; readonly of: 'commands' | 'feed'; readonly reason: 'closed' | 'late' | 'reply' }
  /** After how many seconds. */
  | { readonly type: 'back'; readonly of: 'commands' | 'feed'; readonly after: number }
  /** The server may evict what counts: `maxmemory-policy` has to be `noeviction`. */
  | { readonly type: 'eviction_policy'; readonly policy: string }
  /**
   * The server refused a command, `NOPERM`, `OOM` or `NOREPLICAS` for example; `advice` is what to do about it. Said once for
   * each until the connection was lost.
   */
  | { readonly type: 'refused'; readonly command: string; readonly refusal: string; readonly advice: string }
  /**
   * The server came back without what it had acknowledged in the latest `seconds`; undefined: without anything. What this
   * process wrote a short while before is written again.
   */
  | { readonly type: 'data_lost'; readonly seconds: number | undefined }

export interface RedisStoreOptions {
  /**
   * Begins every key: letters, digits, `_`, `-`, `.` and `:`, at most 60. Two apps on one Redis need two. The clients' own
   * `keyPrefix` does not count here.
   *
   * @defaultValue `scalegate:`
   */
  readonly prefix?: string
  /**
   * Seconds that one command may take; then its connection is dropped and the method rejects. Greater than the slowest
   * round trip you see, and at most 0.4: the first method waits up to 0.6 for a connection too, and ends within a second.
   *
   * @defaultValue 0.3
   */
  readonly deadline?: number
  /** Hears of outages and of what is wrong with the server. What it throws is dropped. */
  readonly onHealth?: (health: RedisHealth) => void
}

export interface ResolvedOptions {
  readonly prefix: string
  readonly deadline: number
  readonly onHealth: (health: RedisHealth) => void
}

export function resolveOptions(options: RedisStoreOptions): ResolvedOptions {
  // From JavaScript, or out of the environment: "0.3" would pass for a number here and for a text in a sum.
  if (typeof options !== 'object' || options === null)
    throw new TypeError(
      'redisStore takes its options as an object, `redisStore(client, { prefix, deadline, onHealth })`.',
    )
  // Within 0.3 s a request can still be answered by half a second after the server froze, and a round trip to another
  // zone, 1-2 ms, may be a hundred times slower.
  const { prefix = 'scalegate:', deadline = 0.3, onHealth, ...unknown } = options
  for (const name of Object.keys(unknown)) throw new TypeError(`redisStore has no option "${name}".`)
  if (typeof prefix !== 'string' || !/^[A-Za-z0-9_.:-]{1,60}$/.test(prefix))
    throw new TypeError('`prefix` must be a text of 1 to 60 letters, digits, `_`, `-`, `.` or `:`.')
  if (typeof deadline !== 'number' || !(deadline >= 0.02 && deadline <= 0.4))
    throw new TypeError('`deadline` must be a number, 0.02 to 0.4 seconds.')
  if (onHealth !== undefined && typeof onHealth !== 'function')
    throw new TypeError('`onHealth` must be a function, `(health) => console.warn(JSON.stringify(health))`.')
  const hear = (health: RedisHealth) => {
    try {
      onHealth?.(health)
    } catch {
      // An alarm that fails must not take the store down with it.
    }
  }
  return { prefix, deadline, onHealth: hear }
}
