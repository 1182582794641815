import { sha256Base64url } from '../crypto/sha256.js'
import type { Emit } from '../model/events.js'
import type { Store } from '../options/store.js'
import { flatCopy } from '../state/flat-copy.js'
import { namesOf } from './mark-names.js'
import type { MarkTable } from './mark-table.js'
import type { RevocableSession } from './revocation-marks.js'

/** The marks of all processes of an app, and how far this process can trust its copy of them. */
export interface SharedMarks {
  /** Seconds by which the clocks of two machines may differ. */
  readonly clockMargin: number
  /** Since when the marks have been kept without a gap, as far as this process knows. */
  readonly since: () => number | undefined
  /** Resolves once {@link since} is known. @throws StoreError store_unavailable */
  readonly begun: () => Promise<void>
  readonly write: (name: string, at: number) => Promise<void>
  /** Asks for the marks of a session, where the copy is too old. */
  readonly consult: (session: RevocableSession) => Promise<void> | undefined
  readonly keepFor: (seconds: number) => void
}

/** Machines that keep time by NTP are closer by far; each second here is one in which a session is confirmed once more. */
const clockMargin = 5

/**
 * Hears the marks of the store by its feed, and asks the store itself where the feed has been silent for longer than
 * `maxStaleness`, or the copy had no room for a mark: no process believes a session longer than that after another one has ended it.
 */
export function createSharedMarks(input: {
  readonly store: Store
  /** The copy of this process. */
  readonly table: MarkTable
  /** Whose marks they are: two apps on one store must not end each other's sessions. */
  readonly owner: string
  /** Seconds. */
  readonly maxStaleness: number
  /** Seconds for which sessions are believed although the store cannot be asked. */
  readonly failOpenFor: number
  readonly emit: Emit
}): SharedMarks {
  const { store, table, owner, maxStaleness, failOpenFor, emit } = input
  const prefix = `${owner} `
  const keyOf = (name: string) => sha256Base64url(prefix + name)
  const keys = new WeakMap<RevocableSession, readonly NamedKey[]>()
  let keptSince: number | undefined
  let lifetime = 0
  /** When the copy was last complete, in milliseconds of both clocks. */
  let currentAt = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY }

  /** Only forward once it is known: a store that lost its data says a later instant, and no earlier one is ever right again. */
  function kept(since: number): void {
    keptSince = Math.max(keptSince ?? 0, since)
  }

  function isFresh(within: number): boolean {
    // The monotonic clock stands still while a platform freezes the process, and the other one can be set back.
    const age = Math.max(performance.now() - currentAt.monotonic, Date.now() - currentAt.wall)
    return table.isWhole() && age < within * 1000
  }

  async function ask(session: RevocableSession): Promise<void> {
    const names = await keysOf(session)
    try {
      const { since, at } = await store.marks.read(names.map(({ key }) => key))
      kept(since)
      for (const [index, { name }] of names.entries()) {
        const mark = at[index]
        if (mark !== undefined) table.raise(name, mark)
      }
    } catch (error) {
      if (!isFresh(failOpenFor)) throw error
      emit('revocation_unchecked', { session: (await sha256Base64url(session.sid ?? session.id ?? '')).slice(0, 12) })
    }
  }

  store.marks.follow({
    marks(marks) {
      for (const { name, at } of marks) {
        if (name.startsWith(prefix)) table.raise(flatCopy(name.slice(prefix.length)), at)
      }
    },
    current(age, since) {
      kept(since)
      const monotonic = performance.now() - age * 1000
      if (monotonic > currentAt.monotonic) currentAt = { monotonic, wall: Date.now() - age * 1000 }
    },
  })

  return {
    clockMargin,
    // A confirmation was written down by the clock of one machine, and the beginning by that of another.
    since: () => (keptSince === undefined ? undefined : keptSince + clockMargin),
    async begun() {
      if (keptSince === undefined) kept((await store.marks.read([])).since)
    },
    async write(name, at) {
      await store.marks.write([{ key: await keyOf(name), name: prefix + name, at }], lifetime + clockMargin)
    },
    consult: (session) => (isFresh(maxStaleness) ? undefined : ask(session)),
    keepFor(seconds) {
      lifetime = Math.max(lifetime, seconds)
    },
  }

  async function keysOf(session: RevocableSession): Promise<readonly NamedKey[]> {
    const before = keys.get(session)
    if (before !== undefined) return before
    const { ending, outdating } = namesOf(session)
    const named = await Promise.all([...ending, ...outdating].map(async (name) => ({ name, key: await keyOf(name) })))
    keys.set(session, named)
    return named
  }
}

interface NamedKey {
  readonly name: string
  readonly key: string
}
