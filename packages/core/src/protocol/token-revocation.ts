import { isScalegateError } from '../errors/scalegate-error.js'
import { fetchJson } from '../http/fetch-json.js'
import type { Provider } from './provider.js'

/** Seconds a logout waits for it at the most. */
const deadline = 2

/**
 * Asks the provider to withdraw a refresh token (RFC 7009 §2.1; Scalekit's `/revoke`, protocol.md §1.2), so that a
 * copied cookie is worth nothing even if the browser never reaches the provider's own logout.
 *
 * Best effort: the session here is over whatever comes of it, so nothing is thrown and nothing repeated.
 */
export async function revokeRefreshToken(provider: Provider, refreshToken: string): Promise<void> {
  const { clientId, clientSecret, fetch } = provider
  const { revocation } = await provider.endpoints().catch(unknownEndpoints)
  if (revocation === undefined) return
  const body = new URLSearchParams({
    token: refreshToken,
    token_type_hint: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
  await fetchJson(fetch, revocation, { method: 'POST', headers, body: body.toString() }, { deadline, maxBytes: 16_384 })
}

function unknownEndpoints(error: unknown): { readonly revocation?: undefined } {
  if (!isScalegateError(error, 'discovery_failed')) throw error
  return {}
}
