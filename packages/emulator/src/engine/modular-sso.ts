import { createHash } from 'node:crypto'
import type { Environment } from '../environment.js'
import type { Claims } from '../jws.js'

/** Lifetimes of Scalekit's samples for Modular SSO, seconds. */
export const modularLifetimes = { accessToken: 899, idToken: 3 * 86_400 } as const

/** `sub` in Modular SSO: `conn_…;<the person's id at the identity provider>`. Undefined in Full-Stack Auth. */
export function modularSubject(
  { directory, settings }: Environment,
  userId: string,
  amr: readonly string[],
): string | undefined {
  const [connectionId] = amr
  const email = directory.user(userId)?.email
  if (settings.product !== 'modular-sso' || connectionId === undefined || email === undefined) return undefined
  return `${connectionId};${idpUserId(email)}`
}

/** Claims of an access token there: no organization, session, roles or permissions. */
export function modularAccessClaims(standard: Claims): Claims {
  const { iss, sub, exp, iat, client_id } = standard
  return { iss, sub, exp, iat, client_id }
}

/** An identity provider knows people by an id of its own; the same address has the same one, also after a restart. */
function idpUserId(email: string): string {
  const hex = createHash('sha256').update(email.toLowerCase()).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
