/** Milliseconds by which a timer is late in a process that was busy, and for which it then reads what has come meanwhile. */
const noticeable = 10
const readingTakes = 50

/**
 * Rejects when the work takes longer than `seconds`; the work itself may go on and is ignored.
 *
 * A process that was busy beyond the deadline fires its timers before it reads its sockets: what had come in time is
 * still heard, because a refresh whose answer is thrown away is a session lost.
 */
export function withDeadline<T>(work: Promise<T>, seconds: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const due = performance.now() + seconds * 1000
    const giveUp = () => reject(late())
    let timer = setTimeout(() => {
      if (performance.now() - due < noticeable) giveUp()
      else timer = setTimeout(giveUp, readingTakes)
    }, seconds * 1000)
    work.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}
