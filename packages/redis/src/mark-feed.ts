import type { MarkFollower } from '@scalegate/core/store'
import type { Link } from './link.js'
import { type MarkKeys, rewrittenWithin } from './mark-log.js'
import { entries, type LogEntry, list, seconds } from './replies.js'
import { beat } from './scripts.js'
import { monotonic, pause } from './time.js'

/** Seconds that the server waits for news, and how much it tells at once. */
const patience = 0.5
const batch = 1000

/** Seconds of what was written last that may be missing after an outage: a beat is a few seconds old itself. */
const tolerable = rewrittenWithin - 10

export interface FeedOptions {
  readonly link: Link
  readonly keys: MarkKeys
  readonly follower: MarkFollower
  /** The server came back without what it had acknowledged in the last so many seconds, or without anything. */
  readonly onDataLost: (seconds: number | undefined) => void
}

/** Tells a follower what the log holds and what is added to it, until the returned function is called. */
export function followMarks({ link, keys, follower, onDataLost }: FeedOptions): () => void {
  let isStopped = false
  let since: number | undefined
  let cursor = '0-0'
  let lastBeat = 0

  const beats = async () => {
    const args = ['EVAL', beat, '2', keys.state, keys.log, String(lastBeat), String(tolerable)]
    const reply = await link.ask({ args, key: keys.state, isIdle: true }, (reply) => list(reply, 3).map(seconds))
    const [found = 0, before = 0, last = 0] = reply
    const hasLost = before < lastBeat
    if (hasLost) onDataLost(before === 0 ? undefined : lastBeat - before)
    lastBeat = last
    return { found, hasLost }
  }

  const news = (): Promise<readonly LogEntry[]> => {
    const args = ['XREAD', 'COUNT', String(batch), 'BLOCK', String(patience * 1000), 'STREAMS', keys.log, cursor]
    return link.ask({ args, key: keys.log, wait: patience, isIdle: true }, entries)
  }

  /**
   * Whether what was read is still all there was. Otherwise from the beginning, where the log is another one, and from
   * shortly before, where it lost its latest: what comes then may have smaller ids than what was read last.
   */
  const compare = async (): Promise<boolean> => {
    const { found, hasLost } = await beats()
    const isSame = found === since
    if (!isSame) cursor = '0-0'
    else if (hasLost) cursor = shortlyBefore(cursor)
    since = found
    return isSame && !hasLost
  }

  const read = async () => {
    await compare()
    while (!isStopped) {
      // The age counts from the question: what was added while the answer was on its way may not be in it.
      const askedAt = monotonic()
      const found = await news()
      if (isStopped) return
      cursor = found.at(-1)?.id ?? cursor
      const marks = found.flatMap(({ mark }) => mark ?? [])
      if (marks.length > 0) follower.marks(marks)
      if (found.length === batch) continue
      const isWhole = await compare()
      if (isWhole && !isStopped && since !== undefined) follower.current(monotonic() - askedAt, since)
    }
  }

  const run = async () => {
    while (!isStopped) {
      await read().catch(() => undefined)
      cursor = shortlyBefore(cursor)
      if (!isStopped) await pause(0.1 + Math.random() / 10)
    }
  }
  void run()
  return () => {
    isStopped = true
    link.close()
  }
}

/** Another server may have taken over, whose clock, from which ids come, is behind. */
function shortlyBefore(id: string): string {
  const time = Number(id.split('-')[0])
  return `${Math.max(0, time - rewrittenWithin * 1000)}-0`
}
