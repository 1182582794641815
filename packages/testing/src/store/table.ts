import type { MarkFollower, Store, StoredMark } from '@scalegate/core/store'
import { mustHold } from '../audits/check.js'
import type { StoreUnderTest } from './contract.js'

/** The moment when a follower was told that it has heard everything up to `upTo`, in seconds of the monotonic clock. */
interface Beat {
  readonly upTo: number
  readonly since: number
  /** How many marks it had heard by then. */
  readonly heard: number
}

/** What a follower has heard so far. */
export interface Heard {
  readonly marks: Pick<StoredMark, 'name' | 'at'>[]
  readonly beats: Beat[]
  readonly stop: () => void
}

const now = () => performance.now() / 1000

/** What one check has in its hands: stores that are closed after it, and names that nothing else has. */
export class StoreTable {
  readonly subject: StoreUnderTest
  readonly #run = `check-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`
  readonly #opened: Store[] = []

  constructor(subject: StoreUnderTest) {
    this.subject = subject
  }

  async store(): Promise<Store> {
    const store = await this.subject.open()
    this.#opened.push(store)
    return store
  }

  async stores(count: number): Promise<readonly Store[]> {
    return Promise.all(Array.from({ length: count }, () => this.store()))
  }

  key(name = 'a'): string {
    return `${this.#run}.${name}`
  }

  /** A key of a mark: shorter, and without `.` and `:`. */
  mark(name: string, at: number): StoredMark {
    return { key: this.markKey(name), name: `${this.#run} ${name}`, at }
  }

  markKey(name: string): string {
    return `${this.#run}_${name}`
  }

  /** Only what this check has written: others may write on the same engine. */
  follow(store: Store): Heard {
    const marks: Heard['marks'] = []
    const beats: Beat[] = []
    const follower: MarkFollower = {
      marks: (told) => void marks.push(...told.filter(({ name }) => name.startsWith(this.#run))),
      current: (age, since) => void beats.push({ upTo: now() - age, since, heard: marks.length }),
    }
    return { marks, beats, stop: store.marks.follow(follower) }
  }

  /** So many fifths of a second, or seconds on a clock of its own. */
  span(fifths: number): number {
    return this.subject.advance === undefined ? fifths / 5 : fifths
  }

  async pass(fifths: number): Promise<void> {
    if (this.subject.advance !== undefined) await this.subject.advance(fifths)
    else await wait(fifths / 5)
  }

  async clear(): Promise<void> {
    await Promise.all(this.#opened.map((store) => store.close()))
  }
}

export function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000)
  })
}

/** Waits until something holds, and fails where it does not within the time. */
export async function eventually(
  what: string,
  seconds: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = now() + seconds
  while (!(await holds())) {
    mustHold(`${what}, within ${seconds} s`, now() < end)
    await wait(0.01)
  }
}

/** Rejects, and within a second: a tenth more for a busy machine. */
export async function mustRejectSoon(what: string, attempt: () => Promise<unknown>): Promise<void> {
  const begun = now()
  const outcome = await Promise.race([
    attempt().then(
      () => 'resolved',
      () => 'rejected',
    ),
    wait(3).then(() => 'still waiting after 3 s'),
  ])
  const took = now() - begun
  mustHold(
    `${what} must reject within a second`,
    outcome === 'rejected' && took < 1.1,
    `${outcome}, ${took.toFixed(2)} s`,
  )
}
