import type { Session } from './session.js'

/** A question about a session that its own data do not answer, such as whether the organization has a feature. */
export interface Check {
  /** For the answer to programs: letters, digits, `_`, `-`, `.` and `:`. */
  readonly name: string
  /** Asked after everything else holds. Where it rejects with an outage, such as `management_unavailable`, the answer is 503. */
  readonly allows: (session: Session) => boolean | Promise<boolean>
}

/**
 * What a guard asks of a session, over being there at all. Every member given must hold; a missing or odd
 * value in the session is never a match.
 */
export interface Requirement {
  /** Each of these. */
  readonly permissions?: readonly string[]
  /** At least one of these. */
  readonly anyPermission?: readonly string[]
  /** At least one of these. */
  readonly roles?: readonly string[]
  /** Computed and nothing: no organization, and not any. */
  readonly organizationId?: string | undefined
  /** Seconds since the person last proved who they are, at the most; 30 or more. Older ones prove it again, and come back. */
  readonly recentLogin?: number
  /** Asks the provider first, so that what was taken away a moment ago is not granted any more. */
  readonly fresh?: true
  /** Each of these, in this order, after everything else. */
  readonly checks?: readonly Check[]
}
