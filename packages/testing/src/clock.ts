import type { Clock } from '@scalegate/core'

/** A clock that stands still until a test moves it. */
export interface VirtualClock {
  /** The instant it shows, NumericDate seconds: the kit's `clock` option. */
  readonly now: Clock
  /** Moves it on by seconds. Backwards is an error: kit and browsers remember what they saw later. */
  readonly advance: (seconds: number) => void
  /** Sets it to an instant, NumericDate seconds, forwards or backwards. */
  readonly set: (at: number) => void
}

/**
 * A clock for tests, so that an hour passes in no time.
 *
 * @param start - NumericDate seconds; the real time by default.
 * @example
 * ```ts
 * const clock = createClock()
 * const auth = scalegate({ clock: clock.now })
 * clock.advance(3600)
 * ```
 */
export function createClock(start: number = Math.floor(Date.now() / 1000)): VirtualClock {
  let at = instant(start)
  return {
    now: () => at,
    advance(seconds) {
      if (!(seconds >= 0)) throw new TypeError('A clock advances by zero or more seconds; use set() to turn it back.')
      at = instant(at + seconds)
    },
    set(next) {
      at = instant(next)
    },
  }
}

/** The kit compares with claims of tokens, which are whole seconds. */
function instant(at: number): number {
  if (!Number.isSafeInteger(at) || at < 0)
    throw new TypeError('An instant is a whole number of seconds since 1970 (NumericDate); milliseconds are not.')
  if (at > 100_000_000_000) throw new TypeError('An instant is in seconds; this one looks like milliseconds.')
  return at
}
