import { StoreError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import type { Store, StoreCondition } from '../options/store.js'
import type { Sealer } from '../seal/sealer.js'

/** What lay under a key. */
export interface StoredRecord<Value> {
  /** Undefined: another version of the kit has made it, which is at work beside this one during a deploy. */
  readonly value: Value | undefined
  /** As it lies there: the condition of a compare-and-set. */
  readonly sealed: string
  /** False: sealed with an older secret. */
  readonly current: boolean
}

/**
 * Records of one kind in the store, each sealed together with its key: a copy of the store opens nothing, and what lies
 * under another key than its own is noticed (attack rows 162, 176).
 */
export interface SealedRecords<Value> {
  /**
   * Undefined: there is none, or none that the kit has made; that one is deleted (attack rows 163, 164).
   *
   * @throws StoreError store_unavailable, also where the record belongs to another key.
   */
  readonly read: (key: string) => Promise<StoredRecord<Value> | undefined>
  /** Resolves to what was written, or to undefined where the condition did not hold. @throws StoreError store_unavailable */
  readonly write: (
    key: string,
    data: unknown,
    seconds: number,
    condition?: StoreCondition,
  ) => Promise<string | undefined>
  /** Deletes what was read. @throws StoreError store_unavailable */
  readonly delete: (key: string, read: StoredRecord<Value>) => Promise<void>
}

/** What sealed texts opened to, each with its key, so that one is opened once. */
export interface RecordMemory<Value> {
  readonly get: (keyed: string) => Value | undefined
  readonly set: (keyed: string, value: Value) => void
}

/** How many records of another version are known to have been reported. */
const mostReported = 1000

/** Seconds by which a seal outlives its entry, which the store ends: whatever clock a reader has, it never looks damaged. */
const overlap = 86_400

export function createSealedRecords<Value>(input: {
  readonly store: Store
  readonly sealer: Sealer
  /** What its records are called in events. */
  readonly name: string
  /** Data → value, or undefined where it is of another version. */
  readonly parse: (data: unknown) => Value | undefined
  readonly memory?: RecordMemory<Value>
  readonly emit: Emit
}): SealedRecords<Value> {
  const { store, sealer, name, parse, memory, emit } = input
  const reported = new Set<string>()

  async function open(key: string, sealed: string): Promise<StoredRecord<Value> | undefined> {
    const unsealed = await sealer.unseal(sealed)
    if (unsealed === undefined) {
      emit('record_refused', { record: name, reason: 'unreadable' })
      // Only this one: a good record may have been written meanwhile.
      await store.delete(key, { is: sealed })
      return undefined
    }
    const { key: own, data } = (unsealed.data ?? {}) as { readonly key?: unknown; readonly data?: unknown }
    if (own !== key) {
      // The reply to another question: nothing that comes over this connection can be believed.
      emit('record_refused', { record: name, reason: 'foreign' })
      store.reset?.()
      throw new StoreError('store_unavailable')
    }
    const value = parse(data)
    const { current } = unsealed
    if (value === undefined) reportVersion(key)
    else if (current) memory?.set(keyed(key, sealed), value)
    return { value, sealed, current }
  }

  /** It stays where it is, and is found at each request of its session. */
  function reportVersion(key: string): void {
    if (reported.has(key)) return
    if (reported.size >= mostReported) reported.clear()
    reported.add(key)
    emit('record_refused', { record: name, reason: 'other_version' })
  }

  return {
    async read(key) {
      const sealed = await store.get(key)
      if (sealed === undefined) return undefined
      const known = memory?.get(keyed(key, sealed))
      return known === undefined ? open(key, sealed) : { value: known, sealed, current: true }
    },
    async write(key, data, seconds, condition) {
      const lifetime = Math.max(1, Math.ceil(seconds))
      const sealed = await sealer.seal({ key, data }, lifetime + overlap)
      return (await store.set(key, sealed, lifetime, condition)) ? sealed : undefined
    },
    async delete(key, { sealed }) {
      await store.delete(key, { is: sealed })
    },
  }
}

/** The same text under another key is another one's record, however well it is known (attack row 162). */
function keyed(key: string, sealed: string): string {
  return `${key} ${sealed}`
}
