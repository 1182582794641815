import type { Clock } from '../options/clock.js'
import { isOutdating } from './mark-names.js'

/** What this process knows of marks, by name, bounded. A mark never moves back. */
export interface MarkTable {
  readonly at: (name: string) => number | undefined
  /** True where the session of an instant lies at or before the mark: the order inside a second is unknown. */
  readonly covers: (name: string, at: number) => boolean
  /** The latest mark after which somebody must be confirmed; 0 where there was none. */
  readonly latestOutdating: () => number
  /** Since when none was lost for lack of room. */
  readonly since: () => number
  /** False once one was. */
  readonly isWhole: () => boolean
  readonly raise: (name: string, at: number) => void
  /** Marks last at least this many seconds: as long as the longest session they could meet, whichever kit made it. */
  readonly keepFor: (seconds: number) => void
  readonly keptFor: () => number
  readonly size: () => number
}

/** Seconds by which the provider's clock may run behind ours, and a login last, before a session begins here. */
const slack = 900
/** Seconds between two looks for marks that no session can meet any more, which read the whole table: at most, and when it is full. */
const sweepEvery = { usually: 600, full: 10 } as const

/**
 * One number a mark, so that a million of them fit into a process. A mark is true for ever, and is dropped only for its room:
 * once every session that could meet it has ended. One that had to go before is told by `since` and `isWhole`.
 */
export function createMarkTable(input: { readonly clock: Clock; readonly capacity: number }): MarkTable {
  const { clock, capacity } = input
  const marks = new Map<string, number>()
  let since = clock()
  let isWhole = true
  let latestOutdating = 0
  let lifetime = 0
  let sweptAt = clock()

  function makeRoom(): void {
    const now = clock()
    const full = () => marks.size >= capacity
    if (now >= sweptAt + (full() ? sweepEvery.full : sweepEvery.usually)) {
      for (const [name, at] of marks) if (at + lifetime + slack <= now) marks.delete(name)
      sweptAt = now
    }
    if (!full()) return
    const oldest = marks.keys().next()
    if (oldest.done) return
    marks.delete(oldest.value)
    since = clock()
    isWhole = false
  }

  return {
    at: (name) => marks.get(name),
    covers(name, at) {
      const mark = marks.get(name)
      return mark !== undefined && at <= mark
    },
    latestOutdating: () => latestOutdating,
    since: () => since,
    isWhole: () => isWhole,
    raise(name, at) {
      if (isOutdating(name)) latestOutdating = Math.max(latestOutdating, at)
      const before = marks.get(name)
      if (before !== undefined && before >= at) return
      // Written anew, so that the oldest written stands first.
      if (before === undefined) makeRoom()
      else marks.delete(name)
      marks.set(name, at)
    },
    keepFor(seconds) {
      lifetime = Math.max(lifetime, seconds)
    },
    keptFor: () => lifetime,
    size: () => marks.size,
  }
}
