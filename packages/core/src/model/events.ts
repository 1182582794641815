import type { ErrorCode } from '../errors/error-codes.js'

/** Why a request has no session. */
export type AnonymousReason =
  | 'no_cookie'
  | 'cookie_unusable'
  | 'cookie_duplicated'
  /** The store has no session under the cookie: it ended, or the store lost it. */
  | 'session_gone'
  /** Another version of the kit has written the session, which this one cannot read: it is kept for those who can. */
  | 'other_version'
  | 'expired'
  | 'idle'
  | 'revoked'
  | 'refresh_rejected'

/** Who had the idea of a login. */
export type LoginInitiator = 'app' | 'idp' | 'third_party' | 'switch' | 'step_up'

/** How far a revocation reaches: one session of the provider, a person, a person in one organization, or an organization. */
export type RevocationScope = 'sid' | 'sub' | 'member' | 'organization'

/** What made sessions end all at once. */
export type SessionsEndedBy = 'backchannel_logout' | 'webhook' | 'plugin'

interface EventDetails {
  /** `by`: the app itself, a tile of the customer's portal, OIDC Core §4, a switch of organization, or a step-up. */
  login_started: { readonly organization: 'asked' | 'any'; readonly by: LoginInitiator }
  login_completed: { readonly session: string }
  /** The app keeps the session itself: `onLogin` took the login over. */
  login_handed_over: { readonly session: string }
  login_refused: { readonly code: ErrorCode; readonly reason?: string }
  return_to_refused: { readonly route: string }
  session_refused: { readonly reason: AnonymousReason }
  session_refreshed: { readonly session: string }
  session_ended: { readonly session: string; readonly reason: string }
  refresh_failed: { readonly session: string; readonly reason: string }
  /** Scalekit failed five times in a row: no session is refreshed for `seconds`, then one tries again. */
  circuit_opened: { readonly seconds: number }
  /** Scalekit answers again, after `seconds`. */
  circuit_closed: { readonly seconds: number }
  permission_source_failed: { readonly session: string }
  permissions_without_sk: { readonly permission: string }
  logout: { readonly session: string | undefined }
  backchannel_logout: { readonly scope: 'sid' | 'sub'; readonly replayed: boolean }
  backchannel_logout_refused: { readonly code: ErrorCode; readonly reason: string }
  /** Sessions ended because Scalekit says so, or because a plugin ended them there. */
  sessions_ended: { readonly by: SessionsEndedBy; readonly scope: RevocationScope }
  /** The app's `onSessionsEnded` threw; Scalekit is told to send it again. */
  sessions_ended_failed: { readonly by: SessionsEndedBy; readonly scope: RevocationScope }
  /** `event` is a type of the catalogue, or `unknown`. */
  webhook_handled: { readonly event: string; readonly duplicate: boolean; readonly stale: boolean }
  webhook_refused: { readonly code: ErrorCode; readonly reason: string }
  webhook_failed: { readonly event: string }
  /** The store stopped answering; said once, until it answers again. */
  store_unavailable: { readonly during: string }
  /** The store answers again, after `seconds`. */
  store_available: { readonly seconds: number }
  /** A session went on although nobody could tell whether it was revoked: `revocation.failOpenFor`. */
  revocation_unchecked: { readonly session: string }
  /** What lay in the store is none of the kit's records, that of another key or of another version; nothing was read from it. */
  record_refused: { readonly record: string; readonly reason: 'unreadable' | 'foreign' | 'other_version' }
  /** What a plugin reports; its page of the documentation lists the events and their details. */
  plugin: {
    readonly plugin: string
    readonly event: string
    readonly details: Readonly<Record<string, string | number | boolean>>
  }
  /** Said once at the start: without a secret there is no webhooks route. */
  webhooks_off: { readonly variable: string }
  /** Said once at the start: there are other processes, and a log-out that this one hears does not reach them. */
  revocation_store_missing: { readonly option: string }
  bearer_refused: { readonly code: ErrorCode; readonly reason: string }
  /** A guard said no. */
  access_refused: { readonly why: string }
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
