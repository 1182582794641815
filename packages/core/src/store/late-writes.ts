import { isScalegateError } from '../errors/scalegate-error.js'

/** Seconds for which a write is tried again, and those of them in which it keeps a process from ending. */
const patience = 600
const stays = 60
/** Milliseconds between two attempts: less than somebody waits who would give up for the lack of it. */
const between = 200
/** Beyond it the oldest is given up. */
const capacity = 10_000
/** Failures in a row after which a round ends: the whole store is away, and not a part of it. */
const mostFailures = 3

/** What the store must be told although it is out of reach now: of each key the latest write only. */
export interface LateWrites {
  /**
   * Writes now, or where the store does not answer as soon as it does; one after the other, so that an outage does not end
   * in a storm. A key that keeps failing holds up no other: a part of the store may be away while the rest answers.
   * Resolves to false where it is still to be done, and never rejects. It is tried for so many `seconds`, ten minutes
   * unless told otherwise.
   */
  readonly tell: (key: string, write: () => Promise<unknown>, seconds?: number) => Promise<boolean>
  /** True while a write of the key is still to be done. */
  readonly isWaiting: (key: string) => boolean
}

/** Not every platform has these. */
interface Timer {
  readonly ref?: () => void
  readonly unref?: () => void
}

interface Waiting {
  readonly write: () => Promise<unknown>
  /** Both of the monotonic clock, in milliseconds. */
  readonly since: number
  readonly until: number
}

/**
 * Its timers keep a process from ending for {@link stays} seconds at most: what it holds is the only copy of a rotated token,
 * and without it the next process would find the old one spent.
 */
export function createLateWrites(): LateWrites {
  const waiting = new Map<string, Waiting>()
  let isTrying = false
  let timer: Timer | undefined
  /** The last that failed: the next round begins after it, so that each has its turn. */
  let failed: string | undefined

  function keep(key: string, write: () => Promise<unknown>, seconds: number): void {
    const before = waiting.get(key)
    const since = before?.since ?? performance.now()
    const until = before?.until ?? since + seconds * 1000
    const oldest = waiting.keys().next()
    if (before === undefined && waiting.size >= capacity && !oldest.done) waiting.delete(oldest.value)
    waiting.set(key, { write, since, until })
    if (!isTrying) void tryAgain()
    else if (before === undefined) timer?.ref?.()
  }

  async function tryAgain(): Promise<void> {
    isTrying = true
    while (waiting.size > 0) {
      await new Promise((resolve) => {
        timer = setTimeout(resolve, between) as unknown as Timer
        if (!keepsAwake()) timer.unref?.()
      })
      await writeAll()
    }
    isTrying = false
  }

  async function writeAll(): Promise<void> {
    giveUpTheOld()
    let failures = 0
    for (const [key, each] of inTurn()) {
      const isDone = await attempt(each.write)
      failures = isDone ? 0 : failures + 1
      // A later one may have come meanwhile.
      if (isDone && waiting.get(key) === each) waiting.delete(key)
      if (!isDone) failed = key
      if (failures === mostFailures) return
    }
  }

  function keepsAwake(): boolean {
    const old = performance.now() - stays * 1000
    return [...waiting.values()].some(({ since }) => since > old)
  }

  function giveUpTheOld(): void {
    for (const [key, { until }] of waiting) if (performance.now() >= until) waiting.delete(key)
  }

  function inTurn(): readonly (readonly [string, Waiting])[] {
    const all = [...waiting]
    const next = all.findIndex(([key]) => key === failed) + 1
    return [...all.slice(next), ...all.slice(0, next)]
  }

  return {
    async tell(key, write, seconds = patience) {
      if (!waiting.has(key) && (await attempt(write))) return true
      keep(key, write, seconds)
      return false
    },
    isWaiting: (key) => waiting.has(key),
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
