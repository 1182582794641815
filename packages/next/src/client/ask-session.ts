import type { Session } from '@scalegate/core/permissions'
import type { SessionAnswer } from './session-state.js'

/** Asks the kit's own route `GET session`. Never rejects: what cannot be answered is an answer too. */
export async function askSession(fetch: typeof globalThis.fetch, path: string): Promise<SessionAnswer> {
  try {
    const response = await fetch(path, {
      cache: 'no-store',
      credentials: 'same-origin',
      headers: { accept: 'application/json' },
    })
    return response.ok ? read(await response.json()) : undefined
  } catch {
    // No network, or an answer that is not JSON: a wrong path, or a page of something in between.
    return undefined
  }
}

/** The route's JSON. Anything else came from somebody else, and says nothing about who is signed in. */
function read(body: { readonly session?: Partial<Session> | null } | null): SessionAnswer {
  const session = body?.session
  if (session === null) return null
  const { user, roles, permissions } = session ?? {}
  const isSession = typeof user?.id === 'string' && Array.isArray(roles) && Array.isArray(permissions)
  return isSession ? (session as Session) : undefined
}
