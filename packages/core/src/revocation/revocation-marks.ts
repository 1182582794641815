import type { Clock } from '../options/clock.js'
import { endingName, namesOf, outdatingName } from './mark-names.js'
import type { MarkTable } from './mark-table.js'
import type { SharedMarks } from './shared-marks.js'

/** A person, everywhere or in one organization. */
export interface RevocationSubject {
  readonly sub: string
  readonly organization?: string
}

/** What a mark is about. `session` is the kit's own session id; the other names are the provider's. */
export type RevocationTarget =
  | { readonly session: string }
  | { readonly sid: string }
  | RevocationSubject
  | { readonly sub?: never; readonly organization: string }

/** The names and the moment by which a session is looked up among the marks. */
export interface RevocableSession {
  /** Absent: a token of the provider, and no session of the kit. */
  readonly id?: string | undefined
  readonly sid: string | undefined
  readonly sub: string
  readonly organizationId: string | undefined
  readonly loggedInAt: number
  /** When the provider last vouched for it, by our clock. */
  readonly confirmedAt: number
}

/**
 * "Not valid before T" marks. A login never removes one: it is newer than the mark, so it is valid, while an
 * older cookie of the same person in another browser stays dead (OIDC Back-Channel Logout 1.0 §2.7).
 */
export interface RevocationMarks {
  /**
   * Sees to it that the answers about this session are not older than the app allows. Undefined: they are not.
   *
   * @throws StoreError store_unavailable
   */
  readonly consult: (session: RevocableSession) => Promise<void> | undefined
  /**
   * Since when every logout has been heard, without a gap. A session that the provider last confirmed at or
   * before this moment may have been ended unheard, and must be refreshed before it is believed.
   */
  readonly listeningSince: () => number
  /**
   * The instant to write down for a confirmation that is asked for now, of this session, or of one that a login will
   * make. Later than `listeningSince` and every `refreshAfter` of it even at the same moment, or it would be sent back
   * again and again; and no more than a thousandth later, or a process that starts right after it would believe what it
   * has not heard of.
   *
   * @throws StoreError store_unavailable
   */
  readonly confirmationTime: (session?: RevocableSession) => Promise<number>
  readonly isRevoked: (session: RevocableSession) => boolean
  /**
   * Every session of the target that logged in at or before `at` is over, in every process once it resolves or shortly
   * after.
   *
   * @throws StoreError store_unavailable: it is not, and must be asked for again.
   */
  readonly revoke: (target: RevocationTarget, at: number) => Promise<void>
  /**
   * What a session of the subject says was true until `at`, which is now unless told otherwise: one that the provider
   * confirmed at or before this moment, by our clock, must be refreshed before it is believed.
   *
   * @throws StoreError store_unavailable
   */
  readonly refreshAfter: (subject: RevocationSubject, at?: number) => Promise<void>
  readonly isOutdated: (session: RevocableSession) => boolean
}

/** Seconds: the least by which two instants of this clock can differ. */
const tick = 0.001

/**
 * Marks in the memory of this process, and with `shared` a copy of those of all processes. Bounded: what no longer fits ends
 * the gapless listening, not the safety.
 */
export function createRevocationMarks(input: {
  /** With its fractions, where it has them. */
  readonly clock: Clock
  /** Of the process: every kit of it knows what one of them has heard. */
  readonly table: MarkTable
  /** Seconds by which the provider's clock may be ahead. */
  readonly clockSkew: number
  readonly shared?: SharedMarks | undefined
}): RevocationMarks {
  const { clock, table, clockSkew, shared } = input
  const clockMargin = shared?.clockMargin ?? 0

  async function write(name: string, at: number): Promise<void> {
    // First there: what only this process knows would be forgotten with it, and nobody would ask again.
    await shared?.write(name, at)
    table.raise(name, at)
  }

  /** The latest mark that the session must come after. */
  function outdatedAt(session: RevocableSession | undefined): number {
    if (session !== undefined) return Math.max(0, ...namesOf(session).outdating.map((name) => table.at(name) ?? 0))
    // Nobody knows yet whose login it will be. A machine that is far ahead must not date the confirmations of all people:
    // whom its mark is about is confirmed once more. A mark of the provider's clock may be ahead by as much as is forgiven.
    return Math.min(table.latestOutdating(), clock() + clockSkew + 1 + 2 * clockMargin)
  }

  const listeningSince = () => shared?.since() ?? table.since()
  return {
    consult: (session) => shared?.consult(session),
    listeningSince,
    async confirmationTime(session) {
      await shared?.begun()
      return Math.max(clock(), listeningSince() + tick, outdatedAt(session) + tick)
    },
    isRevoked: (session) => namesOf(session).ending.some((name) => table.covers(name, session.loggedInAt)),
    revoke: (target, at) => write(endingName(target), at),
    refreshAfter(subject, at = clock()) {
      const name = outdatingName(subject)
      // One of a machine that is ahead must not hide this one: confirmations after it are a tick later.
      return write(name, Math.max(at + clockMargin, (table.at(name) ?? 0) + 2 * tick))
    },
    isOutdated: (session) => namesOf(session).outdating.some((name) => table.covers(name, session.confirmedAt)),
  }
}
