import { SessionError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import type { PermissionRequest, PermissionSource } from '../options/scalegate-options.js'
import { type OpenedSession, opened as openTokens, sessionOf } from './session-record.js'

/** Puts the permissions of a function onto a session whose token is not the source. */
export interface PermissionReader {
  /** The session with its permissions; itself where there is nothing to ask. Throws permissions_unavailable. */
  readonly complete: (opened: OpenedSession) => Promise<OpenedSession>
  /** True while the session waits for its permissions. */
  readonly isPending: (opened: OpenedSession) => boolean
}

export function createPermissionReader(input: {
  readonly source: 'token' | PermissionSource
  readonly tools: Pick<PermissionRequest, 'issuer' | 'fetch' | 'deadline' | 'managementToken'>
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly emit: Emit
}): PermissionReader {
  const { source, tools, sessionName, emit } = input
  if (source === 'token') return { complete: async (session) => session, isPending: () => false }
  const isPending = (session: OpenedSession) => session.record.permissions === undefined
  return {
    isPending,
    async complete(session) {
      if (!isPending(session)) return session
      try {
        const permissions = await withDeadline(ask(source, session), tools.deadline)
        return openTokens({ ...session.record, permissions: permissions.filter(isName) }) ?? session
      } catch {
        // The source belongs to the app; whatever it threw may hold secrets and goes no further.
        emit('permission_source_failed', { session: await sessionName(session) })
        throw new SessionError('permissions_unavailable')
      }
    },
  }

  function ask(from: PermissionSource, session: OpenedSession): Promise<readonly string[]> {
    const { user, organizationId } = sessionOf(session)
    return from({
      ...tools,
      userId: user.id,
      organizationId,
      tokenPermissions: session.accessClaims.permissions,
      accessToken: session.record.accessToken,
    })
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Rejects when the work takes longer than `seconds`; the work itself may go on and is ignored. */
async function withDeadline<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SessionError('permissions_unavailable')), seconds * 1000)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
