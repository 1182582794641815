/** Somebody who has proven who they are on a login page, and by which connection, but has yet to choose an organization. */
export interface PendingLogin {
  readonly userId: string
  readonly amr: readonly string[]
}

/** Pending logins by interaction id. */
export type PendingLogins = Map<string, PendingLogin>
