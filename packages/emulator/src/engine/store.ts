import { now } from '../clock.js'
import type { Settings } from '../settings.js'

interface Stored {
  readonly payload: Readonly<Record<string, unknown>>
  readonly grantId?: string
  readonly consumedAt?: number
}

/**
 * Where the engine keeps codes, refresh tokens, grants and interactions. It outlives the engine itself, which is
 * built anew at each key rotation.
 */
export class EngineStore {
  readonly #entries = new Map<string, Stored>()
  readonly #settings: () => Settings

  constructor(settings: () => Settings) {
    this.#settings = settings
  }

  put(key: string, payload: Readonly<Record<string, unknown>>): void {
    const { grantId } = payload
    this.#entries.set(key, { payload, ...(typeof grantId === 'string' ? { grantId } : {}) })
  }

  /** What the engine may know about an entry; `consumed` makes it revoke the whole grant. */
  find(key: string): Readonly<Record<string, unknown>> | undefined {
    const entry = this.#entries.get(key)
    if (entry?.consumedAt === undefined) return entry?.payload
    if (!key.startsWith('RefreshToken:')) return { ...entry.payload, consumed: entry.consumedAt }
    if (this.#inGrace(entry.consumedAt)) return entry.payload
    return this.#settings().revokeFamilyOnReuse ? { ...entry.payload, consumed: entry.consumedAt } : undefined
  }

  /**
   * Marks an entry as used; false when it may not be used any more. The engine looks first and consumes later, so of
   * several parallel refreshes all may have looked in time: only the first one gets through, unless there is a grace.
   */
  consume(key: string): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    if (entry.consumedAt !== undefined) return key.startsWith('RefreshToken:') && this.#inGrace(entry.consumedAt)
    this.#entries.set(key, { ...entry, consumedAt: now() })
    return true
  }

  destroy(key: string): void {
    this.#entries.delete(key)
  }

  revokeGrant(grantId: string): void {
    for (const [key, entry] of this.#entries) if (entry.grantId === grantId) this.#entries.delete(key)
    this.#entries.delete(`Grant:${grantId}`)
  }

  clear(): void {
    this.#entries.clear()
  }

  #inGrace(consumedAt: number): boolean {
    return now() < consumedAt + this.#settings().refreshGrace
  }
}
