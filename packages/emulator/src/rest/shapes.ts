import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import { idOfName } from '../ids.js'
import type { Organization, User } from '../state/directory.js'
import type { Session } from '../state/sessions.js'

/** The seed has no times of its own; the emulator says everything is as old as this. */
export const seededAt = rfc3339(1_760_000_000)

type Json = Readonly<Record<string, unknown>>

/** `usersListUserPermissionsResponse`. The `sk_*` permissions are always here, whatever the token shows. */
export function permissionsJson(environment: Environment, userId: string, organizationId: string): Json {
  const names = environment.directory.permissionsOf(userId, organizationId)
  return { permissions: names.map((name) => ({ id: idOfName('perm', name), name, description: name })) }
}

/** `usersListUserRolesResponse`. */
export function rolesJson(environment: Environment, userId: string, organizationId: string): Json {
  return { roles: roles(environment, userId, organizationId) }
}

/** `organizationsGetOrganizationResponse`. */
export function organizationJson(organization: Organization): Json {
  const { id, name, externalId, features } = organization
  return {
    organization: {
      id,
      display_name: name,
      create_time: seededAt,
      update_time: seededAt,
      region_code: 'US',
      ...(externalId === undefined ? {} : { external_id: externalId }),
      metadata: {},
      settings: { features: Object.entries(features).map(([feature, enabled]) => ({ name: feature, enabled })) },
    },
  }
}

/** `usersGetUserResponse`. */
export function userJson(environment: Environment, user: User): Json {
  const { directory } = environment
  return {
    user: {
      id: user.id,
      email: user.email,
      create_time: seededAt,
      update_time: seededAt,
      ...(user.externalId === undefined ? {} : { external_id: user.externalId }),
      metadata: {},
      memberships: directory.organizationsOf(user.id).map(({ id, name }) => ({
        organization_id: id,
        name,
        display_name: name,
        membership_status: 'ACTIVE',
        roles: roles(environment, user.id, id),
        permissions: directory.permissionsOf(user.id, id),
        join_time: seededAt,
      })),
      user_profile: {
        id: idOfName('usp', user.id),
        name: `${user.givenName} ${user.familyName}`,
        given_name: user.givenName,
        family_name: user.familyName,
        email_verified: user.emailVerified ?? true,
        ...(user.picture === undefined ? {} : { picture: user.picture }),
        ...(user.locale === undefined ? {} : { locale: user.locale }),
      },
    },
  }
}

/** `sessionsSessionDetails`. */
export function sessionJson(environment: Environment, session: Session): Json {
  const { organizationId, authenticatedOrganizations, clients, userAgent } = session
  return {
    ...revokedSessionJson(environment, session),
    organization_id: organizationId,
    authenticated_organizations: authenticatedOrganizations,
    authenticated_clients: clients.map((client) => ({
      client_id: client.clientId,
      organization_id: client.organizationId,
    })),
    device: { user_agent: userAgent ?? '' },
  }
}

/** `sessionsRevokedSessionDetails`. */
export function revokedSessionJson(environment: Environment, session: Session): Json {
  const { sessionAbsolute, sessionIdle } = environment.settings
  const { status, endedAt, createdAt, lastActiveAt } = session
  return {
    session_id: session.id,
    user_id: session.userId,
    status,
    created_at: rfc3339(createdAt),
    updated_at: rfc3339(endedAt ?? lastActiveAt),
    last_active_at: rfc3339(lastActiveAt),
    absolute_expires_at: rfc3339(createdAt + sessionAbsolute),
    idle_expires_at: rfc3339(lastActiveAt + sessionIdle),
    expired_at: endedAt !== undefined && status === 'expired' ? rfc3339(endedAt) : null,
    logout_at: endedAt !== undefined && status === 'logout' ? rfc3339(endedAt) : null,
  }
}

function roles(environment: Environment, userId: string, organizationId: string): readonly Json[] {
  const { directory } = environment
  return directory.rolesOf(userId, organizationId).map((name) => ({
    id: idOfName('role', name),
    name,
    display_name: directory.displayNameOfRole(name),
  }))
}
