import { randomToken } from '../crypto/random.js'
import { isScalegateError, LoginError } from '../errors/scalegate-error.js'
import type { Clock } from '../options/clock.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { verifyAccessToken } from '../protocol/access-token.js'
import { type IdTokenClaims, verifyIdToken } from '../protocol/id-token.js'
import type { Provider } from '../protocol/provider.js'
import { exchangeCode } from '../protocol/token-request.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import { accessTokenEnd } from './lifetime.js'
import type { PermissionReader } from './permission-source.js'
import { type OpenedSession, opened as openTokens } from './session-record.js'

/** What the transaction of a login asked for. */
export interface ExpectedLogin {
  readonly nonce: string
  readonly verifier: string
  readonly organizationId?: string | undefined
  /** The login asked for `prompt=login`. */
  readonly renewing?: true | undefined
  readonly startedAt: number
}

export interface LoginVerifier {
  /**
   * Authorization code → a session that may be written.
   *
   * @throws LoginError exchange_rejected, exchange_unavailable, misconfigured, organization_mismatch.
   * @throws TokenError token_invalid, ProviderError keys_unavailable.
   */
  readonly login: (code: string, expected: ExpectedLogin, redirectUri: string) => Promise<OpenedSession>
}

export function createLoginVerifier(input: {
  readonly provider: Provider
  readonly permissions: PermissionReader
  readonly marks: RevocationMarks
  readonly clock: Clock
  readonly product: ResolvedOptions['product']
  /** Seconds a session lives at the most. */
  readonly absolute: number
}): LoginVerifier {
  const { provider, permissions, marks, clock, product, absolute } = input
  return {
    async login(code, expected, redirectUri) {
      const askedAt = await marks.confirmationTime()
      const tokens = await exchangeCode(provider, { code, redirectUri, codeVerifier: expected.verifier })
      if (tokens.idToken === undefined) throw new LoginError('id_token_invalid', 'missing')
      const { accessToken, idToken, refreshToken } = tokens
      const identity = await verifyIdToken(provider, idToken, { nonce: expected.nonce, accessToken, code })
      const access = await verifyAccessToken(provider, accessToken)
      requireProduct(product, identity.sub)
      if (access.sub !== identity.sub) throw new LoginError('id_token_invalid', 'sub')
      const organizationId = access.oid ?? identity.oid
      if (identity.oid !== undefined && organizationId !== identity.oid) throw new LoginError('id_token_invalid', 'oid')
      // A person can pick another organization than the one the link was for (attack row 80).
      if (expected.organizationId !== undefined && expected.organizationId !== organizationId)
        throw new LoginError('organization_mismatch')

      const opened = openTokens({
        v: 1,
        id: randomToken(),
        ...permissions.initial,
        accessToken,
        idToken,
        ...(refreshToken === undefined ? {} : { refreshToken }),
        accessTokenExpiresAt: accessTokenEnd(access.exp, tokens.expiresIn, clock()),
        loggedInAt: identity.iat,
        ...authenticated(identity, expected, provider),
        confirmedAt: askedAt,
        seenAt: clock(),
        expiresAt: clock() + absolute,
      })
      if (opened === undefined) throw new LoginError('id_token_invalid', 'malformed')
      // Permissions that cannot be read now are asked for again by the first guard; the login itself is good.
      return await permissions.complete(opened).catch((error: unknown) => {
        if (isScalegateError(error, 'permissions_unavailable')) return opened
        throw error
      })
    },
  }
}

/** `usr_…` are Scalekit's own users, `conn_…;…` those of a customer's provider (protocol.md §3.3). Other issuers have neither. */
function requireProduct(product: ResolvedOptions['product'], sub: string): void {
  const brokered = /^conn_[^;]+;/.test(sub)
  if (product === 'full_stack_auth' ? brokered : sub.startsWith('usr_')) throw new LoginError('product_mismatch', 'sub')
}

/**
 * When the person proved who they are, moved to our clock. Scalekit does not document `auth_time`; without it, only a
 * login that had to ask counts (OIDC Core §3.1.2.1 `prompt`).
 */
function authenticated(
  { authTime, iat }: IdTokenClaims,
  { renewing, startedAt }: ExpectedLogin,
  { clock, clockSkew }: Provider,
): { authenticatedAt?: number } {
  const now = clock()
  if (authTime === undefined) return renewing === true ? { authenticatedAt: now } : {}
  const age = Math.max(iat - authTime, 0)
  // The provider did not do what it was asked for, and the guard that asked would ask again and again.
  if (renewing === true && age > now - startedAt + clockSkew) throw new LoginError('login_required', 'auth_time')
  return { authenticatedAt: now - age }
}
