import { now, rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import type { Connection } from '../state/connections.js'
import type { ScimDirectory } from '../state/directories.js'
import { isOpen, type PortalSession } from '../state/portal-links.js'
import type { PortalEvent } from '../state/portal-links-events.js'

/** Seconds before the end of a session at which the portal warns. */
const WARNING = 300

/** What a message to the framing page is: an event as documented, or the `{ type }` of an older sample. */
export type PortalMessage = PortalEvent | { readonly type: 'SSO_CONFIGURED' | 'SESSION_EXPIRED' }

export function connectionEvent({ id, organizationId, type, provider, enabled }: Connection): PortalEvent {
  return {
    event_type: enabled ? 'ORGANIZATION_SSO_ENABLED' : 'ORGANIZATION_SSO_DISABLED',
    object: 'connection',
    organization_id: organizationId,
    message: `Single sign-on has been ${enabled ? 'enabled' : 'disabled'} for the organization`,
    data: { connection_type: 'SSO', id, type, provider, enabled },
  }
}

export function directoryEvent({ id, organizationId, provider, enabled }: ScimDirectory): PortalEvent {
  return {
    event_type: enabled ? 'ORGANIZATION_DIRECTORY_ENABLED' : 'ORGANIZATION_DIRECTORY_DISABLED',
    object: 'directory',
    organization_id: organizationId,
    message: `Directory sync has been ${enabled ? 'enabled' : 'disabled'} for the organization`,
    data: { directory_type: 'SCIM', id, provider, enabled },
  }
}

export function sessionEvent(
  event_type: 'PORTAL_LOAD_SUCCESS' | 'PORTAL_SESSION_WARNING' | 'PORTAL_SESSION_EXPIRY',
  { organizationId, expiresAt }: PortalSession,
): PortalEvent {
  const messages = {
    PORTAL_LOAD_SUCCESS: 'The admin portal has loaded',
    PORTAL_SESSION_WARNING: 'The session of the admin portal is about to expire',
    PORTAL_SESSION_EXPIRY: 'The session of the admin portal has expired',
  }
  const data = { expiry: rfc3339(expiresAt) }
  return { event_type, object: 'session', organization_id: organizationId, message: messages[event_type], data }
}

/** A link or a session that opens nothing; `SESSION_EXPIRED` is the only documented code, so it stands for each reason. */
export const loadFailure: PortalEvent = {
  event_type: 'PORTAL_LOAD_FAILURE',
  object: 'session',
  message: 'The admin portal could not be loaded',
  data: { error_code: 'SESSION_EXPIRED' },
}

/** What the framing page of a session has to be told now, the passing of time included. */
export function takeEvents({ portalLinks }: Environment, session: PortalSession): readonly PortalEvent[] {
  const left = session.expiresAt - now()
  if (isOpen(session)) {
    if (left <= WARNING && portalLinks.once(session, 'warning')) {
      portalLinks.post(session, sessionEvent('PORTAL_SESSION_WARNING', session))
    }
  } else if (portalLinks.once(session, 'expiry')) {
    portalLinks.post(session, sessionEvent('PORTAL_SESSION_EXPIRY', session))
  }
  return portalLinks.takeEvents(session)
}

/** Events in the form that the environment speaks. */
export function messagesOf({ settings }: Environment, events: readonly PortalEvent[]): readonly PortalMessage[] {
  if (settings.portalEvents === 'event_type') return events
  return events.flatMap(({ event_type }): readonly PortalMessage[] => {
    if (event_type === 'ORGANIZATION_SSO_ENABLED') return [{ type: 'SSO_CONFIGURED' }]
    const isOver = event_type === 'PORTAL_SESSION_EXPIRY' || event_type === 'PORTAL_LOAD_FAILURE'
    return isOver ? [{ type: 'SESSION_EXPIRED' }] : []
  })
}
