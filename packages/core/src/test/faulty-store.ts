import type { MarkFollower, Store, StoredMark } from '../options/store.js'
import { memoryStore } from '../state/memory-store.js'

/** `hang`: like a process that was stopped; what was sent is carried out when it goes on. A number: milliseconds until it is. */
export type Condition = 'up' | 'down' | 'hang' | number

/** One question to the store. */
export interface StoreCall {
  readonly method: 'get' | 'set' | 'delete' | 'raise' | 'marks.write' | 'marks.read'
  /** Empty for marks. */
  readonly key: string
}

/** An engine in memory that fails as it is told. */
export interface FaultyStore extends Store {
  /** How it fares at a question; set it to a function to choose by question. */
  condition: Condition | ((call: StoreCall) => Condition)
  /** Every question, in order. */
  readonly calls: StoreCall[]
  /** Every text that was ever given to it, keys and values. */
  readonly written: string[]
  /** What it answers to `get` instead, as a client library does that mixes up its replies. */
  reply: ((key: string) => string | undefined) | undefined
  readonly resets: () => number
  /** Restarted without its data. */
  readonly empty: () => void
  /** Keys that lie there now, and what under each. */
  readonly entries: () => Promise<ReadonlyMap<string, string>>
}

/** What its errors say: hosts, passwords and keys, as those of real clients do. */
export const storeCanary = 'canary-redis-password'

/** Asks often enough for tests on a clock of their own that nobody waits for a beat. */
export function faultyStore(open: () => Store = memoryStore): FaultyStore {
  let engine = open()
  let resets = 0
  let waiting: (() => void)[] = []
  const calls: StoreCall[] = []
  const written: string[] = []
  const keys = new Set<string>()
  const followers = new Map<MarkFollower, { stop: () => void; missed: Pick<StoredMark, 'name' | 'at'>[] }>()
  let condition: FaultyStore['condition'] = 'up'
  const conditionAt = (call: StoreCall) => (typeof condition === 'function' ? condition(call) : condition)
  const feedIsUp = () => condition === 'up' || typeof condition !== 'string'

  async function ask<Answer>(call: StoreCall, carryOut: () => Promise<Answer>): Promise<Answer> {
    calls.push(call)
    const now = conditionAt(call)
    if (now === 'down') throw new Error(`connect ECONNREFUSED redis://kit:${storeCanary}@10.0.0.9:6379 ${call.key}`)
    if (now === 'hang') await new Promise<void>((resolve) => void waiting.push(resolve))
    if (typeof now === 'number') await new Promise((resolve) => setTimeout(resolve, now))
    return carryOut()
  }

  /** While it is away nobody is told of anything; afterwards of all of it, as a feed that finds back does. */
  function join(follower: MarkFollower): void {
    const missed: Pick<StoredMark, 'name' | 'at'>[] = []
    const stop = engine.marks.follow({
      marks(marks) {
        if (feedIsUp()) follower.marks(marks)
        else missed.push(...marks)
      },
      current(age, since) {
        if (feedIsUp()) follower.current(age, since)
      },
    })
    followers.set(follower, { stop, missed })
  }

  const store: FaultyStore = {
    get condition() {
      return condition
    },
    set condition(next) {
      const wasUp = feedIsUp()
      condition = next
      if (!feedIsUp() || wasUp) return
      const late = waiting
      waiting = []
      for (const goOn of late) goOn()
      for (const [follower, { missed }] of followers) follower.marks(missed.splice(0))
    },
    calls,
    written,
    reply: undefined,
    resets: () => resets,
    empty() {
      engine = open()
      for (const [follower, { stop }] of followers) {
        stop()
        join(follower)
      }
    },
    async entries() {
      const found = await Promise.all([...keys].map(async (key) => [key, await engine.get(key)] as const))
      return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined))
    },
    get: (key) => ask({ method: 'get', key }, () => engine.get(store.reply?.(key) ?? key)),
    set(key, value, ...rest) {
      keys.add(key)
      written.push(key, value)
      return ask({ method: 'set', key }, () => engine.set(key, value, ...rest))
    },
    delete: (key, ...rest) => ask({ method: 'delete', key }, () => engine.delete(key, ...rest)),
    raise(key, value, seconds) {
      written.push(key, value)
      return ask({ method: 'raise', key }, () => engine.raise(key, value, seconds))
    },
    marks: {
      write(marks, seconds) {
        written.push(...marks.map(({ key }) => key))
        return ask({ method: 'marks.write', key: '' }, () => engine.marks.write(marks, seconds))
      },
      read: (wanted) => ask({ method: 'marks.read', key: '' }, () => engine.marks.read(wanted)),
      follow(follower) {
        join(follower)
        return () => {
          followers.get(follower)?.stop()
          followers.delete(follower)
        }
      },
    },
    reset() {
      resets += 1
    },
    close: () => engine.close(),
  }
  return store
}
