import {
  adviceOn,
  isOfAnotherMaster,
  isOfLogin,
  isPassing,
  RedisStoreError,
  refusalOf,
  refused,
  socketCodeOf,
  unconnected,
} from './errors.js'
import type { RedisHealth } from './store-options.js'
import { late, monotonic, pause, within } from './time.js'
import type { Wire } from './wire.js'

/** A command and how long it may take. */
export interface Command {
  readonly args: readonly string[]
  readonly key: string
  /** Seconds on top of the deadline, for a command that waits by itself. */
  readonly wait?: number
  /** An otherwise idle process need not stay for its answer. */
  readonly isIdle?: boolean
}

/** A connection that is given up when it is late, and made anew. */
export interface Link {
  /**
   * Sends, and reads the reply. `read` throws where the reply does not fit; then the connection is dropped, because the
   * next reply may be that of somebody else's question.
   */
  readonly ask: <Value>(command: Command, read: (reply: unknown) => Value) => Promise<Value>
  /** Drops the connection: its replies went to other questions than theirs. */
  readonly reset: () => void
  readonly close: () => void
}

export interface LinkOptions {
  readonly of: 'commands' | 'feed'
  readonly open: () => Wire
  readonly deadline: number
  /** A key of the store's own that says whether the server answers. */
  readonly probe: string
  readonly onHealth: (health: RedisHealth) => void
  /** Connected again. `lostAt`: when the last connection was, by the monotonic clock. */
  readonly onBack?: (lostAt: number) => void
}

/**
 * Seconds that an attempt to connect may take. Whoever asks first waits a part of it, and then the deadline of the command:
 * both together stay within a second.
 */
const attemptWithin = 2
const firstAnswerWithin = 0.6

/** Connects when it is asked first, so that a program may make a store that it does not use. */
export function createLink({ of, open, deadline, probe, onHealth, onBack }: LinkOptions): Link {
  let wire: Wire | undefined
  const opened = new Set<Wire>()
  let isClosed = false
  let isConnecting = false
  let connectedAt = 0
  let lostAt: number | undefined
  let failures = 0
  let refusals = new Set<string>()
  let refusedAs: string | undefined
  let failedAs: string | undefined
  let settleFirst: () => void = () => undefined
  const first = new Promise<void>((resolve) => {
    settleFirst = resolve
  })

  /** One attempt after the other, never two at once, until one succeeds. */
  const connect = async () => {
    if (isConnecting || isClosed) return
    isConnecting = true
    while (!isClosed) {
      if (failures > 0) await pause(Math.min(1, 0.05 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2))
      if (isClosed) break
      failures += 1
      const fresh = await attempt()
      if (fresh !== undefined) {
        adopt(fresh)
        break
      }
      markLost('closed')
      settleFirst()
    }
    isConnecting = false
    settleFirst()
  }

  const attempt = async (): Promise<Wire | undefined> => {
    const fresh = openOrNot()
    if (fresh === undefined) return undefined
    opened.add(fresh)
    let isConnected = false
    let failure: string | undefined
    const answers = async () => {
      await fresh.connect()
      isConnected = true
      return fresh.send(['GET', probe], probe)
    }
    const answered = await within(answers(), attemptWithin, true).catch((error: unknown) => {
      const refusal = refusalOf(fresh.trouble()) ?? refusalOf(error)
      failure = socketCodeOf(fresh.trouble()) ?? socketCodeOf(error)
      // Once it is let in, a refusal is an answer too: what is wrong is said where a command meets it.
      if (refusal === undefined || (isConnected && !isOfLogin(refusal))) return refusal ?? late
      refusedAs = refusal
      noteRefusal('connect', refusal)
      return late
    })
    if (answered !== late && !isClosed) return fresh
    failedAs = failure
    retire(fresh)
    return undefined
  }

  /** What a client's `duplicate` throws is an attempt that failed: nobody waits for `connect` who could hear of it. */
  const openOrNot = (): Wire | undefined => {
    try {
      return open()
    } catch {
      return undefined
    }
  }

  const retire = (gone: Wire) => {
    opened.delete(gone)
    gone.destroy()
  }

  const adopt = (fresh: Wire) => {
    const before = wire
    wire = fresh
    // What it was asked may still be answered.
    if (before !== undefined) void pause(1).then(() => retire(before))
    connectedAt = monotonic()
    refusedAs = undefined
    failedAs = undefined
    // One that took the place of another has the same to say.
    if (before === undefined || lostAt !== undefined) refusals = new Set()
    fresh.onTrouble(() => giveUp(fresh, 'closed'))
    if (lostAt !== undefined) {
      onHealth({ type: 'back', of, after: connectedAt - lostAt })
      onBack?.(lostAt)
    }
    lostAt = undefined
    if (of === 'commands') void readPolicy(fresh)
  }

  /**
   * A single connection is dropped at once. Of a cluster a part may be fine, so it is replaced when there is a better
   * one; until then commands to the part that is not fine are late, each by itself.
   */
  const giveUp = (sick: Wire, reason: 'closed' | 'late' | 'reply') => {
    if (wire !== sick || isClosed) return
    // A connection that did not hold for a second is no success.
    if (monotonic() - connectedAt > 1) failures = 0
    markLost(reason)
    if (!sick.isCluster || reason === 'reply') {
      wire = undefined
      retire(sick)
    }
    void connect()
  }

  const markLost = (reason: 'closed' | 'late' | 'reply') => {
    if (lostAt !== undefined || isClosed) return
    lostAt = monotonic()
    onHealth({ type: 'lost', of, reason })
  }

  const readPolicy = async (fresh: Wire) => {
    // An engine that does not say is not worse for it.
    const info = await within(fresh.memory(), deadline, true).catch(() => undefined)
    const policy = typeof info === 'string' ? /maxmemory_policy:([a-z-]+)/.exec(info)?.[1] : undefined
    if (policy !== undefined && policy !== 'noeviction') onHealth({ type: 'eviction_policy', policy })
  }

  const refuse = (used: Wire, command: string, refusal: string): RedisStoreError => {
    if (isOfAnotherMaster(refusal)) replace(used)
    noteRefusal(command, refusal)
    return refused(command, refusal)
  }

  /** Where there is nothing to do but wait, nobody is alarmed. */
  const noteRefusal = (command: string, refusal: string) => {
    const advice = adviceOn(refusal)
    if (advice === undefined || refusals.has(`${command} ${refusal}`)) return
    refusals.add(`${command} ${refusal}`)
    onHealth({ type: 'refused', command, refusal, advice })
  }

  /** Reading goes on meanwhile. */
  const replace = (used: Wire) => {
    if (wire !== used || monotonic() - connectedAt < 1) return
    failures = 0
    void connect()
  }

  const current = async (isIdle: boolean): Promise<Wire> => {
    if (isClosed) throw new RedisStoreError('redis_closed', 'Make a new one.')
    if (wire !== undefined) return wire
    if (connectedAt === 0) {
      void connect()
      await within(first, firstAnswerWithin, isIdle)
      if (wire !== undefined) return wire
    }
    if (refusedAs !== undefined && !isPassing(refusedAs)) throw refused('connect', refusedAs)
    throw unconnected(failedAs, connectedAt === 0)
  }

  return {
    async ask({ args, key, wait = 0, isIdle = false }, read) {
      const used = await current(isIdle)
      const command = args[0] ?? ''
      let reply: unknown
      try {
        reply = await within(used.send(args, key), deadline + wait, isIdle)
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal !== undefined) throw refuse(used, command, refusal)
        giveUp(used, 'closed')
        throw new RedisStoreError('redis_unavailable', 'The connection broke; it is tried again by itself.')
      }
      if (reply === late) {
        giveUp(used, 'late')
        throw new RedisStoreError('redis_unavailable', `${command} took longer than ${deadline + wait} s.`)
      }
      try {
        return read(reply)
      } catch {
        giveUp(used, 'reply')
        throw new RedisStoreError('redis_reply_invalid', `The command was ${command}.`)
      }
    },
    reset() {
      if (wire !== undefined) giveUp(wire, 'reply')
    },
    close() {
      isClosed = true
      wire = undefined
      for (const each of opened) retire(each)
      settleFirst()
    },
  }
}
