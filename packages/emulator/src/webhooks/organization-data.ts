import { idOfName } from '../ids.js'
import { timeOf } from '../rest/time.js'
import type { Organization } from '../state/directory.js'

type Json = Readonly<Record<string, unknown>>

/** `data` of `organization.*`, and `organization` of a membership. */
export function organizationJson(organization: Organization): Json {
  const { id, name, externalId, metadata = null, features } = organization
  return {
    id,
    display_name: name,
    external_id: externalId ?? null,
    region_code: 'US',
    create_time: timeOf(organization.createdAt),
    update_time: timeOf(organization.updatedAt),
    metadata,
    settings: { features: Object.entries(features).map(([feature, enabled]) => ({ name: feature, enabled })) },
  }
}

/** `data` of `organization.domain_*`: the organization's first domain. */
export function domainJson(
  environmentId: string,
  organization: Organization,
  about: { readonly status: 'PENDING' | 'VERIFIED' | 'FAILED'; readonly at: string },
): Json {
  const domain = organization.domains[0] ?? 'example.com'
  return {
    id: idOfName('dom', domain),
    domain,
    domain_type: 'ORGANIZATION_DOMAIN',
    organization_id: organization.id,
    environment_id: environmentId,
    txt_record_key: 'scalekit-domain-verification',
    txt_record_secret: 'not-a-secret-of-anybody',
    verification_status: about.status,
    verification_method: 'DNS',
    updated_at: about.at,
  }
}

/** `data` of `organization.sso_*`; whether it is enabled is said by two of the four only. */
export function connectionJson({ id, connectionId }: Organization, enabled?: boolean): Json {
  return {
    id: connectionId ?? idOfName('conn', id),
    organization_id: id,
    connection_type: 'OIDC',
    provider: 'OKTA',
    ...(enabled === undefined ? {} : { enabled, status: 'COMPLETED' }),
  }
}
