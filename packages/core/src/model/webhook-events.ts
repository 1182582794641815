import type {
  WebhookConnection,
  WebhookDirectory,
  WebhookDirectoryGroup,
  WebhookDirectoryUser,
  WebhookDomain,
  WebhookMembership,
  WebhookOrganization,
  WebhookPermission,
  WebhookRole,
  WebhookVisit,
} from './webhook-data.js'

/** What every event has (protocol.md §7.3). */
export interface WebhookEnvelope {
  /** `evt_…`. */
  readonly id: string
  /** `webhook-id`: the same at each attempt to deliver this event. */
  readonly deliveryId: string
  /** What `data` is, e.g. `OrgMembership`; empty where the sender did not say. */
  readonly object: string
  /** When it happened: RFC 3339 text as sent, up to nanoseconds. Deliveries come in any order. */
  readonly occurredAt: string
  /** Empty where the sender did not say. */
  readonly environmentId: string
  /** Absent in events about roles and permissions. */
  readonly organizationId?: string
  /** The name of the event for people. */
  readonly displayName?: string
  /**
   * True where an event about the same object that happened later was handled before, or is being handled: its data
   * must not be overwritten with this one's. Logins and logouts are about their session.
   */
  readonly stale: boolean
}

/** Event type → `data`: every type of Scalekit's OpenAPI description but AgentKit's `connected_account.*`. */
interface WebhookCatalogue {
  'organization.created': WebhookOrganization
  'organization.updated': WebhookOrganization
  'organization.deleted': WebhookOrganization
  'organization.domain_created': WebhookDomain
  'organization.domain_deleted': WebhookDomain
  'organization.domain_dns_verification_success': WebhookDomain
  'organization.domain_dns_verification_failed': WebhookDomain
  /** Somebody signed up and created an organization. */
  'user.signup': WebhookMembership
  'user.login': WebhookVisit
  /** A session ended. The kit ends it here too. */
  'user.logout': WebhookVisit
  'user.organization_invitation': WebhookMembership
  'user.organization_membership_created': WebhookMembership
  /** The kit refreshes the person's sessions before it believes their roles again. */
  'user.organization_membership_updated': WebhookMembership
  /** The kit ends the person's sessions in this organization. */
  'user.organization_membership_deleted': WebhookMembership
  'organization.directory_enabled': WebhookDirectory
  'organization.directory_disabled': WebhookDirectory
  'organization.directory.user_created': WebhookDirectoryUser
  'organization.directory.user_updated': WebhookDirectoryUser
  'organization.directory.user_deleted': WebhookDirectoryUser
  'organization.directory.group_created': WebhookDirectoryGroup
  'organization.directory.group_updated': WebhookDirectoryGroup
  'organization.directory.group_deleted': WebhookDirectoryGroup
  'organization.sso_created': WebhookConnection
  'organization.sso_enabled': WebhookConnection
  'organization.sso_disabled': WebhookConnection
  'organization.sso_deleted': WebhookConnection
  'role.created': WebhookRole
  'role.updated': WebhookRole
  'role.deleted': WebhookRole
  'permission.created': WebhookPermission
  'permission.updated': WebhookPermission
  'permission.deleted': WebhookPermission
}

/** The types that Scalekit documents. */
export type WebhookEventType = keyof WebhookCatalogue

/** An event of a documented type; `switch (event.type)` narrows `data`. */
export type WebhookEvent = {
  [Type in WebhookEventType]: WebhookEnvelope & { readonly type: Type; readonly data: WebhookCatalogue[Type] }
}[WebhookEventType]

/** An event of a type that this version does not know. */
export interface UnknownWebhookEvent extends WebhookEnvelope {
  readonly type: string
  readonly data: unknown
}

/** What the app does about events, by type. */
export type WebhookHandlers = {
  readonly [Type in WebhookEventType]?: (event: Extract<WebhookEvent, { type: Type }>) => void | Promise<void>
}

/** The compiler asks for each type once. */
const documented: Readonly<Record<WebhookEventType, true>> = {
  'organization.created': true,
  'organization.updated': true,
  'organization.deleted': true,
  'organization.domain_created': true,
  'organization.domain_deleted': true,
  'organization.domain_dns_verification_success': true,
  'organization.domain_dns_verification_failed': true,
  'user.signup': true,
  'user.login': true,
  'user.logout': true,
  'user.organization_invitation': true,
  'user.organization_membership_created': true,
  'user.organization_membership_updated': true,
  'user.organization_membership_deleted': true,
  'organization.directory_enabled': true,
  'organization.directory_disabled': true,
  'organization.directory.user_created': true,
  'organization.directory.user_updated': true,
  'organization.directory.user_deleted': true,
  'organization.directory.group_created': true,
  'organization.directory.group_updated': true,
  'organization.directory.group_deleted': true,
  'organization.sso_created': true,
  'organization.sso_enabled': true,
  'organization.sso_disabled': true,
  'organization.sso_deleted': true,
  'role.created': true,
  'role.updated': true,
  'role.deleted': true,
  'permission.created': true,
  'permission.updated': true,
  'permission.deleted': true,
}

const types: ReadonlySet<string> = new Set(Object.keys(documented))

/** True for a type of the catalogue. Asked of a set, because `constructor` is a member of every plain object. */
export function isWebhookEventType(type: string): type is WebhookEventType {
  return types.has(type)
}
