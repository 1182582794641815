import type { ConnectionProvider, ConnectionType } from '../state/connections.js'
import type { DirectoryProvider, RoleAssignment } from '../state/directories.js'
import type { Domain, DomainType } from '../state/domains.js'
import type { PortalFeature } from '../state/portal-links.js'

/** A connection to make, as an admin would in the portal: configured, tested and enabled unless told otherwise. */
export interface ConnectionInput {
  readonly organizationId: string
  /** Default: `OKTA`. */
  readonly provider?: ConnectionProvider
  /** Default: `OIDC`. */
  readonly type?: ConnectionType
  /** Default: true. */
  readonly enabled?: boolean
}

/** A connection, as `state()` tells it. */
export interface ConnectionState {
  readonly id: string
  readonly organizationId: string
  readonly provider: ConnectionProvider
  readonly type: ConnectionType
  readonly status: 'DRAFT' | 'IN_PROGRESS' | 'COMPLETED'
  readonly enabled: boolean
}

/** A domain to add. */
export interface DomainInput {
  readonly organizationId: string
  readonly domain: string
  /** Default: `ORGANIZATION_DOMAIN`. */
  readonly type?: DomainType
  /** `ADMIN` counts at once, as when the API adds it; `DNS` waits for its TXT record. Default: `ADMIN`. */
  readonly by?: 'ADMIN' | 'DNS'
}

/** A domain, as `state()` tells it. */
export type DomainState = Pick<Domain, 'id' | 'name' | 'type' | 'organizationId' | 'status' | 'method' | 'txtRecord'>

/** A directory to make. */
export interface DirectoryInput {
  readonly organizationId: string
  /** Default: `OKTA`. */
  readonly provider?: DirectoryProvider
  /** Default: true. */
  readonly enabled?: boolean
}

/** A directory that was made. The secret is told once. */
export interface MadeDirectory {
  readonly id: string
  /** Where its SCIM requests go. */
  readonly endpoint: string
  /** Their bearer token. */
  readonly secret: string
}

/** A directory, as `state()` tells it: without its secrets. */
export interface DirectoryState {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  readonly provider: DirectoryProvider
  readonly enabled: boolean
  readonly endpoint: string
  readonly lastSyncedAt?: number
  readonly roleAssignments: readonly RoleAssignment[]
  readonly users: readonly { readonly id: string; readonly email: string; readonly active: boolean }[]
  readonly groups: readonly { readonly id: string; readonly displayName: string; readonly members: readonly string[] }[]
}

/** Somebody to add to a directory, in few words; the SCIM endpoint takes everything else. */
export interface DirectoryUserInput {
  readonly email: string
  readonly givenName?: string
  readonly familyName?: string
  /** Default: true. */
  readonly active?: boolean
}

/** What to change about somebody in a directory. */
export type DirectoryUserPatch = Partial<Omit<DirectoryUserInput, 'email'>>

/** A group to add to a directory. */
export interface DirectoryGroupInput {
  readonly displayName: string
  /** Ids of directory users. */
  readonly members?: readonly string[]
}

/** A link into the admin portal to make. */
export interface PortalLinkInput {
  readonly organizationId: string
  /** Default: what is on for the organization. */
  readonly features?: readonly PortalFeature[]
}

/** Somebody in the admin portal, as `state()` tells it: without what opens it. */
export interface PortalSessionState {
  readonly id: string
  readonly organizationId: string
  readonly startedAt: number
  readonly expiresAt: number
}

/** A link into the admin portal, as `state()` tells it: without what opens it. */
export interface PortalLinkState {
  readonly id: string
  readonly organizationId: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly openedAt?: number
}

/** What admins of customers made. */
export interface SelfServeState {
  readonly connections: readonly ConnectionState[]
  readonly domains: readonly DomainState[]
  readonly directories: readonly DirectoryState[]
  readonly portalLinks: readonly PortalLinkState[]
  readonly portalSessions: readonly PortalSessionState[]
}
