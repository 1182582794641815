import { LoginError, TokenError } from '../errors/scalegate-error.js'
import { type IdpInitiatedLogin, verifyIdpInitiatedLogin } from '../protocol/idp-initiated-login.js'
import type { Provider } from '../protocol/provider.js'
import type { UsedOnce } from '../store/used-once.js'

/**
 * Takes the token of an IdP-initiated login once. It has no `jti`, so the whole token is its name (attack row 248).
 *
 * @throws LoginError idp_login_invalid with the reason of the verification, idp_login_replayed; ProviderError
 * keys_unavailable; StoreError store_unavailable.
 */
export type IdpLogins = (token: string) => Promise<IdpInitiatedLogin>

export function createIdpLogins(input: {
  readonly provider: Provider
  /** What `iss` may be. */
  readonly issuers: readonly string[]
  readonly used: UsedOnce
}): IdpLogins {
  const { provider, issuers, used } = input
  return async (token) => {
    const login = await verifyIdpInitiatedLogin(provider, token, issuers).catch((error: unknown) => {
      throw error instanceof TokenError ? new LoginError('idp_login_invalid', error.reason) : error
    })
    if (!(await used.use(token, login.exp + provider.clockSkew))) throw new LoginError('idp_login_replayed')
    return login
  }
}
