import type { Settings } from '../settings.js'
import type { Organization, SessionPolicy } from '../state/organizations.js'
import { given, type Json } from './json.js'
import { timeOf } from './time.js'

/** `organizationsOrganization`. */
export function organizationJson(organization: Organization): Json {
  const { id, name, externalId, slug, logoUrl, metadata = {}, features } = organization
  return {
    id,
    display_name: name,
    create_time: timeOf(organization.createdAt),
    update_time: timeOf(organization.updatedAt),
    region_code: 'US',
    ...given('external_id', externalId),
    ...given('slug', slug),
    ...given('logo_url', logoUrl),
    metadata,
    settings: { features: Object.entries(features).map(([feature, enabled]) => ({ name: feature, enabled })) },
  }
}

/** `organizationsOrganizationSessionPolicySettings`; answers are always in minutes. */
export function sessionPolicyJson({ sessionPolicy }: Organization): Json {
  if (sessionPolicy === undefined) return { policy_source: 'APPLICATION' }
  return { policy_source: 'CUSTOM', ...timeoutsJson(sessionPolicy) }
}

/** What the application says: `ApplicationSessionPolicySettings` of Scalekit's SDK. */
export function applicationPolicyJson({ sessionAbsolute, sessionIdle }: Settings): Json {
  return timeoutsJson({ absolute: Math.floor(sessionAbsolute / 60), idle: Math.floor(sessionIdle / 60) })
}

function timeoutsJson({ absolute, idle }: SessionPolicy): Json {
  return {
    absolute_session_timeout: absolute,
    absolute_session_timeout_unit: 'MINUTES',
    idle_session_timeout_enabled: idle !== undefined,
    ...(idle === undefined ? {} : { idle_session_timeout: idle, idle_session_timeout_unit: 'MINUTES' }),
  }
}

/** `organizationsOrganizationUserManagementSettings`. */
export function userManagementJson({ maxUsers }: Organization): Json {
  return given('max_allowed_users', maxUsers)
}
