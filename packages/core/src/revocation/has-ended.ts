import type { EndedSessions } from '../options/scalegate-options.js'

/** What an app that keeps sessions itself knows about one of them, from `session` of the login. */
export interface KeptSession {
  readonly userId: string
  readonly organizationId?: string | undefined
  readonly sid?: string | undefined
  /** `session.loggedInAt`, NumericDate. */
  readonly loggedInAt: number
}

/**
 * True where `ended` means this session: for `onSessionsEnded` of apps that keep sessions themselves. A session that logged
 * in after the instant goes on.
 */
export function hasEnded(session: KeptSession, ended: EndedSessions): boolean {
  if (session.loggedInAt > ended.at) return false
  switch (ended.scope) {
    case 'sid':
      return session.sid === ended.sid
    case 'sub':
      return session.userId === ended.userId
    case 'member':
      return session.userId === ended.userId && session.organizationId === ended.organizationId
    case 'organization':
      return session.organizationId === ended.organizationId
  }
}
