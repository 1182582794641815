import type { PluginKit } from '@scalegate/core/plugin'

/**
 * Remembers how far each person and group is, so that an event that comes late changes nothing, also after a restart.
 * Keys are an organization's id, a dot and an id of the directory; values are texts of at most 120 characters.
 */
export interface VersionStore {
  readonly latest: (key: string) => Promise<string | undefined>
  readonly put: (key: string, value: string) => Promise<void>
}

/** How far an object is. */
export interface Version {
  /** From `instantOf`. */
  readonly at: string
  /** What came of it: of two events of one instant the one that takes away counts. */
  readonly gone: boolean
  /** Id of the event; `reconcile` for a listing. */
  readonly by: string
}

/** What an event is to what is known. */
export type Standing = 'new' | 'done' | 'stale'

export function standing(version: Version, known: string | undefined): Standing {
  if (known === undefined) return 'new'
  const text = textOf(version)
  if (text === known) return 'done'
  return orderOf(known) > orderOf(text) ? 'stale' : 'new'
}

/** Notes a version, unless a later one is known. */
export async function note(versions: VersionStore, key: string, version: Version): Promise<void> {
  const known = await versions.latest(key)
  const text = textOf(version)
  if (known === undefined || orderOf(known) <= orderOf(text)) await versions.put(key, text)
}

/** Longer than an event can be under way, and than somebody may wait who sends one once more. */
const remembered = 90 * 86_400

/** In the store of the app, where it has one, and else in the memory of this process. */
export function sharedVersions(kit: PluginKit): VersionStore {
  return {
    latest: (key) => kit.shared.get(`version ${key}`),
    async put(key, value) {
      await kit.shared.set(`version ${key}`, value, remembered)
    },
  }
}

function textOf({ at, gone, by }: Version): string {
  return `${at} ${gone ? 1 : 0} ${by}`
}

/** Instant and outcome, without who said so. */
function orderOf(text: string): string {
  return text.split(' ', 2).join(' ')
}
