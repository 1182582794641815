import type { ErrorCode } from '../errors/error-codes.js'

/** Why a request has no session. */
export type AnonymousReason =
  | 'no_cookie'
  | 'cookie_unusable'
  | 'cookie_duplicated'
  | 'expired'
  | 'idle'
  | 'revoked'
  | 'refresh_rejected'

interface EventDetails {
  login_started: { readonly organization: 'asked' | 'any' }
  login_completed: { readonly session: string }
  login_refused: { readonly code: ErrorCode; readonly reason?: string }
  return_to_refused: { readonly route: string }
  session_refused: { readonly reason: AnonymousReason }
  session_refreshed: { readonly session: string }
  session_ended: { readonly session: string; readonly reason: string }
  refresh_failed: { readonly session: string; readonly reason: string }
  permission_source_failed: { readonly session: string }
  permissions_without_sk: { readonly permission: string }
  logout: { readonly session: string | undefined }
  backchannel_logout: { readonly scope: 'sid' | 'sub'; readonly replayed: boolean }
  backchannel_logout_refused: { readonly code: ErrorCode; readonly reason: string }
  client_rejected: { readonly route: string }
  cookie_budget_exceeded: { readonly bytes: number; readonly budget: number }
}

/** The names of all events. */
export type ScalegateEventType = keyof EventDetails

/**
 * Something that happened, for logs and metrics. Events hold codes, counts and a short name of the session
 * that cannot be turned back into it; never a token, cookie, address or URL query.
 */
export type ScalegateEvent = {
  [Type in ScalegateEventType]: { readonly type: Type; readonly at: number } & EventDetails[Type]
}[ScalegateEventType]

/** Emits one event; the caller gives the details, `at` is added. */
export type Emit = <Type extends ScalegateEventType>(type: Type, details: EventDetails[Type]) => void
