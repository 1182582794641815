import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import type { PortalDomains, PortalScim, PortalSso } from '../pages/index.js'
import { endpointOf } from '../rest/directory-json.js'
import { given } from '../rest/json.js'
import { namePart } from '../scim/resources.js'
import { connectionProviders } from '../state/connections.js'
import { directoryProviders, providerNames } from '../state/directories.js'
import type { Outcome } from './desk.js'

const choices = (values: readonly string[]) => values.map((value) => ({ value, label: providerNames[value] ?? value }))

/** What the single sign-on part shows. */
export function ssoModel({ directory, url }: Environment, organizationId: string): PortalSso {
  return {
    providers: choices(connectionProviders),
    featureIsOn: directory.organization(organizationId)?.features.sso === true,
    domains: directory.domains.ownedBy(organizationId),
    connections: directory.connections.of(organizationId).map((connection) => ({
      id: connection.id,
      provider: providerNames[connection.provider] ?? connection.provider,
      type: connection.type,
      status: connection.status,
      enabled: connection.enabled,
      isUsed: directory.connections.activeOf(organizationId)?.id === connection.id,
      redirectUri: `${url}/sso/v1/${connection.type.toLowerCase()}/${connection.id}/callback`,
      issuer: connection.configuration.issuer ?? '',
      clientId: connection.configuration.clientId ?? '',
      hasClientSecret: connection.configuration.hasClientSecret ?? false,
      metadataUrl: connection.configuration.metadataUrl ?? '',
    })),
  }
}

/** What the directory sync part shows; a new secret this once. */
export function scimModel(environment: Environment, organizationId: string, secret: Outcome['secret']): PortalScim {
  const { directory, directories } = environment
  const { records } = directories
  return {
    providers: choices(directoryProviders),
    roles: directory.roleNames(organizationId),
    domains: directory.domains.ownedBy(organizationId),
    directories: directories
      .of(organizationId)
      .map(({ id, name, enabled, lastSyncedAt, secrets, roleAssignments }) => ({
        id,
        name,
        enabled,
        endpoint: endpointOf(environment, id),
        ...given('secret', secret?.directoryId === id ? secret.value : undefined),
        secretSuffixes: secrets.map(({ suffix }) => suffix),
        ...given('lastSyncedAt', lastSyncedAt === undefined ? undefined : rfc3339(lastSyncedAt)),
        users: records.users(id).map((user) => ({
          email: user.email,
          name: `${namePart(user, 'givenName')} ${namePart(user, 'familyName')}`.trim(),
          active: user.active,
          groups: records.groupsOf(user).map(({ displayName }) => displayName),
        })),
        groups: records.groups(id).map((group) => ({
          id: group.id,
          name: group.displayName,
          members: group.members.length,
          role: roleAssignments.find(({ groupId }) => groupId === group.id)?.roleName ?? '',
        })),
      })),
  }
}

/** What the domains part shows. */
export function domainsModel({ directory }: Environment, organizationId: string): PortalDomains {
  directory.domains.failOverdue()
  const own = directory.domains.of(organizationId).filter(({ type }) => type === 'ORGANIZATION_DOMAIN')
  return {
    domains: own.map(({ id, name, status, method, txtRecord }) => ({
      id,
      name,
      status,
      method,
      txtValue: `${txtRecord.key}=${txtRecord.secret}`,
    })),
  }
}
