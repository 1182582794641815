import { isScalegateError } from '../errors/scalegate-error.js'

/** Seconds for which a write is tried again. */
const patience = 60
/** Milliseconds between two attempts: less than somebody waits who would give up for the lack of it. */
const between = 200
/** Beyond it the oldest is given up. */
const capacity = 10_000

/** What the store must be told although it is out of reach now: of each key the latest write only. */
export interface LateWrites {
  /**
   * Writes now, or where the store does not answer as soon as it does; one after the other, so that an outage does not end
   * in a storm. Resolves to false where it is still to be done, and never rejects.
   */
  readonly tell: (key: string, write: () => Promise<unknown>) => Promise<boolean>
  /** True while something waits: whoever asks the store now waits for nothing. */
  readonly isAway: () => boolean
}

interface Waiting {
  readonly write: () => Promise<unknown>
  /** Of the monotonic clock, in milliseconds. */
  readonly until: number
}

/**
 * Its timers keep a process from ending for {@link patience} at most: what it holds is the only copy of a rotated token,
 * and without it the next process would find the old one spent.
 */
export function createLateWrites(): LateWrites {
  const waiting = new Map<string, Waiting>()
  let isTrying = false

  function keep(key: string, write: () => Promise<unknown>): void {
    const until = waiting.get(key)?.until ?? performance.now() + patience * 1000
    const oldest = waiting.keys().next()
    if (waiting.size >= capacity && !oldest.done) waiting.delete(oldest.value)
    waiting.set(key, { write, until })
    if (!isTrying) void tryAgain()
  }

  async function tryAgain(): Promise<void> {
    isTrying = true
    while (waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, between))
      await writeAll()
    }
    isTrying = false
  }

  /** Up to the first that fails. */
  async function writeAll(): Promise<void> {
    for (const [key, each] of waiting) {
      const isDone = performance.now() >= each.until || (await attempt(each.write))
      if (!isDone) return
      // A later one may have come meanwhile.
      if (waiting.get(key) === each) waiting.delete(key)
    }
  }

  return {
    async tell(key, write) {
      if (waiting.size === 0 && (await attempt(write))) return true
      keep(key, write)
      return false
    },
    isAway: () => waiting.size > 0,
  }
}

/** False: to be tried again. Any other failure would be the same the next time. */
async function attempt(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    return !isScalegateError(error, 'store_unavailable')
  }
}
