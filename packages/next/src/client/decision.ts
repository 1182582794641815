import { hasPermission, scalekitPermissions } from '@scalegate/core/permissions'
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
 * Decides as the server's guards do: `…_manage` implies `…_read`, nothing else is implied.
 *
 * @throws TypeError if nothing or nothing possible is asked for, so that a mistake never comes to mean "everybody".
 */
export function isPermitted(state: SessionState, asked: AskedPermission): Decision {
  const { permission, anyPermission, role } = asked
  const names = permission === undefined ? anyPermission : [permission]
  if (names === undefined ? !isName(role) : names.length === 0 || !names.every(isName)) {
    throw new TypeError('<Permitted> needs a permission, a list of permissions or a role.')
  }
  const misspelt = names?.find((name) => name.startsWith('sk_') && !isScalekitPermission(name))
  if (misspelt !== undefined) throw new TypeError(`"${misspelt}" is not a Scalekit permission.`)

  if (state.status !== 'signed-in') return isSignedIn(state)
  const { stale, permissions, roles } = state.session
  // Its permissions are those of yesterday; the store asks for today's.
  if (stale) return 'undecided'
  const holds =
    names === undefined
      ? (roles as readonly (string | undefined)[]).includes(role)
      : names.some((name) => hasPermission(permissions, name))
  return holds ? 'yes' : 'no'
}

function isScalekitPermission(name: string): boolean {
  return (scalekitPermissions as readonly string[]).includes(name)
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name.trim() !== ''
}
