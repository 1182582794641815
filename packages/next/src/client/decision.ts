import { type Requirement, requirement, unmet } from '@scalegate/core/permissions'
import type { SessionState } from './session-state.js'

/** `undecided` until the session is known: then neither the children nor the fallback is shown. */
export type Decision = 'yes' | 'no' | 'undecided'

/** What a part of a page is for: people with a permission, with one of several, or with a role. */
export interface AskedPermission {
  readonly permission?: string | undefined
  readonly anyPermission?: readonly string[] | undefined
  readonly role?: string | undefined
}

export function isSignedIn({ status }: SessionState): Decision {
  if (status === 'signed-in') return 'yes'
  return status === 'signed-out' ? 'no' : 'undecided'
}

/**
 * Decides as the server's guards do, by the same code.
 *
 * @throws TypeError if nothing or nothing possible is asked for, so that a mistake never comes to mean "everybody".
 */
export function isPermitted(state: SessionState, asked: AskedPermission): Decision {
  const required = requirementOf(asked)
  if (state.status !== 'signed-in') return isSignedIn(state)
  // Its permissions are those of yesterday; the store asks for today's.
  if (state.session.stale) return 'undecided'
  return unmet(state.session, required, Date.now() / 1000) === undefined ? 'yes' : 'no'
}

function requirementOf({ permission, anyPermission, role }: AskedPermission): Requirement {
  if (permission !== undefined) return requirement({ permissions: [permission] })
  if (anyPermission !== undefined) return requirement({ anyPermission })
  if (role !== undefined) return requirement({ roles: [role] })
  throw new TypeError('<Permitted> needs a permission, a list of permissions or a role.')
}
