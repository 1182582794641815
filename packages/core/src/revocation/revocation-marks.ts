import type { Clock } from '../options/clock.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'

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
  readonly id: string
  readonly sid: string | undefined
  readonly sub: string
  readonly organizationId: string | undefined
  readonly loggedInAt: number
}

/**
 * "Not valid before T" marks. A login never removes one: it is newer than the mark, so it is valid, while an
 * older cookie of the same person in another browser stays dead (OIDC Back-Channel Logout 1.0 §2.7).
 */
export interface RevocationMarks {
  /**
   * Since when every logout has been heard, without a gap. A session that the provider last confirmed at or
   * before this moment may have been ended unheard, and must be refreshed before it is believed.
   */
  readonly listeningSince: () => number
  /**
   * The instant to write down for a confirmation that is asked for now. Later than `listeningSince` and every
   * `refreshAfter` even at the same moment, or a login right after them would be sent back again and again; and no more
   * than a thousandth later, or a process that starts right after it would believe what it has not heard of.
   */
  readonly confirmationTime: () => number
  readonly isRevoked: (session: RevocableSession) => boolean
  /** Marks last at least this many seconds: as long as the longest session they could meet, whichever kit made it. */
  readonly keepFor: (lifetime: number) => void
  /** Every session of the target that logged in at or before `at` is over. */
  readonly revoke: (target: RevocationTarget, at: number) => Promise<void>
  /**
   * What a session of the subject says was true until `at`, which is now unless told otherwise: one that the provider
   * confirmed at or before this moment, by our clock, must be refreshed before it is believed. A moment yet to come
   * counts as now.
   */
  readonly refreshAfter: (subject: RevocationSubject, at?: number) => Promise<void>
  readonly isOutdated: (session: RevocableSession & { readonly confirmedAt: number }) => boolean
  /** True if a logout token with this `jti` has already been carried out. */
  readonly isCarriedOut: (jti: string) => Promise<boolean>
  /** Remembers the `jti` until its token has expired; called after the revocation, so that a failed one can be sent again. */
  readonly carriedOut: (jti: string, expiresAt: number) => Promise<void>
}

/** Seconds: the least by which two instants of this clock can differ. */
const tick = 0.001

/** Marks in the memory of this process, bounded: what no longer fits ends the gapless listening, not the safety. */
export function createRevocationMarks(input: {
  /** With its fractions, where it has them. */
  readonly clock: Clock
  /** Entries per kind of mark. */
  readonly capacity?: number
}): RevocationMarks {
  const { clock, capacity = 100_000 } = input
  let lifetime = 0
  let since = clock()
  const forgotten = () => {
    since = clock()
  }
  const marks = () => createExpiringMap<number>({ clock, capacity, onEvicted: forgotten })
  const bySession = marks()
  const bySid = marks()
  const bySubject = marks()
  const byOrganization = marks()
  const outdated = marks()
  const tokens = createExpiringMap<true>({ clock, capacity })
  let outdatedAt = 0

  const mark = (map: ExpiringMap<number>, key: string, at: number) => {
    // The later of two marks wins: logout tokens and webhooks arrive in any order.
    map.set(key, Math.max(at, map.get(key) ?? 0), clock() + lifetime)
  }
  return {
    listeningSince: () => since,
    confirmationTime: () => Math.max(clock(), since + tick, outdatedAt + tick),
    keepFor(seconds) {
      lifetime = Math.max(lifetime, seconds)
    },
    isRevoked({ id, sid, sub, organizationId, loggedInAt }) {
      if (covers(bySession.get(id), loggedInAt) || covers(bySubject.get(subjectKey(sub)), loggedInAt)) return true
      if (sid !== undefined && covers(bySid.get(sid), loggedInAt)) return true
      if (organizationId === undefined) return false
      const member = bySubject.get(subjectKey(sub, organizationId))
      return covers(member, loggedInAt) || covers(byOrganization.get(organizationId), loggedInAt)
    },
    async revoke(target, at) {
      if ('session' in target) mark(bySession, target.session, at)
      else if ('sid' in target) mark(bySid, target.sid, at)
      else if (target.sub === undefined) mark(byOrganization, target.organization, at)
      else mark(bySubject, subjectKey(target.sub, target.organization), at)
    },
    async refreshAfter({ sub, organization }, at = clock()) {
      // A provider whose clock is ahead would have each request refresh until ours has caught up.
      const moment = Math.min(at, clock())
      outdatedAt = Math.max(outdatedAt, moment)
      mark(outdated, subjectKey(sub, organization), moment)
    },
    isOutdated: ({ sub, organizationId, confirmedAt }) =>
      covers(outdated.get(subjectKey(sub)), confirmedAt) ||
      (organizationId !== undefined && covers(outdated.get(subjectKey(sub, organizationId)), confirmedAt)),
    isCarriedOut: async (jti) => tokens.get(jti) !== undefined,
    async carriedOut(jti, expiresAt) {
      tokens.set(jti, true, expiresAt)
    },
  }
}

/** One text for each pair, whatever characters are in it: the length says where the organization ends. */
function subjectKey(sub: string, organization?: string): string {
  return organization === undefined ? `:${sub}` : `${organization.length}:${organization}${sub}`
}

/** A login in the same second as the mark is dead: the order inside a second is unknown. */
function covers(at: number | undefined, loggedInAt: number): boolean {
  return at !== undefined && loggedInAt <= at
}
