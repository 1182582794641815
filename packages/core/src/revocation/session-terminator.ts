import type { Emit, SessionsEndedBy } from '../model/events.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { EndedSessions } from '../options/scalegate-options.js'
import type { RevocationMarks, RevocationTarget } from './revocation-marks.js'

/**
 * Ends sessions because Scalekit says so, whichever way it says it: first here, then in the app. Safe to repeat and in
 * any order, because marks only move forward. Rejects where a mark or the app's hook fails: whoever asked must ask again.
 */
export type SessionTerminator = (ended: EndedSessions, by: SessionsEndedBy) => Promise<void>

export function createSessionTerminator(input: {
  readonly options: Pick<ResolvedOptions, 'onSessionsEnded'>
  readonly marks: RevocationMarks
  readonly emit: Emit
}): SessionTerminator {
  const { options, marks, emit } = input
  return async (ended, by) => {
    await marks.revoke(targetOf(ended), ended.at)
    try {
      await options.onSessionsEnded?.(ended)
    } catch (error) {
      emit('sessions_ended_failed', { by, scope: ended.scope })
      throw error
    }
    emit('sessions_ended', { by, scope: ended.scope })
  }
}

function targetOf(ended: EndedSessions): RevocationTarget {
  switch (ended.scope) {
    case 'sid':
      return { sid: ended.sid }
    case 'sub':
      return { sub: ended.userId }
    case 'member':
      return { sub: ended.userId, organization: ended.organizationId }
    case 'organization':
      return { organization: ended.organizationId }
  }
}
