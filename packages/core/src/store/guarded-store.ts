import { StoreError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import type { MarkReading, Store } from '../options/store.js'
import { withDeadline } from '../state/deadline.js'

/** Seconds that a store has for one answer. It should give up sooner by itself; this is for one that does not. */
const deadline = 1

/** Whether the store answers, for all programs of a process: each asks it by connections of its own. */
export interface StoreHealth {
  /** Since when it does not, in milliseconds of the monotonic clock. */
  downSince: number | undefined
  /** When it last did not. */
  failedAt: number
}

export function failedWithin({ failedAt }: StoreHealth, seconds: number): boolean {
  return performance.now() - failedAt < seconds * 1000
}

/** Milliseconds without a failure after which it is well again: one that reads and cannot write fails at every other request. */
const settled = 1000

export function createStoreHealth(): StoreHealth {
  return { downSince: undefined, failedAt: Number.NEGATIVE_INFINITY }
}

/**
 * The app's store, each of whose failures is StoreError store_unavailable: its own errors may name hosts and keys. Tells
 * once when it stops answering, and once when it answers again.
 */
export function guardStore(store: Store, emit: Emit, health = createStoreHealth()): Store {
  async function asked<Answer>(during: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await withDeadline(ask(), deadline, () => new Error('The store did not answer in time.'))
      answered()
      return answer
    } catch {
      failed(during)
      throw new StoreError('store_unavailable')
    }
  }

  function failed(during: string): void {
    health.failedAt = performance.now()
    if (health.downSince !== undefined) return
    health.downSince = performance.now()
    emit('store_unavailable', { during })
  }

  function answered(): void {
    if (health.downSince === undefined || performance.now() - health.failedAt < settled) return
    emit('store_available', { seconds: Math.round((performance.now() - health.downSince) / 1000) })
    health.downSince = undefined
  }

  return {
    get: (key) => asked('get', async () => textOf(await store.get(key))),
    set: (...write) => asked('set', async () => truthOf(await store.set(...write))),
    delete: (...deletion) => asked('delete', () => store.delete(...deletion)),
    raise: (...write) => asked('raise', async () => textOf(await store.raise(...write))),
    marks: {
      write: (...write) => asked('marks.write', () => store.marks.write(...write)),
      read: (keys) => asked('marks.read', async () => readingOf(await store.marks.read(keys), keys.length)),
      follow: (follower) =>
        store.marks.follow({
          marks: (marks) => follower.marks(marks.filter(({ at }) => Number.isFinite(at))),
          current(age, since) {
            // Nothing would ever be older than this again.
            if (!Number.isFinite(age) || !Number.isFinite(since)) return
            // With sessions in cookies nothing else may be asked for a long time.
            answered()
            follower.current(age, since)
          },
        }),
    },
    reset() {
      try {
        store.reset?.()
      } catch {
        // Whoever asks for it refuses what it was given in any case.
      }
    },
    close: () => store.close(),
  }
}

/**
 * What a store of the app's own answers is looked at: `null` for nothing, as clients of Redis have it, would count every
 * logout token as seen before, and a reading without its beginning would never again be older than anything.
 */
function textOf(answer: unknown): string | undefined {
  if (answer === undefined || answer === null) return undefined
  if (typeof answer === 'string') return answer
  throw new TypeError('A store answers with a text, or with undefined.')
}

function truthOf(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  throw new TypeError('A store says whether it has written.')
}

function readingOf(answer: MarkReading, length: number): MarkReading {
  const { since, at } = answer
  const instants = at.map((each: unknown) => each ?? undefined)
  const areInstants = instants.every((each) => each === undefined || Number.isFinite(each))
  if (!Number.isFinite(since) || at.length !== length || !areInstants) {
    throw new TypeError('A reading of marks has `since`, and an instant or undefined for each key.')
  }
  return { since, at: instants as (number | undefined)[] }
}
