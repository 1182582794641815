import { type Clock, systemClock } from '../options/clock.js'
import { flatCopy } from '../state/flat-copy.js'

export interface OpenedCacheLimits {
  /** Estimated memory of all entries. @defaultValue 8388608 (8 MB) */
  readonly maxBytes?: number
  /** @defaultValue the system clock */
  readonly clock?: Clock
}

/** What seals opened to, so that a session is decrypted once and not on every request. */
export interface OpenedCache<Value> {
  readonly get: (sealed: string) => Value | undefined
  /** Remembers until `expiresAt` (NumericDate) at the latest. For seals that were opened or made here, never for failures. */
  readonly set: (sealed: string, value: Value, expiresAt: number) => void
  readonly delete: (sealed: string) => void
}

interface Entry<Value> {
  readonly sealed: string
  readonly value: Value
  readonly expiresAt: number
  readonly bytes: number
}

/** The end of a seal is its MAC: nobody can aim at another entry, and hashing it costs a hundredth of hashing it all. */
const keyLength = 43

/**
 * A cache bounded by memory, in two generations: when the young one is full it becomes the old one, and the old one
 * goes. An entry that is asked for moves back to the young one, so what is in use stays, at no cost per request.
 *
 * Only what was opened is remembered: a flood of forged cookies has no entries and displaces none.
 */
export function createOpenedCache<Value>(limits: OpenedCacheLimits = {}): OpenedCache<Value> {
  const { maxBytes = 8_388_608, clock = systemClock } = limits
  let young = new Map<string, Entry<Value>>()
  let old = new Map<string, Entry<Value>>()
  let youngBytes = 0

  function remove(key: string): void {
    youngBytes -= young.get(key)?.bytes ?? 0
    young.delete(key)
    old.delete(key)
  }

  function add(key: string, entry: Entry<Value>): void {
    if (youngBytes + entry.bytes > maxBytes / 2) {
      old = young
      young = new Map()
      youngBytes = 0
    }
    young.set(key, entry)
    youngBytes += entry.bytes
  }

  return {
    get(sealed) {
      const key = sealed.slice(-keyLength)
      const entry = young.get(key) ?? old.get(key)
      // The whole text, not its end: a log may have kept the end of a seal.
      if (entry === undefined || entry.sealed !== sealed) return undefined
      if (entry.expiresAt <= clock()) {
        remove(key)
        return undefined
      }
      if (!young.has(key)) {
        remove(key)
        add(key, entry)
      }
      return entry.value
    },

    set(sealed, value, expiresAt) {
      const bytes = estimatedBytes(sealed)
      const key = flatCopy(sealed.slice(-keyLength))
      remove(key)
      if (bytes <= maxBytes / 2) add(key, { sealed: flatCopy(sealed), value, expiresAt, bytes })
    },

    delete(sealed) {
      const key = sealed.slice(-keyLength)
      if ((young.get(key) ?? old.get(key))?.sealed === sealed) remove(key)
    },
  }
}

/** The text, its tokens once more as strings, and their claims as objects: within 10 % of the heap of real sessions. */
function estimatedBytes(sealed: string): number {
  return sealed.length * 2 + 2560
}
