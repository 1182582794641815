import type { Clock } from '../options/clock.js'

/** A bounded map whose entries end at an instant. Reading never revives an entry. */
export interface ExpiringMap<Value> {
  readonly get: (key: string) => Value | undefined
  readonly set: (key: string, value: Value, expiresAt: number) => void
  readonly delete: (key: string) => void
  readonly size: () => number
  /** What has not ended, oldest first. */
  readonly values: () => readonly Value[]
}

/**
 * Holds at most `capacity` entries. When it is full the expired ones go first, then the oldest written;
 * `onEvicted` hears of the latter, because something was forgotten that still counted.
 */
export function createExpiringMap<Value>(input: {
  readonly clock: Clock
  readonly capacity: number
  readonly onEvicted?: () => void
}): ExpiringMap<Value> {
  const { clock, capacity, onEvicted } = input
  const entries = new Map<string, { readonly value: Value; readonly expiresAt: number }>()
  let nextSweepAt = 0

  const makeRoom = (now: number) => {
    if (entries.size < capacity) return
    // A sweep reads every entry, so a full map of live ones may afford it only now and then.
    if (now >= nextSweepAt) {
      for (const [key, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(key)
      nextSweepAt = now + 10
    }
    if (entries.size < capacity) return
    const oldest = entries.keys().next()
    if (oldest.done) return
    entries.delete(oldest.value)
    onEvicted?.()
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (entry.expiresAt > clock()) return entry.value
      entries.delete(key)
      return undefined
    },
    set(key, value, expiresAt) {
      entries.delete(key)
      makeRoom(clock())
      entries.set(key, { value, expiresAt })
    },
    delete: (key) => void entries.delete(key),
    size: () => entries.size,
    values() {
      const now = clock()
      return [...entries.values()].filter(({ expiresAt }) => expiresAt > now).map(({ value }) => value)
    },
  }
}
