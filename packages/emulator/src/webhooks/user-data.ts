import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import { idOfName, newId } from '../ids.js'
import { seededAt } from '../rest/shapes.js'
import type { Session } from '../state/sessions.js'
import { deviceJson } from './device-data.js'
import type { Subject } from './subject.js'

type Json = Readonly<Record<string, unknown>>

/** `user` of an event. It has no roles and no memberships; an app that needs them asks for them. */
export function userJson(environment: Environment, { user, session }: Subject): Json {
  return {
    id: user.id,
    email: user.email,
    external_id: user.externalId ?? '',
    create_time: seededAt,
    update_time: seededAt,
    ...(session === undefined ? {} : { last_login_time: rfc3339(session.authenticatedAt) }),
    metadata: {},
    user_profile: {
      id: idOfName('usp', user.id),
      name: `${user.givenName} ${user.familyName}`.trim(),
      given_name: user.givenName,
      family_name: user.familyName,
      email_verified: user.emailVerified ?? true,
      phone_number: '',
      phone_number_verified: false,
      gender: '',
      locale: user.locale ?? '',
      picture: user.picture ?? '',
      preferred_username: '',
      custom_attributes: null,
      groups: null,
      external_identities: identities(environment, user.email, session),
      metadata: {},
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
  const { sessionAbsolute, sessionIdle, webhookLogoutStatus } = environment.settings
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
    absolute_expires_at: rfc3339(session.createdAt + sessionAbsolute),
    idle_expires_at: rfc3339(session.lastActiveAt + sessionIdle),
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
