/** Somebody who has proven who they are, and by which connection, but is not in an organization yet. */
export interface PendingLogin {
  readonly userId: string
  readonly amr: readonly string[]
  /** On a page of this login, or by the session that the browser had before. */
  readonly proof: 'now' | 'session'
  /** When, if an identity provider's own session proved it. NumericDate seconds. */
  readonly authenticatedAt?: number
  /** The organization they have chosen; it insists on its own SSO. */
  readonly organizationId?: string
}

/** Pending logins by interaction id. */
export type PendingLogins = Map<string, PendingLogin>
