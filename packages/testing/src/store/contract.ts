import type { Store } from '@scalegate/core/store'
import { conditions } from './conditions.js'
import { entries } from './entries.js'
import { followers } from './followers.js'
import { marks } from './marks.js'
import { outages } from './outages.js'
import { StoreTable } from './table.js'

/** The engine that is judged, and what can be done to it from outside. */
export interface StoreUnderTest {
  /** A store as one process has it. Each call is another process of the same app, on the same engine. */
  readonly open: () => Promise<Store>
  /** Lets whole seconds pass on a clock of its own. Without it the checks wait, a few seconds in all. */
  readonly advance?: (seconds: number) => void | Promise<void>
  /** Takes the engine away, and gives it back with what it held. */
  readonly outage?: { readonly begin: () => Promise<void>; readonly end: () => Promise<void> }
  /** Makes the engine lose everything, as it does when it is emptied, or restarted without a disk. */
  readonly empty?: () => Promise<void>
}

/** One check of a store. */
export interface StoreCheck {
  readonly name: string
  /**
   * Resolves where the store does what the name says.
   *
   * @throws AuditFailure otherwise.
   */
  readonly run: () => Promise<void>
}

/** A check before it knows whom it judges. */
export interface StoreRule {
  readonly name: string
  /** What it has to be able to do to the engine; without it the check is left out. */
  readonly needs?: 'outage' | 'empty'
  readonly run: (table: StoreTable) => Promise<void>
}

/**
 * The checks that can be made of this store: those that need `outage` or `empty` only where they are given. Keys are
 * chosen at random, so they can all run on one engine, and none of them needs it to be empty. They must not run side by
 * side where there is an outage among them.
 */
export function storeContract(subject: StoreUnderTest): readonly StoreCheck[] {
  const rules: readonly StoreRule[] = [...entries, ...conditions, ...marks, ...followers, ...outages]
  return rules
    .filter(({ needs }) => needs === undefined || subject[needs] !== undefined)
    .map(({ name, run }) => ({
      name,
      async run() {
        const table = new StoreTable(subject)
        try {
          await run(table)
        } finally {
          await table.clear()
        }
      },
    }))
}
