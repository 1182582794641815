import { rfc3339 } from '../clock.js'

/** Milliseconds of the last instant, and how many were taken within it. */
let last = { at: Number.NaN, taken: 0 }

/**
 * The current instant with nanoseconds, as `occurred_at` has it. Events of one millisecond get growing ones: an app
 * that compares them must see the order in which they happened.
 */
export function preciseNow(): string {
  const at = Date.now()
  last = { at, taken: last.at === at ? last.taken + 1 : 1 }
  return precise(at / 1000, last.taken)
}

/** NumericDate seconds with nanoseconds. */
export function precise(instant: number, nanoseconds = 0): string {
  return rfc3339(instant).replace('Z', `${String(nanoseconds).padStart(6, '0')}Z`)
}
