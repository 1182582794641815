import type { Connection, ConnectionChange } from '../state/connections.js'
import type { ScimDirectory, ScimDirectoryChange } from '../state/directories.js'
import type { Domain, DomainChange } from '../state/domains.js'
import { precise, preciseNow } from './instant.js'
import type { Happening } from './webhooks.js'

type Json = Readonly<Record<string, unknown>>

/** Something that an admin of a customer changed: a connection, a domain or a directory. */
export type SelfServeChange = ConnectionChange | DomainChange | ScimDirectoryChange

/** A change as an event about the very thing that changed. */
export function selfServeHappening(environmentId: string, change: SelfServeChange): Happening {
  const { type, organizationId } = change
  if ('connection' in change) return { type, organizationId, data: connectionData(change.connection, type) }
  if ('domain' in change) return { type, organizationId, data: domainData(environmentId, change.domain) }
  return { type, organizationId, data: directoryData(change.directory) }
}

/** Whether a connection is enabled is said by two of its four events only. */
function connectionData({ id, organizationId, type, provider, enabled, status }: Connection, event: string): Json {
  const isSwitch = event === 'organization.sso_enabled' || event === 'organization.sso_disabled'
  const state = isSwitch ? { enabled, status } : {}
  return { id, organization_id: organizationId, connection_type: type, provider, ...state }
}

function domainData(environmentId: string, domain: Domain): Json {
  return {
    id: domain.id,
    domain: domain.name,
    domain_type: domain.type,
    organization_id: domain.organizationId,
    environment_id: environmentId,
    txt_record_key: domain.txtRecord.key,
    txt_record_secret: domain.txtRecord.secret,
    verification_status: domain.status,
    verification_method: domain.method,
    updated_at: domain.updatedAt === undefined ? preciseNow() : precise(domain.updatedAt),
  }
}

function directoryData({ id, organizationId, provider, enabled }: ScimDirectory): Json {
  return { id, organization_id: organizationId, directory_type: 'SCIM', provider, enabled, updated_at: preciseNow() }
}
