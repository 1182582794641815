/**
 * What kept the admin portal away. `switch` over it:
 *
 * - `configuration_invalid`: an attribute or argument is wrong; the message names it.
 * - `link_refused`: the app's own route answered with an error. `status` has its status, `problem` its code.
 * - `link_unavailable`: the app's own route could not be reached.
 * - `link_invalid`: what it answered is not a portal link.
 * - `location_refused`: the link leads elsewhere than into the Scalekit environment.
 * - `blocked_by_policy`: the page's Content Security Policy does not allow the frame.
 * - `portal_failed`: the portal itself says that it cannot be opened.
 * - `session_expired`: the portal's session ended again and again.
 * - `timeout`: there was no answer in 30 seconds.
 */
export type AdminPortalErrorCode =
  | 'configuration_invalid'
  | 'link_refused'
  | 'link_unavailable'
  | 'link_invalid'
  | 'location_refused'
  | 'blocked_by_policy'
  | 'portal_failed'
  | 'session_expired'
  | 'timeout'

/** Says by a stable code what went wrong, and in its message what to change. Neither ever holds a portal link. */
export class AdminPortalError extends Error {
  override readonly name = 'AdminPortalError'
  readonly code: AdminPortalErrorCode
  /** Of `link_refused`: the HTTP status. */
  readonly status: number | undefined
  /** Of `link_refused`: the `code` of the problem+json answer (RFC 9457), e.g. `forbidden`. */
  readonly problem: string | undefined

  constructor(
    code: AdminPortalErrorCode,
    message: string,
    answer: { readonly status?: number | undefined; readonly problem?: string | undefined } = {},
  ) {
    super(message)
    this.code = code
    this.status = answer.status
    this.problem = answer.problem
  }
}
