import { randomUUID } from 'node:crypto'
import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { type Claims, signCompact } from '../jws.js'
import { override } from '../state/token-mutations.js'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/** Seconds; the recommended ceiling (OIDC Back-Channel Logout 1.0 §2.4). */
const LIFETIME = 120

/** Whom a logout token is about and for, and what to change about it. */
export interface LogoutTokenRequest {
  readonly clientId: string
  readonly sid?: string
  readonly sub?: string
  /** Overrides; `null` removes a claim. */
  readonly claims?: Claims
  /** Overrides; `null` removes a member. */
  readonly header?: Claims
}

/** A logout token as OIDC Back-Channel Logout 1.0 §2.4 has it, changed as the settings and the request say. */
export function makeLogoutToken(environment: Environment, request: LogoutTokenRequest): string {
  const { exp, typ } = environment.settings.logoutToken
  const at = now()
  const claims: Claims = {
    iss: environment.url,
    aud: request.clientId,
    iat: at,
    ...(exp ? { exp: at + LIFETIME } : {}),
    jti: randomUUID(),
    events: { [EVENT]: {} },
    ...(request.sub === undefined ? {} : { sub: request.sub }),
    ...(request.sid === undefined ? {} : { sid: request.sid }),
  }
  const key = environment.keys.current
  return signCompact({
    header: override({ alg: 'RS256', kid: key.kid, ...(typ === null ? {} : { typ }) }, request.header),
    payload: override(claims, request.claims),
    algorithm: 'RS256',
    key: key.privateKey,
  })
}
