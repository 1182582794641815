import { LoginError } from '../errors/scalegate-error.js'
import type { ReturnTarget } from '../http/return-target.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { type AuthorizationSelectors, selectorsFromQuery } from '../protocol/authorization-request.js'
import type { Provider } from '../protocol/provider.js'
import { loginErrorOf } from '../protocol/provider-errors.js'
import type { IdpLogins } from '../transaction/idp-logins.js'
import type { WantedLogin } from '../transaction/login-starter.js'

/**
 * What the query of the login route asks for. The route is also the initiate login URL of the environment (protocol.md
 * §5): bookmarks and expired logins come without parameters, invitations with some of their own, the portals of customers
 * with a signed token, other parties by OIDC Core §4.
 *
 * @throws LoginError for an `error` in the query, a token that cannot be used, another issuer's `iss`, or
 * request_invalid.
 */
export type WantedLoginReader = (query: URLSearchParams) => Promise<WantedLogin>

export function createWantedLoginReader(input: {
  readonly options: Pick<ResolvedOptions, 'login'>
  readonly returnTarget: ReturnTarget
  readonly provider: Pick<Provider, 'issuer'>
  readonly idpLogins: IdpLogins
}): WantedLoginReader {
  const { options, returnTarget, provider, idpLogins } = input

  return async (query) => {
    // It wins over everything beside it, and nothing of it is repeated (attack row 253).
    const error = single(query, 'error')
    if (error !== undefined || query.has('error_description')) throw refusal(error ?? '')
    const token = single(query, 'idp_initiated_login')
    if (token !== undefined) return fromPortal(token)
    const { selectors, extra } = selectorsFromQuery(query, options.login.forward)
    const issuer = single(query, 'iss')
    if (issuer === undefined) {
      const by = selectors.prompt === 'login' ? 'step_up' : 'app'
      return { returnTo: returnTarget(query.getAll('return_to'), 'login'), selectors, extra, by }
    }
    // OIDC Core §4: another issuer's login must not be started here (attack row 254).
    if (issuer !== provider.issuer) throw new LoginError('issuer_mismatch')
    return { returnTo: returnTarget(query.getAll('target_link_uri'), 'login'), selectors, extra, by: 'third_party' }
  }

  /** The token says which login to start; the login itself is our own from its first byte (attack row 252). */
  async function fromPortal(token: string): Promise<WantedLogin> {
    const { organizationId, connectionId, loginHint, relayState } = await idpLogins(token)
    const selectors: AuthorizationSelectors = {
      ...(organizationId === undefined ? {} : { organizationId }),
      ...(connectionId === undefined ? {} : { connectionId }),
      ...(loginHint === undefined ? {} : { loginHint }),
    }
    return {
      returnTo: returnTarget(relayState === undefined ? [] : [relayState], 'login'),
      selectors,
      extra: {},
      by: 'idp',
    }
  }
}

function refusal(error: string): LoginError {
  const { code, providerError } = loginErrorOf(error)
  // Anybody can write this query: no outage is believed of it.
  return new LoginError(code === 'provider_unavailable' ? 'idp_error' : code, providerError)
}

function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name)
  if (others.length > 0) throw new LoginError('request_invalid', name)
  // Without a value a parameter counts as omitted (RFC 6749 §3.1).
  return value === '' ? undefined : value
}
