import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import type { Session } from '../state/sessions.js'
import { deviceJson } from '../webhooks/device-data.js'
import type { Json } from './json.js'
import { timeOrNull } from './time.js'

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
    device: { ...deviceJson(userAgent ?? ''), user_agent: userAgent ?? '' },
  }
}

/** `sessionsRevokedSessionDetails`. */
export function revokedSessionJson({ sessions }: Environment, session: Session): Json {
  const { absolute, idle } = sessions.limitsOf(session)
  const { status, endedAt, createdAt, lastActiveAt } = session
  return {
    session_id: session.id,
    user_id: session.userId,
    status,
    created_at: rfc3339(createdAt),
    updated_at: rfc3339(endedAt ?? lastActiveAt),
    last_active_at: rfc3339(lastActiveAt),
    absolute_expires_at: rfc3339(createdAt + absolute),
    idle_expires_at: rfc3339(lastActiveAt + idle),
    expired_at: timeOrNull(status === 'expired' || status === 'revoked' ? endedAt : undefined),
    logout_at: timeOrNull(status === 'logout' ? endedAt : undefined),
  }
}
