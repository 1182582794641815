import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { type Claims, verifySignature } from '../jws.js'
import type { Session } from '../state/sessions.js'

/** A valid access token of a person whose session lives. */
export interface UserToken {
  readonly claims: Claims
  readonly session: Session
}

/** Claims of an access token that this environment signed and that has not expired. An ID token is none: no `jti`. */
export async function readAccessToken(environment: Environment, token: string): Promise<Claims | undefined> {
  const claims = await verifySignature(token, environment.keys)
  if (claims === undefined || claims.iss !== environment.url) return undefined
  if (typeof claims.exp !== 'number' || claims.exp <= now()) return undefined
  return String(claims.jti).startsWith('tkn_') ? claims : undefined
}

/** A person's token whose session lives; undefined for everything else. */
export async function readUserToken(environment: Environment, token: string): Promise<UserToken | undefined> {
  const claims = await readAccessToken(environment, token)
  const session = environment.sessions.find(String(claims?.sid))
  if (claims === undefined || session === undefined || !environment.sessions.isLive(session)) return undefined
  return { claims, session }
}

/** The credentials of `Authorization: Bearer …` (RFC 6750 §2.1). */
export function bearer(header: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(header ?? '')?.[1]
}
