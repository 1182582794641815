import type { Session } from '@scalegate/core/permissions'

/**
 * What this browser knows about who is signed in. `loading` until the first answer; `unavailable` if the first
 * question could not be answered, so that nobody is shown a log-in link because of an outage.
 */
export type SessionState =
  | { readonly status: 'loading'; readonly session: null }
  | { readonly status: 'signed-in'; readonly session: Session }
  | { readonly status: 'signed-out'; readonly session: null }
  | { readonly status: 'unavailable'; readonly session: null }

/** A session, null for a stranger, undefined where nobody could say. */
export type SessionAnswer = Session | null | undefined

/** Before anything was asked: what the server rendered with, if anything. */
export function initialState(initial: SessionAnswer): SessionState {
  return initial === undefined ? { status: 'loading', session: null } : knownState(initial)
}

/** The state after an answer. The same object if nothing changed, so that nothing renders again for it. */
export function stateAfter(before: SessionState, answer: SessionAnswer): SessionState {
  // An outage does not sign anybody out.
  if (answer === undefined) return before.status === 'loading' ? { status: 'unavailable', session: null } : before
  const after = knownState(answer)
  return JSON.stringify(after) === JSON.stringify(before) ? before : after
}

function knownState(session: Session | null): SessionState {
  return session === null ? { status: 'signed-out', session } : { status: 'signed-in', session }
}
