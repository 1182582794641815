import { TokenError } from '../errors/scalegate-error.js'
import { textClaim } from './claim-values.js'
import { verifyCompactJwt } from './compact-jwt.js'
import type { Provider } from './provider.js'
import { requireAudience, requireFresh, requireStarted, requireUnexpired } from './registered-claims.js'

/** What a customer's identity provider asks for when somebody opens the app from its portal (protocol.md §5). */
export interface IdpInitiatedLogin {
  readonly organizationId: string | undefined
  readonly connectionId: string | undefined
  /** An e-mail address. */
  readonly loginHint: string | undefined
  /** Where the portal wants the person to land. Anybody's word: a candidate for `return_to`, and never a `state`. */
  readonly relayState: string | undefined
  readonly exp: number
}

/** Seconds from `iat` to `exp`; the documented sample has 300. */
const maxLifetime = 600
/** What only other kinds of tokens carry: their rules must exclude each other (RFC 8725 §3.12). */
const foreignClaims = [
  'events', 'nonce', 'at_hash', 'c_hash', 'azp', 'amr', 'sid', 'scope', 'scopes', 'permissions', 'roles', 'client_id',
] // biome-ignore format: one table

/**
 * Verifies the token of an IdP-initiated login. It signs nobody in: it only says which login to start.
 *
 * The documented sample has neither `aud` nor `jti`, and an `iss` that looks like the app's address, so `issuers` is a
 * list, and an audience counts where there is one.
 *
 * @throws {@link TokenError} token_invalid; `reason` is one of `verifyCompactJwt`, a foreign claim, or `iss`, `aud`,
 * `exp_missing`, `exp`, `expired`, `iat`, `lifetime`, `nbf`, `organization_id`, `connection_id`, `selector_missing`.
 * @throws ProviderError keys_unavailable
 */
export async function verifyIdpInitiatedLogin(
  provider: Provider,
  token: string,
  issuers: readonly string[],
): Promise<IdpInitiatedLogin> {
  const claims = await verifyCompactJwt(provider, token, { code: 'token_invalid', typ: [undefined, 'jwt'] })
  for (const name of foreignClaims) if (name in claims) throw refuse(name)
  if (typeof claims.iss !== 'string' || !issuers.includes(claims.iss.replace(/\/$/, ''))) throw refuse('iss')
  if ('aud' in claims && !requireAudience(claims, refuse).includes(provider.clientId)) throw refuse('aud')
  const exp = requireUnexpired(claims, provider, refuse)
  const iat = requireFresh(claims, provider, maxLifetime + provider.clockSkew, refuse)
  if (exp - iat > maxLifetime) throw refuse('lifetime')
  requireStarted(claims, provider, refuse)
  const organizationId = identifier(claims.organization_id, 'organization_id', /^org_[A-Za-z0-9]{1,64}$/)
  const connectionId = identifier(claims.connection_id, 'connection_id', /^conn_[A-Za-z0-9]{1,64}$/)
  if (organizationId === undefined && connectionId === undefined) throw refuse('selector_missing')
  return {
    organizationId,
    connectionId,
    loginHint: plain(textClaim(claims, 'login_hint')),
    relayState: textClaim(claims, 'relay_state'),
    exp,
  }
}

function refuse(reason: string): TokenError {
  return new TokenError('token_invalid', reason)
}

/** Absent, or of the documented form: it becomes a parameter of the next request (attack row 250). */
function identifier(value: unknown, name: string, form: RegExp): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string' || !form.test(value)) throw refuse(name)
  return value
}

/** A hint is only that: an odd one is left out. */
function plain(hint: string | undefined): string | undefined {
  return hint !== undefined && hint.length <= 512 && !/\p{Cc}/u.test(hint) ? hint : undefined
}
