import type { Environment } from '../environment.js'
import { endpointOf } from '../rest/directory-json.js'
import { given } from '../rest/json.js'
import type { SelfServeState } from './self-serve-wire.js'

/** What admins of customers made; nothing that opens anything. */
export function selfServeStateOf(environment: Environment): SelfServeState {
  const { directory, directories, portalLinks } = environment
  directory.domains.failOverdue()
  return {
    connections: directory.connections.all.map(({ id, organizationId, provider, type, status, enabled }) => {
      return { id, organizationId, provider, type, status, enabled }
    }),
    domains: directory.domains.all.map(({ id, name, type, organizationId, status, method, txtRecord }) => {
      return { id, name, type, organizationId, status, method, txtRecord }
    }),
    directories: directories.all.map(
      ({ id, organizationId, name, provider, enabled, lastSyncedAt, roleAssignments }) => ({
        id,
        organizationId,
        name,
        provider,
        enabled,
        endpoint: endpointOf(environment, id),
        ...given('lastSyncedAt', lastSyncedAt),
        roleAssignments,
        users: directories.records.users(id).map((user) => ({ id: user.id, email: user.email, active: user.active })),
        groups: directories.records
          .groups(id)
          .map((group) => ({ id: group.id, displayName: group.displayName, members: group.members })),
      }),
    ),
    portalLinks: portalLinks.all.map(({ token: _secret, features: _features, ...link }) => link),
    portalSessions: portalLinks.sessions.map(({ id, organizationId, startedAt, expiresAt }) => {
      return { id, organizationId, startedAt, expiresAt }
    }),
  }
}
