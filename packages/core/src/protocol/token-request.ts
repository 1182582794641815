import { LoginError, RefreshError } from '../errors/scalegate-error.js'
import { fetchJson, type JsonAnswer } from '../http/fetch-json.js'
import type { Provider } from './provider.js'
import { readTokenResponse, type TokenSet } from './token-response.js'

export type { TokenSet } from './token-response.js'

/**
 * Exchanges an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5). The code is sent once: after a timeout nobody
 * knows whether it was used up, and a second use may revoke what the first one gave (RFC 6749 §4.1.2).
 *
 * @throws {@link LoginError} exchange_rejected when the provider refuses the code; misconfigured when it refuses the
 * client; id_token_invalid when it gives no ID token; exchange_unavailable for everything else, outages included.
 */
export async function exchangeCode(
  provider: Provider,
  input: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
): Promise<TokenSet> {
  const result = await requestTokens(provider, provider.deadlines.exchange, {
    grant_type: 'authorization_code',
    code: input.code,
    redirect_uri: input.redirectUri,
    code_verifier: input.codeVerifier,
  })
  switch (result.kind) {
    case 'tokens':
      // We always ask for `openid`, so its absence is not a matter of taste (OIDC Core §3.1.3.3).
      if (result.tokens.idToken === undefined) throw new LoginError('id_token_invalid', 'missing')
      return result.tokens
    case 'grant_refused':
    case 'request_refused':
      throw new LoginError('exchange_rejected', result.reason)
    case 'client_refused':
      throw new LoginError('misconfigured', result.reason)
    case 'unavailable':
      throw new LoginError('exchange_unavailable', result.reason)
  }
}

/**
 * Refreshes the tokens (RFC 6749 §6). Sent once, too: refresh tokens rotate, so the caller decides about a repetition.
 *
 * @throws {@link RefreshError} refresh_rejected only when the provider says that this grant is over; whatever may pass,
 * our own credentials being refused included, is refresh_unavailable and keeps the session.
 */
export async function refreshTokens(provider: Provider, refreshToken: string): Promise<TokenSet> {
  const result = await requestTokens(provider, provider.deadlines.refresh, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  })
  if (result.kind === 'tokens') return result.tokens
  if (result.kind === 'grant_refused') throw new RefreshError('refresh_rejected', result.reason)
  throw new RefreshError('refresh_unavailable', result.reason, result.retryAfter)
}

type TokenResult =
  | { readonly kind: 'tokens'; readonly tokens: TokenSet }
  | {
      readonly kind: 'grant_refused' | 'client_refused' | 'request_refused' | 'unavailable'
      /** An error code of RFC 6749 §5.2, a status, or what went wrong with the answer. */
      readonly reason: string
      readonly retryAfter?: number | undefined
    }

async function requestTokens(
  provider: Provider,
  deadline: number,
  grant: Readonly<Record<string, string>>,
): Promise<TokenResult> {
  const url = await tokenEndpoint(provider)
  if (url === undefined) return { kind: 'unavailable', reason: 'discovery_failed' }
  // client_secret_post (RFC 6749 §2.3.1): the only client authentication that Scalekit documents.
  const credentials = { client_id: provider.clientId, client_secret: provider.clientSecret }
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const body = new URLSearchParams({ ...grant, ...credentials }).toString()
  const answer = await fetchJson(
    provider.fetch,
    url,
    { method: 'POST', headers, body },
    { deadline, maxBytes: 262_144 },
  )
  if (answer.kind === 'failure') return { kind: 'unavailable', reason: answer.reason }
  if (answer.status >= 300 || answer.body === undefined) return refusal(answer)
  const tokens = readTokenResponse(answer.body)
  return typeof tokens === 'string' ? { kind: 'unavailable', reason: tokens } : { kind: 'tokens', tokens }
}

async function tokenEndpoint(provider: Provider): Promise<string | undefined> {
  try {
    return (await provider.endpoints()).token
  } catch {
    // Only discovery can fail here; nothing was sent, so it is an outage like any other.
    return undefined
  }
}

/** RFC 6749 §5.2. OIDC's two words mean the same to a session: a person has to sign in again. */
const grantErrors: readonly string[] = ['invalid_grant', 'login_required', 'interaction_required']
const clientErrors: readonly string[] = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type']
const requestErrors: readonly string[] = ['invalid_request', 'invalid_scope']

/** The status is read before the body: a gateway in front of a provider that is down answers 5xx with anything in it. */
function refusal({ status, body, retryAfter }: Extract<JsonAnswer, { kind: 'answer' }>): TokenResult {
  const error = typeof body?.error === 'string' ? body.error : ''
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    return { kind: 'unavailable', reason: `status_${status}`, retryAfter }
  }
  if (grantErrors.includes(error)) return { kind: 'grant_refused', reason: error }
  if (clientErrors.includes(error)) return { kind: 'client_refused', reason: error }
  if (requestErrors.includes(error)) return { kind: 'request_refused', reason: error }
  // An unknown word is not repeated: it comes from outside and ends in logs.
  if (status === 401) return { kind: 'client_refused', reason: 'status_401' }
  if (status === 400) return { kind: 'request_refused', reason: 'status_400' }
  return { kind: 'unavailable', reason: `status_${status}`, retryAfter }
}
