/** Seconds of a clock that nobody sets: for deadlines and ages. */
export const monotonic = (): number => performance.now() / 1000

/** Seconds by which a timer is late in a process that was busy, and milliseconds that it then has for what lies in its sockets. */
const noticeable = 0.01
const readingTakes = 50

export const late: unique symbol = Symbol('late')

/**
 * What a promise gives, or `late` after so many seconds. A rejection that comes later is heard and dropped. `isIdle`: an
 * otherwise idle process need not stay for it.
 */
export function within<Value>(promise: Promise<Value>, seconds: number, isIdle: boolean): Promise<Value | typeof late> {
  return new Promise((resolve, reject) => {
    const wait = (milliseconds: number, then: () => void) => {
      timer = setTimeout(then, milliseconds)
      if (isIdle) timer.unref()
    }
    let timer: ReturnType<typeof setTimeout> | undefined
    const due = monotonic() + seconds
    wait(seconds * 1000, () => {
      // A process that was busy fires its timers before it reads the replies that have come meanwhile.
      if (monotonic() - due < noticeable) resolve(late)
      else wait(readingTakes, () => resolve(late))
    })
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
