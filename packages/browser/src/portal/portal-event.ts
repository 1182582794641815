import type { AdminPortalError } from '../admin-portal-error.js'

/** What is common to all messages of the portal. */
export interface PortalEventBase {
  /** `connection`, `directory` or `session`. */
  readonly object: string | undefined
  readonly organizationId: string | undefined
  /** A sentence of the portal. Text of another origin: never put it into a page as HTML. */
  readonly message: string | undefined
}

/** About a single sign-on connection. */
export interface PortalConnection {
  readonly id?: string
  /** e.g. `SSO` */
  readonly connection_type?: string
  /** `OIDC` or `SAML` */
  readonly type?: string
  /** e.g. `OKTA` */
  readonly provider?: string
  readonly enabled?: boolean
}

/** About a directory. */
export interface PortalDirectory {
  readonly id?: string
  /** e.g. `SCIM` */
  readonly directory_type?: string
  readonly provider?: string
  readonly enabled?: boolean
}

/** About the portal's own session. */
export interface PortalSession {
  /** When the session ends, ISO 8601. */
  readonly expiry?: string
  /** Of a failure, e.g. `SESSION_EXPIRED`. */
  readonly error_code?: string
}

/** Fields that no document names, as they came: text, numbers and truth values. */
export type PortalFields = Readonly<Record<string, string | number | boolean>>

/**
 * A message of the admin portal.
 *
 * > [!WARNING]
 * > A hint for the page, never a proof: any script in the portal's origin can send one. Show a notice or read the state
 * > again from your server; what is true there, Scalekit's API and webhooks say.
 *
 * `SSO_CONFIGURED` and `SESSION_EXPIRED` are older names of Scalekit's documents. What is in no document has the type
 * `unknown`, and its own type in `name`.
 */
export type PortalEvent = PortalEventBase &
  (
    | { readonly type: 'ORGANIZATION_SSO_ENABLED' | 'ORGANIZATION_SSO_DISABLED'; readonly data: PortalConnection }
    | {
        readonly type: 'ORGANIZATION_DIRECTORY_ENABLED' | 'ORGANIZATION_DIRECTORY_DISABLED'
        readonly data: PortalDirectory
      }
    | {
        readonly type:
          | 'PORTAL_LOAD_SUCCESS'
          | 'PORTAL_LOAD_FAILURE'
          | 'PORTAL_SESSION_WARNING'
          | 'PORTAL_SESSION_EXPIRY'
        readonly data: PortalSession
      }
    | { readonly type: 'SSO_CONFIGURED' | 'SESSION_EXPIRED'; readonly data: PortalFields }
    | { readonly type: 'unknown'; readonly name: string; readonly data: PortalFields }
  )

/** The events that `<scalekit-admin-portal>` dispatches, by name. They bubble, also out of shadow trees. */
export interface AdminPortalEventMap {
  /** Every message of the portal. A hint, see {@link PortalEvent}. */
  'scalekit-portal-event': CustomEvent<PortalEvent>
  /** The portal is there for people to use. */
  'scalekit-portal-load': CustomEvent<null>
  /** The portal's session has ended. The element fetches a new link by itself. */
  'scalekit-portal-session-expired': CustomEvent<null>
  /** The portal could not be shown, and the element says so to people. */
  'scalekit-portal-error': CustomEvent<AdminPortalError>
}
