import { SessionError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { PermissionRequest, PermissionSource } from '../options/scalegate-options.js'
import { withDeadline } from '../state/deadline.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'
import { type OpenedSession, opened as openTokens, type SessionRecord, sessionOf } from './session-record.js'

/** Puts the permissions of a function onto a session whose token is not the source. */
export interface PermissionReader {
  /** The session with its permissions; itself where there is nothing to ask. Throws permissions_unavailable. */
  readonly complete: (opened: OpenedSession) => Promise<OpenedSession>
  /** True while the session waits for its permissions: then nothing may be decided from it. */
  readonly isPending: (opened: OpenedSession) => boolean
  /** What a new record says about permissions before anybody was asked. */
  readonly initial: Partial<Pick<SessionRecord, 'permissions' | 'permissionsPending'>>
}

/** After a failure the same session waits this long, so that a page of 50 requests makes one call. */
const holdAfterFailure = 1

interface ReaderState {
  readonly flights: Map<string, Promise<readonly string[]>>
  readonly failed: ExpiringMap<true>
}

export function createPermissionReader(input: {
  readonly source: 'token' | PermissionSource
  readonly tools: Pick<PermissionRequest, 'issuer' | 'fetch' | 'deadline' | 'managementToken'>
  readonly clock: Clock
  readonly state: ProcessState
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly emit: Emit
}): PermissionReader {
  const { source, tools, clock, state, sessionName, emit } = input
  if (source === 'token') return { complete: async (session) => session, isPending: () => false, initial: {} }
  const { flights, failed } = state.slot<ReaderState>('permissions', () => ({
    flights: new Map(),
    failed: createExpiringMap({ clock, capacity: 20_000 }),
  }))
  // Absent: sealed before the app had a source.
  const isPending = ({ record }: OpenedSession) =>
    record.permissionsPending === true || record.permissions === undefined
  return {
    isPending,
    initial: { permissions: [], permissionsPending: true },
    async complete(session) {
      if (!isPending(session)) return session
      const permissions = await read(source, session)
      const { permissionsPending: _answered, ...record } = session.record
      return openTokens({ ...record, permissions: [...permissions] }) ?? session
    },
  }

  /** One call for everybody who asks about the same session and token at once. */
  function read(from: PermissionSource, session: OpenedSession): Promise<readonly string[]> {
    const key = `${session.record.id} ${session.record.accessToken}`
    const running = flights.get(key)
    if (running !== undefined) return running
    if (failed.get(key) !== undefined) return Promise.reject(new SessionError('permissions_unavailable'))
    const flight = call(from, session, key).finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }

  async function call(from: PermissionSource, session: OpenedSession, key: string): Promise<readonly string[]> {
    try {
      const permissions = await withDeadline(
        ask(from, session),
        tools.deadline,
        () => new SessionError('permissions_unavailable'),
      )
      return permissions.filter(isName)
    } catch {
      // The source belongs to the app; whatever it threw may hold secrets and goes no further.
      failed.set(key, true, clock() + holdAfterFailure)
      emit('permission_source_failed', { session: await sessionName(session) })
      throw new SessionError('permissions_unavailable')
    }
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
