import { flag, listOf, matching, number, object, oneOf, type Shape, text } from '../shape.js'
import { connectionProviders, connectionTypes } from '../state/connections.js'
import { directoryProviders } from '../state/directories.js'
import { domainTypes } from '../state/domains.js'
import { portalFeatures } from '../state/portal-links.js'
import type {
  ConnectionInput,
  DirectoryGroupInput,
  DirectoryInput,
  DirectoryUserInput,
  DirectoryUserPatch,
  DomainInput,
  PortalLinkInput,
} from './self-serve-wire.js'

const anyText = matching(/^[\s\S]*$/, 'a string')
const names = { givenName: anyText, familyName: anyText, active: flag }

/** `POST connections` */
export const connectionShape: Shape<ConnectionInput> = object(
  { organizationId: text },
  { provider: oneOf(...connectionProviders), type: oneOf(...connectionTypes), enabled: flag },
)
/** `PUT connections/{id}/enabled`, `PUT directories/{id}/enabled` */
export const enabledShape = object({ enabled: flag })
/** `POST domains` */
export const domainShape: Shape<DomainInput> = object(
  { organizationId: text, domain: text },
  { type: oneOf(...domainTypes), by: oneOf('ADMIN', 'DNS') },
)
/** `POST domains/{id}/verify` */
export const verifyShape = object({ found: flag })
/** `POST directories` */
export const directoryShape: Shape<DirectoryInput> = object(
  { organizationId: text },
  { provider: oneOf(...directoryProviders), enabled: flag },
)
/** `PUT directories/{id}/role-assignments` */
export const roleAssignmentsShape = object({ assignments: listOf(object({ groupId: text, roleName: text })) })
/** `POST directories/{id}/users` */
export const directoryUserShape: Shape<DirectoryUserInput> = object({ email: text }, names)
/** `PATCH directories/{id}/users/{user}` */
export const directoryUserPatchShape: Shape<DirectoryUserPatch> = object({}, names)
/** `POST directories/{id}/groups` */
export const directoryGroupShape: Shape<DirectoryGroupInput> = object({ displayName: text }, { members: listOf(text) })
/** `POST portal-links` */
export const portalLinkShape: Shape<PortalLinkInput> = object(
  { organizationId: text },
  { features: listOf(oneOf(...portalFeatures)) },
)
/** `POST portal-sessions/{id}/expire` */
export const expireShape = object({}, { within: number(0) })
