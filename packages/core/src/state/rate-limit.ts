import { PluginError } from '../errors/plugin-error.js'
import type { PluginKit } from '../options/plugin.js'
import { createExpiringMap, type ExpiringMap } from './expiring-map.js'

/** How often something may be done. */
export interface RateLimitRules {
  /** Tells the limits of one plugin apart. */
  readonly name: string
  readonly max: number
  /** Seconds of the window in which `max` times are allowed; the first call opens it. */
  readonly seconds: number
}

interface Counted {
  count: number
  readonly until: number
}

/**
 * Counts calls by a key, such as a person and their organization, in the memory of this process: a brake for one browser
 * that runs wild, and no wall against many. The key is kept as it is and must not be a secret.
 *
 * The counter throws PluginError rate_limited (429) with the seconds to wait.
 */
export function createRateLimit(kit: PluginKit, { name, max, seconds }: RateLimitRules): (key: string) => void {
  const windows = () =>
    kit.slot<ExpiringMap<Counted>>(`rate limit ${name}`, () =>
      createExpiringMap({ clock: kit.clock, capacity: 10_000 }),
    )
  return (key) => {
    const held = windows().get(key)
    const now = kit.clock()
    if (held === undefined) return windows().set(key, { count: 1, until: now + seconds }, now + seconds)
    held.count += 1
    if (held.count <= max) return
    const refusal = { code: 'rate_limited', status: 429, title: 'That was too often. Try again in a moment.' }
    throw new PluginError({ ...refusal, retryAfter: Math.max(1, Math.ceil(held.until - now)) })
  }
}
