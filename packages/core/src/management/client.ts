import { processEnvironment } from '../options/environment.js'
import { scalekitEndpoints } from '../protocol/endpoints.js'
import { processState } from '../state/process-state.js'
import { type ManagementClientOptions, resolveClientOptions } from './client-options.js'
import { type Connections, createConnections } from './connections.js'
import { createDirectories, type Directories } from './directories.js'
import { createDomains, type Domains } from './domains.js'
import { createExchange } from './exchange.js'
import { createInvitations, type Invitations } from './invitations.js'
import { createManagementToken } from './management-token.js'
import { createMemberships, type Memberships } from './memberships.js'
import { createOrganizationRoles, type OrganizationRoles } from './organization-roles.js'
import { createOrganizations, type Organizations } from './organizations.js'
import { createPermissions, type Permissions } from './permissions.js'
import { createRoles, type Roles } from './roles.js'
import { createSessions, type Sessions } from './sessions.js'
import { createTransport, type Transport } from './transport.js'
import { createUsers, type Users } from './users.js'

/** Scalekit's management API, by resource. */
export interface ManagementClient {
  readonly organizations: Organizations
  readonly connections: Connections
  readonly domains: Domains
  readonly directories: Directories
  readonly users: Users
  readonly memberships: Memberships
  readonly invitations: Invitations
  readonly roles: Roles
  readonly organizationRoles: OrganizationRoles
  readonly permissions: Permissions
  readonly sessions: Sessions
}

/**
 * A client of Scalekit's management API by REST and `fetch`: it runs wherever the kit does. Its access token is fetched at
 * the first call, and shared with the kit and other clients of the same environment and client id in this process.
 *
 * Every method rejects with {@link ManagementError}; arguments that cannot be meant with `management_request_invalid`,
 * before anything is sent.
 *
 * ```ts
 * const scalekit = createManagementClient()
 * const organization = await scalekit.organizations.create({ displayName: 'Acme', externalId: 'acme' })
 * ```
 *
 * @throws ConfigurationError configuration_invalid with every problem of options and environment at once
 */
export function createManagementClient(options: ManagementClientOptions = {}): ManagementClient {
  const { environmentUrl, clientId, clientSecret, fetch, clock, timeouts, retries } = resolveClientOptions(
    options,
    processEnvironment(),
  )
  const endpoints = Promise.resolve(scalekitEndpoints(environmentUrl))
  const token = createManagementToken(
    { clientId, clientSecret, fetch, endpoints: () => endpoints, deadlines: { refresh: timeouts.attempt } },
    clock,
    processState(environmentUrl, clientId),
  )
  const exchange = createExchange({ environmentUrl, fetch, token })
  const transport = createTransport({ exchange, deadline: timeouts.call, attempt: timeouts.attempt, retries })
  return managementResources(transport, environmentUrl)
}

/** Every resource over one transport. */
export function managementResources(call: Transport, environmentUrl: string): ManagementClient {
  return Object.freeze({
    organizations: createOrganizations(call, environmentUrl),
    connections: createConnections(call),
    domains: createDomains(call),
    directories: createDirectories(call),
    users: createUsers(call),
    memberships: createMemberships(call),
    invitations: createInvitations(call),
    roles: createRoles(call),
    organizationRoles: createOrganizationRoles(call),
    permissions: createPermissions(call),
    sessions: createSessions(call),
  })
}
