import { sha256Base64url } from '../crypto/sha256.js'
import type { Clock } from '../options/clock.js'
import type { Store } from '../options/store.js'
import { createExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'

/** What may be used once, such as the `jti` of a logout token. The id itself is kept nowhere, only its hash. */
export interface UsedOnce {
  readonly isUsed: (id: string) => Promise<boolean>
  /** Notes that it is used, until `expiresAt` (NumericDate). Resolves to false where somebody was first. */
  readonly use: (id: string, expiresAt: number) => Promise<boolean>
}

/**
 * In the store, where there is one, and else in the memory of this process.
 *
 * @throws StoreError store_unavailable
 */
export function createUsedOnce(input: {
  readonly name: string
  /** Whose ids they are: two apps on one store must not use up each other's. */
  readonly owner: string
  readonly store: Store | undefined
  readonly clock: Clock
  readonly state: ProcessState
}): UsedOnce {
  const { name, owner, store, clock, state } = input
  if (store === undefined) {
    const used = state.slot(`used ${name}`, () => createExpiringMap<true>({ clock, capacity: 50_000 }))
    return {
      isUsed: async (id) => used.get(await sha256Base64url(id)) === true,
      async use(id, expiresAt) {
        const key = await sha256Base64url(id)
        if (used.get(key) === true) return false
        used.set(key, true, expiresAt)
        return true
      },
    }
  }
  const keyOf = async (id: string) => `used:${name}:${await sha256Base64url(`${owner} ${id}`)}`
  return {
    isUsed: async (id) => (await store.get(await keyOf(id))) !== undefined,
    use: async (id, expiresAt) =>
      store.set(await keyOf(id), '1', Math.max(1, Math.ceil(expiresAt - clock())), 'absent'),
  }
}
