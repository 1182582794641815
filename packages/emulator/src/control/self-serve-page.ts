import { now, rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import type { SelfServeBoard } from '../pages/index.js'
import { endpointOf } from '../rest/directory-json.js'
import { namePart } from '../scim/resources.js'
import { providerNames } from '../state/directories.js'
import { isOpen, type PortalLink } from '../state/portal-links.js'

/** How many portal sessions and links the page shows. */
const SHOWN = 20

/** What admins of customers set up, for human eyes. */
export function selfServeBoard(environment: Environment): SelfServeBoard {
  const { directory, directories, portalLinks } = environment
  const nameOf = (id: string) => directory.organization(id)?.name ?? id
  directory.domains.failOverdue()
  return {
    connections: directory.connections.all.map(({ id, organizationId, provider, type, status, enabled }) => ({
      id,
      organizationName: nameOf(organizationId),
      title: `${providerNames[provider] ?? provider} by ${type}`,
      status,
      enabled,
      isUsed: directory.connections.activeOf(organizationId)?.id === id,
    })),
    domains: directory.domains.all.map(({ id, name, organizationId, type, status }) => {
      return { id, name, organizationName: nameOf(organizationId), type, status }
    }),
    directories: directories.all.map(({ id, name, organizationId, enabled }) => ({
      id,
      name,
      organizationName: nameOf(organizationId),
      enabled,
      endpoint: endpointOf(environment, id),
      users: directories.records.users(id).map((user) => ({
        id: user.id,
        email: user.email,
        name: `${namePart(user, 'givenName')} ${namePart(user, 'familyName')}`.trim() || user.userName,
        active: user.active,
        groups: directories.records.groupsOf(user).map(({ displayName }) => displayName),
      })),
    })),
    portalSessions: portalLinks.sessions.slice(-SHOWN).map((session) => ({
      id: session.id,
      organizationName: nameOf(session.organizationId),
      until: rfc3339(session.expiresAt),
      isOpen: isOpen(session),
    })),
    portalLinks: portalLinks.all.slice(-SHOWN).map((link) => ({
      id: link.id,
      organizationName: nameOf(link.organizationId),
      at: rfc3339(link.createdAt),
      state: stateOf(link),
    })),
  }
}

function stateOf({ openedAt, expiresAt }: PortalLink): SelfServeBoard['portalLinks'][number]['state'] {
  if (openedAt !== undefined) return 'opened'
  return now() < expiresAt ? 'not opened' : 'expired'
}
