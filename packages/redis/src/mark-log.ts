import type { MarkReading, StoredMark } from '@scalegate/core/store'
import { milliseconds, validKey } from './entries.js'
import type { Link } from './link.js'
import { list, seconds } from './replies.js'
import { readMarks, writeMarks } from './scripts.js'
import { monotonic } from './time.js'

/** All of one slot, so that marks can be written and told as one step. */
export interface MarkKeys {
  readonly state: string
  readonly log: string
  /** Lies where the marks lie, and says whether that server answers. Nothing is ever written there. */
  readonly probe: string
  readonly mark: (key: string) => string
}

export function markKeys(prefix: string): MarkKeys {
  const base = `${prefix}{${prefix}marks}`
  return {
    state: `${base}:state`,
    log: `${base}:log`,
    probe: `${base}:probe`,
    mark: (key) => `${base}:at:${validKey(key)}`,
  }
}

/**
 * Marks that were written at most so many seconds before an outage are written again after it: a server that syncs to its
 * disk each second, or a replica that lags, may come back without the latest.
 */
export const rewrittenWithin = 60

export interface WrittenMarks {
  readonly write: (marks: readonly StoredMark[], seconds: number) => Promise<void>
  readonly read: (keys: readonly string[]) => Promise<MarkReading>
  /** Writes again what was written shortly before an instant of the monotonic clock. */
  readonly rewrite: (lostAt: number) => Promise<void>
}

interface Written {
  readonly mark: StoredMark
  readonly seconds: number
  readonly at: number
}

/** How many marks are held for writing them again, and how many go in one step. */
const held = 10_000
const together = 200

export function writtenMarks(link: Link, keys: MarkKeys): WrittenMarks {
  let recent: readonly Written[] = []
  let isRewriting = false

  const send = (marks: readonly StoredMark[], lasting: number) => {
    const found = [keys.state, keys.log, ...marks.map(({ key }) => keys.mark(key))]
    const values = marks.flatMap(({ name, at }) => [name, String(at)])
    const args = ['EVAL', writeMarks, String(found.length), ...found, milliseconds(lasting), ...values]
    return link.ask({ args, key: keys.state }, seconds)
  }

  const remember = (marks: readonly StoredMark[], lasting: number) => {
    const now = monotonic()
    const added = marks.map((mark) => ({ mark, seconds: lasting, at: now }))
    recent = [...recent.filter(({ at }) => at > now - rewrittenWithin), ...added].slice(-held)
  }

  return {
    async write(marks, lasting) {
      if (marks.some(({ at }) => !Number.isFinite(at))) throw new RangeError('A mark needs an instant.')
      if (marks.length === 0) return
      await send(marks, lasting)
      remember(marks, lasting)
    },
    async read(wanted) {
      const found = [keys.state, keys.log, ...wanted.map((key) => keys.mark(key))]
      const args = ['EVAL', readMarks, String(found.length), ...found]
      return link.ask({ args, key: keys.state }, (reply) => {
        const [since, ...at] = list(reply, wanted.length + 1)
        return { since: seconds(since), at: at.map((each) => (each === null ? undefined : seconds(each))) }
      })
    },
    async rewrite(lostAt) {
      if (isRewriting) return
      isRewriting = true
      try {
        const due = recent.filter(({ at }) => at > lostAt - rewrittenWithin)
        for (const group of groups(due)) {
          await send(
            group.map(({ mark }) => mark),
            group[0]?.seconds ?? 0,
          )
          // The server may be lost again before it has kept this.
          const now = monotonic()
          const sent = new Set(group)
          recent = [...recent.filter((each) => !sent.has(each)), ...group.map((each) => ({ ...each, at: now }))]
        }
      } catch {
        // Lost again: the next connection begins this anew.
      } finally {
        isRewriting = false
      }
    },
  }
}

/** What can go in one step: of one lifetime, and not too many. */
function groups(due: readonly Written[]): readonly (readonly Written[])[] {
  return [...new Set(due.map((each) => each.seconds))].flatMap((lasting) => {
    const alike = due.filter((each) => each.seconds === lasting)
    const count = Math.ceil(alike.length / together)
    return Array.from({ length: count }, (_, index) => alike.slice(index * together, (index + 1) * together))
  })
}
