import { sha256Base64url } from '../crypto/sha256.js'
import { LoginError, TokenError } from '../errors/scalegate-error.js'
import type { Clock } from '../options/clock.js'
import { type IdpInitiatedLogin, verifyIdpInitiatedLogin } from '../protocol/idp-initiated-login.js'
import type { Provider } from '../protocol/provider.js'
import { createExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'

/**
 * Takes the token of an IdP-initiated login once. It has no `jti`, so the whole token is its name (attack row 248).
 *
 * @throws LoginError idp_login_invalid with the reason of the verification, idp_login_replayed; ProviderError
 * keys_unavailable.
 */
export type IdpLogins = (token: string) => Promise<IdpInitiatedLogin>

export function createIdpLogins(input: {
  readonly provider: Provider
  /** What `iss` may be. */
  readonly issuers: readonly string[]
  readonly clock: Clock
  readonly state: ProcessState
}): IdpLogins {
  const { provider, issuers, clock, state } = input
  const used = state.slot('idp-logins', () => createExpiringMap<true>({ clock, capacity: 20_000 }))
  return async (token) => {
    const login = await verifyIdpInitiatedLogin(provider, token, issuers).catch((error: unknown) => {
      throw error instanceof TokenError ? new LoginError('idp_login_invalid', error.reason) : error
    })
    const key = await sha256Base64url(token)
    if (used.get(key) !== undefined) throw new LoginError('idp_login_replayed')
    used.set(key, true, login.exp + provider.clockSkew)
    return login
  }
}
