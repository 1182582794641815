/** Seconds of a clock that nobody sets: for deadlines and ages. */
export const monotonic = (): number => performance.now() / 1000

/** Seconds since 1970, with fractions: for instants that other processes read. */
export const instant = (): number => (performance.timeOrigin + performance.now()) / 1000

export const late: unique symbol = Symbol('late')

/**
 * What a promise gives, or `late` after so many seconds. A rejection that comes later is heard and dropped. `isIdle`: an
 * otherwise idle process need not stay for it.
 */
export function within<Value>(promise: Promise<Value>, seconds: number, isIdle: boolean): Promise<Value | typeof late> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(late), seconds * 1000)
    if (isIdle) timer.unref()
    const settled = (settle: () => void) => {
      clearTimeout(timer)
      settle()
    }
    promise.then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    )
  })
}

/** Waits, without keeping the process alive. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000).unref()
  })
}
