import { createTurns, type PluginKit, type Turns } from '@scalegate/core/plugin'
import { note, sharedVersions, standing, type Version, type VersionStore } from './versions.js'

/** Where an object of a directory is noted. */
export interface ObjectKey {
  readonly organizationId: string
  readonly id: string
}

/** Tells the app about one object at a time, once for each version, and never about an older one. */
export interface Ledger {
  /** An event. `again`: the app has heard of it; what else there was to do may have failed. */
  readonly event: (
    key: ObjectKey,
    version: Version,
    task: (standing: 'new' | 'again', done: () => Promise<void>) => Promise<void>,
  ) => Promise<'told' | 'stale'>
  /** Something from a list, unless an event of this very time says more. What is no news need not be noted. */
  readonly listed: (
    run: Run,
    key: ObjectKey,
    version: Version,
    task: (done: () => Promise<void>) => Promise<void>,
  ) => Promise<'told' | 'newer'>
  /** Alone for its organization. */
  readonly run: <Result>(organizationId: string, task: (run: Run) => Promise<Result>) => Promise<Result>
}

/** Objects that events were about while lists were read, and when those happened. */
export type Run = Map<string, string>

export function createLedger(kit: PluginKit, store: VersionStore | undefined): Ledger {
  const versions = store ?? sharedVersions(kit)
  const shared = () =>
    kit.slot('ledger', (): { readonly inTurn: Turns; readonly runs: Set<Run> } => ({
      inTurn: createTurns(),
      runs: new Set(),
    }))

  return {
    event: (object, version, task) =>
      shared().inTurn(keyOf(object), async () => {
        const key = keyOf(object)
        const is = standing(version, await versions.latest(key))
        if (is === 'stale') return 'stale'
        await task(is === 'done' ? 'again' : 'new', async () => {
          // First, so that a list that was read before it is held back also where the store fails.
          for (const run of shared().runs) run.set(key, version.at)
          await note(versions, key, version)
        })
        return 'told'
      }),
    listed: (run, object, version, task) =>
      shared().inTurn(keyOf(object), async () => {
        const key = keyOf(object)
        const heard = run.get(key)
        if (heard !== undefined && heard > version.at) return 'newer'
        await task(() => note(versions, key, version))
        return 'told'
      }),
    run: (organizationId, task) =>
      shared().inTurn(`reconcile ${organizationId}`, async () => {
        const run: Run = new Map()
        shared().runs.add(run)
        try {
          return await task(run)
        } finally {
          shared().runs.delete(run)
        }
      }),
  }
}

function keyOf({ organizationId, id }: ObjectKey): string {
  return `${organizationId}.${id}`
}
