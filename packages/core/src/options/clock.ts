/** The current time as NumericDate: whole seconds since 1970 (RFC 7519 §2). */
export type Clock = () => number

export const systemClock: Clock = () => Math.floor(Date.now() / 1000)

/**
 * The same clock with its fractions, for what must be told apart within a second: a confirmation by the provider, and the
 * start of a process right after it. A clock that an app or a test gives is taken as it is.
 */
export function fineClock(clock: Clock): Clock {
  return clock === systemClock ? () => Date.now() / 1000 : clock
}
