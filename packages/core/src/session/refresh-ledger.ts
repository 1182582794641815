import * as z from 'zod/mini'
import { randomToken } from '../crypto/random.js'
import { sha256Base64url } from '../crypto/sha256.js'
import { isScalegateError, RefreshError, StoreError } from '../errors/scalegate-error.js'
import type { Clock } from '../options/clock.js'
import type { Store } from '../options/store.js'
import type { TokenSet } from '../protocol/token-request.js'
import type { LateWrites } from '../store/late-writes.js'
import type { SealedRecords, StoredRecord } from '../store/sealed-records.js'
import { type OpenedSession, openRecord, type SessionRecord } from './session-record.js'

/** Seconds for which requests that left the browser before the new cookie arrived find the new tokens, at the least. */
const shortestSuccession = 60
/** Seconds for which a refusal is remembered here; afterwards the provider repeats it. */
const endedLifetime = 3600
/** Rotated tokens that could not be verified, because keys were out of reach or a clock was off, wait this long. */
export const unverifiedLifetime = 3600
/**
 * Seconds for which a process that is refused waits for word of a winner: usually it has been written down, and after an
 * outage of the store the winner may not have found back yet.
 */
const refusalIsDoubted = { usually: 0.3, afterOutage: 1.5 } as const
/** Seconds that a winner needs beside the call itself: its writes, and a process that was busy. */
const spare = 2

/** Tokens that came for a refresh token and have not been verified. */
export interface UnverifiedTokens {
  readonly tokens: TokenSet
  /** NumericDate, of our clock. */
  readonly askedAt: number
}

/** What a redemption is given by those that other processes have tried before. */
export interface EarlierRedemption {
  readonly waiting: UnverifiedTokens | undefined
  /** Seconds for which another process was waited for. */
  readonly waited: number
  /** Keeps tokens that have just come: from there on the refresh token is spent, and another process may have to go on. */
  readonly keep: (unverified: UnverifiedTokens) => Promise<void>
}

/** How a redemption ends that gives no session. */
export interface RedemptionFailure {
  readonly error: RefreshError
  /** Seconds until the next attempt. */
  readonly hold: number
}

/** Until when those who come with the old tokens find these: a slow response can put the old cookie back over the new one. */
export function endOfSuccession({ accessTokenExpiresAt, expiresAt }: SessionRecord, now: number): number {
  return Math.min(Math.max(now + shortestSuccession, accessTokenExpiresAt), expiresAt)
}

/** Lets one process at a time redeem a refresh token, and tells the others what it came to. */
export interface RefreshLedger {
  /**
   * Runs `redeem` unless another process is at it or has been; then gives its outcome. `adopted`: it is another's.
   *
   * @throws StoreError store_unavailable before anything was sent: a rotation that cannot be told would be lost.
   */
  readonly settle: (
    key: string,
    redeem: (earlier: EarlierRedemption) => Promise<OpenedSession>,
    failureOf: (error: unknown) => RedemptionFailure,
  ) => Promise<{ readonly session: OpenedSession; readonly adopted: boolean }>
  /**
   * It tells of refusals, and nobody else may remember one: a process that was refused because it came after another,
   * which could not say so, would go on refusing when that one has.
   */
  readonly remembersRefusals: boolean
}

const tokenSet = z.object({
  accessToken: z.string(),
  idToken: z.optional(z.string()),
  refreshToken: z.optional(z.string()),
  expiresIn: z.optional(z.number()),
})
const entrySchema = z.union([
  z.object({ kind: z.literal('session'), record: z.unknown() }),
  z.object({ kind: z.literal('tokens'), tokens: tokenSet, askedAt: z.number() }),
  z.object({ kind: z.literal('failed'), ended: z.boolean(), reason: z.string(), retryAfter: z.optional(z.number()) }),
])

/** What lies under a refresh token. */
export type LedgerEntry = z.infer<typeof entrySchema>

export function parseLedgerEntry(data: unknown): LedgerEntry | undefined {
  const parsed = entrySchema.safeParse(data)
  if (!parsed.success) return undefined
  const isReadable = parsed.data.kind !== 'session' || openRecord(parsed.data.record) !== undefined
  return isReadable ? parsed.data : undefined
}

/** One process, whose requests share promises: nothing to write down. */
export const noLedger: RefreshLedger = {
  settle: async (_key, redeem) => ({
    session: await redeem({ waiting: undefined, waited: 0, keep: async () => undefined }),
    adopted: false,
  }),
  remembersRefusals: false,
}

export function createRefreshLedger(input: {
  readonly store: Store
  readonly records: SealedRecords<LedgerEntry>
  readonly late: LateWrites
  readonly owner: string
  readonly clock: Clock
  /** True where the store did not answer a while ago. */
  readonly isUnsettled: () => boolean
  /** Seconds that the provider has for its answer. */
  readonly timeout: number
  /** Seconds for finding out where to ask, where that is not known. */
  readonly discovery: number
}): RefreshLedger {
  const { store, records, late, owner, clock, isUnsettled, timeout, discovery } = input

  return {
    async settle(key, redeem, failureOf) {
      const name = `refresh:${await sha256Base64url(`${owner} ${key}`)}`
      const began = performance.now()
      for (let attempt = 0; ; attempt++) {
        const found = adopt(await read(name))
        if (found !== undefined) return { session: found, adopted: true }
        const unlock = await lock(name)
        const waited = (performance.now() - began) / 1000
        if (unlock !== undefined) return alone(name, waited, redeem, failureOf).finally(unlock)
        // A request that hangs for longer helps nobody; the next one finds what has become of it.
        if (waited > timeout + spare) throw new RefreshError('refresh_unavailable', 'refresh_under_way')
        await pause(attempt)
      }
    },
    remembersRefusals: true,
  }

  /** Holds the lock. */
  async function alone(
    name: string,
    waited: number,
    redeem: (earlier: EarlierRedemption) => Promise<OpenedSession>,
    failureOf: (error: unknown) => RedemptionFailure,
  ): Promise<{ session: OpenedSession; adopted: boolean }> {
    // Whoever had the lock before may have finished between the two questions.
    const before = await read(name)
    const found = adopt(before)
    if (found !== undefined) return { session: found, adopted: true }
    const waiting = before?.kind === 'tokens' ? unverifiedOf(before) : undefined
    const used = new Set([waiting?.tokens.accessToken])
    const keep = (unverified: UnverifiedTokens) => {
      used.add(unverified.tokens.accessToken)
      return tell(name, { kind: 'tokens', ...unverified }, unverifiedLifetime)
    }
    try {
      const session = await redeem({ waiting, waited, keep })
      const { record } = session
      await tell(name, { kind: 'session', record }, endOfSuccession(record, clock()) - clock())
      return { session, adopted: false }
    } catch (error) {
      const { error: failure, hold } = failureOf(error)
      const { transient, reason, retryAfter } = failure
      const last = transient ? await look(name) : await doubt(name)
      const now = last?.value
      const heard = now?.kind === 'session' ? adopt(now) : undefined
      if (heard !== undefined) return { session: heard, adopted: true }
      // Tokens that wait to be verified must not be written over.
      if (transient && now?.kind === 'tokens') throw error
      // Nor those of a process whose lock had ended: the refusal is of a token that it had spent.
      if (now?.kind === 'tokens' && !used.has(now.tokens.accessToken)) {
        throw new RefreshError('refresh_unavailable', 'refresh_under_way')
      }
      const failed = { kind: 'failed', ended: !transient, reason, ...(retryAfter && { retryAfter }) } as const
      const condition = last === undefined ? 'absent' : { is: last.sealed }
      // Whoever asks later meets the same failure, or a provider that is well again.
      if (!late.isWaiting(name)) {
        await records.write(name, failed, transient ? hold : endedLifetime, condition).catch(() => undefined)
      }
      throw error
    }
  }

  /** What lies there after a refusal. A winner that could not tell while the store was out of reach tells when it is back. */
  async function doubt(name: string): Promise<StoredRecord<LedgerEntry> | undefined> {
    const patience = isUnsettled() ? refusalIsDoubted.afterOutage : refusalIsDoubted.usually
    const end = performance.now() + patience * 1000
    for (;;) {
      const found = await look(name)
      if (found?.value?.kind === 'session' || performance.now() > end) return found
      await pause(2)
    }
  }

  async function lock(name: string): Promise<(() => Promise<unknown>) | undefined> {
    const [key, token, life] = [`${name}:lock`, randomToken(), discovery + timeout + spare]
    const unlock = async () => {
      // Whoever had it before the tokens are told would redeem a spent one.
      if (late.isWaiting(name)) throw new StoreError('store_unavailable')
      await store.delete(key, { is: token })
    }
    // Not released it ends by itself, as that of a process that died.
    const release = () => late.tell(`${key} ${token}`, unlock, life)
    try {
      return (await store.set(key, token, life, 'absent')) ? release : undefined
    } catch (error) {
      // It may lie there all the same, and nobody must wait for a process that has given up.
      void release()
      throw error
    }
  }

  async function read(name: string): Promise<LedgerEntry | undefined> {
    return (await find(name))?.value
  }

  /** @throws RefreshError where another version of the kit is at it or has been: its tokens are not to be spent twice. */
  async function find(name: string): Promise<StoredRecord<LedgerEntry> | undefined> {
    const record = await records.read(name)
    if (record === undefined || record.value !== undefined) return record
    throw new RefreshError('refresh_unavailable', 'refreshed_by_other_version')
  }

  /** The same where the answer may be missing. */
  async function look(name: string): Promise<StoredRecord<LedgerEntry> | undefined> {
    try {
      return await find(name)
    } catch (error) {
      if (isScalegateError(error, 'store_unavailable')) return undefined
      throw error
    }
  }

  /** Does not fail: the session in hand is good, and goes on in this process while the store is out of reach. */
  async function tell(name: string, entry: LedgerEntry, seconds: number): Promise<void> {
    await late.tell(name, () => records.write(name, entry, seconds))
  }
}

/** What another process has come to, as this one sees it. @throws RefreshError */
function adopt(entry: LedgerEntry | undefined): OpenedSession | undefined {
  if (entry === undefined || entry.kind === 'tokens') return undefined
  if (entry.kind === 'session') return openRecord(entry.record)
  const { ended, reason, retryAfter } = entry
  const failure = new RefreshError(ended ? 'refresh_rejected' : 'refresh_unavailable', reason, retryAfter)
  adopted.add(failure)
  throw failure
}

const adopted = new WeakSet<RefreshError>()

/** True where another process has met the failure, and reported it. */
export function isAdopted(failure: RefreshError): boolean {
  return adopted.has(failure)
}

function unverifiedOf({ tokens, askedAt }: Extract<LedgerEntry, { kind: 'tokens' }>): UnverifiedTokens {
  return { tokens: tokens as TokenSet, askedAt }
}

/** 20 to 80 ms. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20 * 2 ** Math.min(attempt, 2)))
}
