import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import { idOfName, newId } from '../ids.js'
import { timeOf } from '../rest/time.js'
import { fullNameOf } from '../state/people.js'
import type { Session } from '../state/sessions.js'
import { deviceJson } from './device-data.js'
import type { Subject } from './subject.js'

type Json = Readonly<Record<string, unknown>>

/** `user` of an event. It has no roles and no memberships; an app that needs them asks for them. */
export function userJson(environment: Environment, { user, session }: Subject): Json {
  const { profile = {} } = user
  return {
    id: user.id,
    email: user.email,
    external_id: user.externalId ?? '',
    create_time: timeOf(user.createdAt),
    update_time: timeOf(user.updatedAt),
    ...(session === undefined ? {} : { last_login_time: rfc3339(session.authenticatedAt) }),
    metadata: user.metadata ?? {},
    user_profile: {
      id: idOfName('usp', user.id),
      name: fullNameOf(user),
      given_name: user.givenName,
      family_name: user.familyName,
      email_verified: user.emailVerified ?? true,
      phone_number: profile.phoneNumber ?? '',
      phone_number_verified: false,
      gender: profile.gender ?? '',
      locale: user.locale ?? '',
      picture: user.picture ?? '',
      preferred_username: profile.preferredUsername ?? '',
      custom_attributes: profile.customAttributes ?? null,
      groups: profile.groups ?? null,
      external_identities: identities(environment, user.email, session),
      metadata: profile.metadata ?? {},
    },
  }
}

/** The identity providers that a session came through; Scalekit writes `null` for none. */
function identities(environment: Environment, email: string, session: Session | undefined): readonly Json[] | null {
  const through = (session?.amr ?? []).filter(
    (connection) => environment.directory.organizationOfConnection(connection) !== undefined,
  )
  if (session === undefined || through.length === 0) return null
  const at = rfc3339(session.authenticatedAt)
  return through.map((connection) => ({
    connection_id: connection,
    connection_provider: 'CUSTOM',
    connection_type: 'OIDC',
    connection_user_id: email,
    is_social: false,
    created_time: at,
    last_login_time: at,
    last_synced_time: at,
  }))
}

/** `user_session` of a log-in or a log-out; a person without a session gets a made-up one that began just now. */
export function sessionJson(environment: Environment, subject: Subject, event: 'login' | 'logout', at: number): Json {
  const session = subject.session ?? imagined(subject, at)
  const { webhookLogoutStatus } = environment.settings
  const { absolute, idle } = environment.sessions.limitsOf(session)
  const isOver = event === 'logout' && webhookLogoutStatus === 'LOGGED_OUT'
  const endedAt = session.endedAt ?? at
  return {
    session_id: session.id,
    user_id: session.userId,
    organization_id: session.organizationId,
    status: isOver ? 'LOGGED_OUT' : 'ACTIVE',
    created_at: rfc3339(session.createdAt),
    updated_at: rfc3339(isOver ? endedAt : session.lastActiveAt),
    last_active_at: rfc3339(session.lastActiveAt),
    absolute_expires_at: rfc3339(session.createdAt + absolute),
    idle_expires_at: rfc3339(session.lastActiveAt + idle),
    expired_at: null,
    logout_at: isOver ? rfc3339(endedAt) : null,
    authenticated_organizations: session.authenticatedOrganizations,
    device: deviceJson(session.userAgent ?? ''),
  }
}

function imagined({ user, organization }: Subject, at: number): Omit<Session, 'cookie' | 'status' | 'clients' | 'amr'> {
  return {
    id: newId('ses'),
    userId: user.id,
    organizationId: organization.id,
    authenticatedOrganizations: [organization.id],
    createdAt: at,
    authenticatedAt: at,
    lastActiveAt: at,
  }
}
