import { type Clock, fineClock, systemClock } from '../options/clock.js'
import type { MarkFollower, Store, StoreCondition } from '../options/store.js'
import { createExpiringMap } from './expiring-map.js'

/** How a store in memory is bounded. */
export interface MemoryStoreOptions {
  /** Entries, and as many marks; beyond it the oldest goes, whatever it is. @defaultValue 100000 */
  readonly capacity?: number
  /** @defaultValue the system clock */
  readonly clock?: Clock
}

/**
 * A store in the memory of this process: for tests, and to keep sessions on the server of an app that is one process.
 * A restart signs everybody out where sessions are in it.
 */
export function memoryStore({ capacity = 100_000, clock = systemClock }: MemoryStoreOptions = {}): Store {
  const now = fineClock(clock)
  const entries = createExpiringMap<string>({ clock: now, capacity })
  const followers = new Set<MarkFollower>()
  const stops = new Set<() => void>()
  let since = now()
  const marks = createExpiringMap<{ readonly name: string; readonly at: number; readonly until: number }>({
    clock: now,
    capacity,
    // Nobody can tell whose it was: whoever was confirmed before has to be confirmed again.
    onEvicted: () => {
      since = now()
    },
  })
  const holds = (key: string, condition: StoreCondition | undefined) => {
    if (condition === undefined) return true
    return entries.get(key) === (condition === 'absent' ? undefined : condition.is)
  }

  return {
    get: async (key) => entries.get(key),
    async set(key, value, seconds, condition) {
      if (!holds(key, condition)) return false
      entries.set(key, value, now() + seconds)
      return true
    },
    async delete(key, condition) {
      if (entries.get(key) === undefined || !holds(key, condition)) return false
      entries.delete(key)
      return true
    },
    async raise(key, value, seconds) {
      const before = entries.get(key)
      entries.set(key, before !== undefined && isAbove(before, value) ? before : value, now() + seconds)
      return before
    },
    marks: {
      async write(written, seconds) {
        for (const { key, name, at } of written) {
          const before = marks.get(key)
          const until = Math.max(now() + seconds, before?.until ?? 0)
          marks.set(key, { name, at: Math.max(at, before?.at ?? at), until }, until)
        }
        for (const follower of followers) {
          follower.marks(written)
          follower.current(0, since)
        }
      },
      read: async (keys) => ({ since, at: keys.map((key) => marks.get(key)?.at) }),
      follow(follower) {
        followers.add(follower)
        follower.marks(marks.values().map(({ name, at }) => ({ name, at })))
        follower.current(0, since)
        const beat: unknown = setInterval(() => follower.current(0, since), 250)
        // A process with nothing else to do may end.
        ;(beat as { unref?: () => void }).unref?.()
        const stop = () => {
          stops.delete(stop)
          followers.delete(follower)
          clearInterval(beat as number)
        }
        stops.add(stop)
        return stop
      },
    },
    isLocal: true,
    async close() {
      for (const stop of stops) stop()
    },
  }
}

/** Whether the bytes of a text come after those of another: the order of UTF-16, which `>` compares, is a different one. */
function isAbove(text: string, other: string): boolean {
  const [bytes, others] = [new TextEncoder().encode(text), new TextEncoder().encode(other)]
  for (const [index, byte] of bytes.entries()) {
    if (byte !== others[index]) return byte > (others[index] ?? -1)
  }
  return false
}
