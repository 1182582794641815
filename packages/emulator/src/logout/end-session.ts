import type { DeliveryEntry, Environment } from '../environment.js'
import type { Session, SessionStatus } from '../state/sessions.js'
import { notifyClients } from './deliver.js'

/** Ends a Scalekit session and tells its apps; nothing happens when it has ended before. */
export async function endSession(
  environment: Environment,
  sid: string,
  status: Exclude<SessionStatus, 'active'>,
): Promise<readonly DeliveryEntry[]> {
  const session = environment.sessions.find(sid)
  if (session === undefined || !environment.sessions.end(sid, status)) return []
  environment.webhooks.happened({ type: 'user.logout', sessionId: sid })
  return notifyClients(environment, session)
}

/** Ends a session without a word to the apps, as if the notice got lost. */
export function endSessionSilently(environment: Environment, sid: string): void {
  environment.sessions.end(sid, 'revoked')
}

/** Ends the sessions that are past their limits. */
export async function endOverdueSessions(environment: Environment): Promise<void> {
  await Promise.all(environment.sessions.overdue.map((session) => endSession(environment, session.id, 'expired')))
}

/** Ends the sessions that a removed membership stood for: Scalekit ends the person's active session at once. */
export async function endMembership(environment: Environment, userId: string, organizationId: string): Promise<void> {
  await endSessions(
    environment,
    (session) => session.userId === userId && session.authenticatedOrganizations.includes(organizationId),
  )
}

/** Ends the sessions that this is true of. They are over when it returns; the promise waits for the notice to apps. */
export async function endSessions(environment: Environment, affected: (session: Session) => boolean): Promise<void> {
  const ending = environment.sessions.all.filter(affected)
  await Promise.all(ending.map((session) => endSession(environment, session.id, 'revoked')))
}
