import type { CookieJar } from '../cookies/cookie-jar.js'
import { randomToken } from '../crypto/random.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import type { Emit, LoginInitiator } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { type AuthorizationSelectors, createAuthorizationUrl } from '../protocol/authorization-request.js'
import { createPkce } from '../protocol/pkce.js'
import type { Provider } from '../protocol/provider.js'
import type { TransactionCookies } from './transaction-cookies.js'

/** A login that somebody wants: the app, a link, another organization, the customer's portal. */
export interface WantedLogin {
  /** Sanitised path of the app. */
  readonly returnTo: string
  readonly selectors: AuthorizationSelectors
  /** Forwarded parameters, such as those of an invitation. */
  readonly extra: Readonly<Record<string, string>>
  readonly by: LoginInitiator
}

/**
 * Makes the authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1) with PKCE S256, `state` and `nonce`, and leaves
 * one sealed transaction cookie.
 *
 * @returns the address at the provider.
 * @throws LoginError request_invalid for what makes address or cookie too long; ProviderError discovery_failed.
 */
export type LoginStarter = (jar: CookieJar, wanted: WantedLogin) => Promise<URL>

export function createLoginStarter(input: {
  readonly options: Pick<ResolvedOptions, 'clientId' | 'scopes' | 'paths'>
  readonly base: BaseUrl
  readonly provider: Provider
  readonly transactions: TransactionCookies
  readonly clock: Clock
  readonly emit: Emit
}): LoginStarter {
  const { options, base, provider, transactions, clock, emit } = input
  return async (jar, { returnTo, selectors, extra, by }) => {
    const { verifier, challenge } = await createPkce()
    const { organizationId } = selectors
    const transaction = {
      v: 1 as const,
      state: randomToken(),
      nonce: randomToken(),
      verifier,
      returnTo,
      ...(organizationId === undefined ? {} : { organizationId }),
      ...(selectors.prompt === 'login' ? { renewing: true as const } : {}),
      startedAt: clock(),
    }
    const url = createAuthorizationUrl(await provider.endpoints(), {
      clientId: options.clientId,
      redirectUri: urlUnder(base, options.paths.callback),
      scopes: options.scopes,
      state: transaction.state,
      nonce: transaction.nonce,
      codeChallenge: challenge,
      selectors,
      extra,
    })
    await transactions.start(jar, transaction)
    emit('login_started', { organization: organizationId === undefined ? 'any' : 'asked', by })
    return url
  }
}
