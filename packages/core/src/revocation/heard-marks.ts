import type { Store } from '../options/store.js'
import { flatCopy } from '../state/flat-copy.js'
import { ownersPrefix } from './mark-names.js'
import type { MarkTable } from './mark-table.js'

/** What the feed of a store has told this process: all kits that share the store hear by one. */
export interface HeardMarks {
  /** Since when the marks have been kept without a gap, by the clock of the store; undefined: nothing was heard yet. */
  readonly since: () => number | undefined
  /** Takes note of what the store says itself. */
  readonly keptSince: (since: number) => void
  /** Whether the copy was complete at most so many seconds ago. */
  readonly isFresh: (within: number) => boolean
}

/** Hears the marks of the owner into the table, for as long as the store is open. */
export function hearMarks(input: {
  readonly store: Store
  readonly table: MarkTable
  readonly owner: string
}): HeardMarks {
  const { store, table, owner } = input
  const prefix = ownersPrefix(owner)
  let kept: number | undefined
  /** When the copy was last complete, in milliseconds of both clocks. */
  let currentAt = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY }

  /** Only forward once it is known: a store that lost its data says a later instant, and no earlier one is ever right again. */
  function keptSince(since: number): void {
    kept = Math.max(kept ?? 0, since)
  }

  store.marks.follow({
    marks(marks) {
      for (const { name, at } of marks) {
        if (name.startsWith(prefix)) table.raise(flatCopy(name.slice(prefix.length)), at)
      }
    },
    current(age, since) {
      keptSince(since)
      const monotonic = performance.now() - age * 1000
      if (monotonic > currentAt.monotonic) currentAt = { monotonic, wall: Date.now() - age * 1000 }
    },
  })

  return {
    since: () => kept,
    keptSince,
    isFresh(within) {
      // The monotonic clock stands still while a platform freezes the process, and the other one can be set back.
      const age = Math.max(performance.now() - currentAt.monotonic, Date.now() - currentAt.wall)
      return table.isWhole() && age < within * 1000
    },
  }
}
