import { sha256Base64url } from '../crypto/sha256.js'
import type { Emit } from '../model/events.js'
import type { Store } from '../options/store.js'
import type { HeardMarks } from './heard-marks.js'
import { namesOf, ownersPrefix } from './mark-names.js'
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
  /** For as long as the longest session of any kit of the process. */
  readonly write: (name: string, at: number) => Promise<void>
  /** Asks for the marks of a session, where the copy is too old. */
  readonly consult: (session: RevocableSession) => Promise<void> | undefined
}

/** Machines that keep time by NTP are closer by far; each second here is one in which a session is confirmed once more. */
const clockMargin = 5

/**
 * Believes what was heard, and asks the store itself where the feed has been silent for longer than `maxStaleness`, or the
 * copy had no room for a mark: no process believes a session longer than that after another one has ended it.
 */
export function createSharedMarks(input: {
  readonly store: Store
  /** The copy of this process. */
  readonly table: MarkTable
  readonly heard: HeardMarks
  /** Whose marks they are: two apps on one store must not end each other's sessions. */
  readonly owner: string
  /** Seconds. */
  readonly maxStaleness: number
  /** Seconds for which sessions are believed although the store cannot be asked. */
  readonly failOpenFor: number
  readonly emit: Emit
}): SharedMarks {
  const { store, table, heard, owner, maxStaleness, failOpenFor, emit } = input
  const prefix = ownersPrefix(owner)
  const keyOf = (name: string) => sha256Base64url(prefix + name)
  const keys = new WeakMap<RevocableSession, readonly NamedKey[]>()

  async function ask(session: RevocableSession): Promise<void> {
    const names = await keysOf(session)
    try {
      const { since, at } = await store.marks.read(names.map(({ key }) => key))
      heard.keptSince(since)
      for (const [index, { name }] of names.entries()) {
        const mark = at[index]
        if (mark !== undefined) table.raise(name, mark)
      }
    } catch (error) {
      if (!heard.isFresh(failOpenFor)) throw error
      emit('revocation_unchecked', { session: (await sha256Base64url(session.sid ?? session.id ?? '')).slice(0, 12) })
    }
  }

  return {
    clockMargin,
    // A confirmation was written down by the clock of one machine, and the beginning by that of another.
    since() {
      const since = heard.since()
      return since === undefined ? undefined : since + clockMargin
    },
    async begun() {
      if (heard.since() === undefined) heard.keptSince((await store.marks.read([])).since)
    },
    async write(name, at) {
      await store.marks.write([{ key: await keyOf(name), name: prefix + name, at }], table.keptFor() + clockMargin)
    },
    consult: (session) => (heard.isFresh(maxStaleness) ? undefined : ask(session)),
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
