import { expect } from 'vitest'

/** Asks until the answer is as expected. Not for one second, as by default: a busy machine is not a failure. */
export function eventually<T>(ask: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout: 10_000 })
}
