/**
 * Scalekit's management API by REST and `fetch`, without the kit: organizations, connections, domains, directories, users,
 * memberships, invitations, roles, permissions and sessions. It runs wherever `fetch` does.
 *
 * ```ts
 * import { createManagementClient } from '@scalegate/core/management'
 * const scalekit = createManagementClient()
 * for await (const user of scalekit.users.list({ organizationId: 'org_1' })) send(user.email)
 * ```
 *
 * @packageDocumentation
 */
export type { ManagementErrorCode } from './errors/error-codes.js'
export { ManagementError, type RejectedField } from './errors/management-error.js'
export {
  ConfigurationError,
  type ConfigurationProblem,
  isScalegateError,
  ScalegateError,
} from './errors/scalegate-error.js'
export { createManagementClient, type ManagementClient } from './management/client.js'
export type { ManagementClientOptions } from './management/client-options.js'
export type {
  Connection,
  ConnectionKey,
  ConnectionListOptions,
  Connections,
  ListedConnection,
  Toggled,
} from './management/connections.js'
export type {
  Directories,
  Directory,
  DirectoryFilter,
  DirectoryGroup,
  DirectoryKey,
  DirectoryUser,
} from './management/directories.js'
export type { Domain, DomainKey, Domains, DomainType } from './management/domains.js'
export type { Instant } from './management/instant.js'
export type { Invitation, Invitations } from './management/invitations.js'
export type { Listing, ListOptions, Page, PageOptions } from './management/listing.js'
export type { MembershipChanges, MembershipKey, Memberships } from './management/memberships.js'
export type { OrganizationRoleKey, OrganizationRoles } from './management/organization-roles.js'
export type {
  FeatureSetting,
  NewOrganization,
  Organization,
  Organizations,
  PortalLink,
  SessionPolicy,
  TimeoutUnit,
  UserManagementSettings,
} from './management/organizations.js'
export type { Permission, Permissions } from './management/permissions.js'
export type {
  NewRole,
  Role,
  RoleChanges,
  RoleDeleteOptions,
  RolePermission,
  RoleReadOptions,
} from './management/role.js'
export type { DefaultRoles, Roles } from './management/roles.js'
export type { RevokedSessions, SessionDevice, SessionFilter, Sessions, UserSession } from './management/sessions.js'
export type { CallOptions } from './management/transport.js'
export type { ExternalIdentity, MemberRole, Membership, User, UserProfile } from './management/user.js'
export type { UserInOrganization, UserPermission } from './management/user-permissions.js'
export type {
  InOrganization,
  NewMembership,
  NewUser,
  UserChanges,
  UserProfileInput,
  Users,
} from './management/users.js'
