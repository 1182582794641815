import { decodeBase64url } from '../crypto/base64url.js'
import { ManagementError } from '../errors/management-error.js'
import { fetchJson, parseJsonObject } from '../http/fetch-json.js'
import type { Clock } from '../options/clock.js'
import type { Provider } from '../protocol/provider.js'
import { readTokenResponse } from '../protocol/token-response.js'
import type { ProcessState } from '../state/process-state.js'
import { promisesAreBoundToRequests } from '../state/request-bound.js'

/**
 * Gives an access token. With `refused`, a token that Scalekit has just answered with 401: that one is not given again
 * where there can be another.
 */
export type ManagementToken = (refused?: string) => Promise<string>

/** What the token request needs of the provider. */
export type TokenClient = Pick<Provider, 'clientId' | 'clientSecret' | 'endpoints' | 'fetch'> & {
  readonly deadlines: Pick<Provider['deadlines'], 'refresh'>
}

interface Held {
  token: string | undefined
  renewAt: number
  flight: Promise<string> | undefined
  fetchedAt?: number
}

/** Renewed this long before it expires, so that no call carries a token that ends on the way. */
const margin = 60

/** A token that is refused while it is this new is no stale one: another would be refused as well. */
const newFor = 10

/**
 * Access tokens of the app itself for Scalekit's REST API, by client credentials (RFC 6749 §4.4; protocol.md §12):
 * one for the process, shared by the kit and every management client of the same environment and client, fetched by one
 * call at a time.
 *
 * The token rejects with ManagementError: management_not_allowed when Scalekit refuses the client, management_unavailable
 * for whatever may pass.
 */
export function createManagementToken(client: TokenClient, clock: Clock, state: ProcessState): ManagementToken {
  const held = state.slot<Held>('management-token', () => ({ token: undefined, renewAt: 0, flight: undefined }))
  const fetchToken = async (): Promise<string> => {
    const { accessToken, expiresIn } = await clientCredentials(client)
    held.token = accessToken
    held.fetchedAt = clock()
    held.renewAt = clock() + Math.max((expiresIn ?? secondsLeft(accessToken, clock())) - margin, 1)
    return accessToken
  }
  return (refused) => {
    // Compared, so that fifty calls refused at once throw one token away and not the one that followed it.
    const isOld = clock() - (held.fetchedAt ?? 0) >= newFor
    if (refused !== undefined && held.token === refused && isOld) held.token = undefined
    if (held.token !== undefined && clock() < held.renewAt) return Promise.resolve(held.token)
    if (held.flight !== undefined && !promisesAreBoundToRequests()) return held.flight
    const flight = fetchToken().finally(() => {
      if (held.flight === flight) held.flight = undefined
    })
    held.flight = flight
    return flight
  }
}

async function clientCredentials(client: TokenClient): Promise<{ accessToken: string; expiresIn: number | undefined }> {
  const { clientId, clientSecret, fetch, endpoints, deadlines } = client
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  // Only discovery can fail here; nothing was sent, so it is an outage like any other.
  const { token } = await endpoints().catch(() => {
    throw new ManagementError('management_unavailable', { isRetryable: true })
  })
  const answer = await fetchJson(
    fetch,
    token,
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
    },
    { deadline: deadlines.refresh, maxBytes: 262_144 },
  )
  if (answer.kind === 'failure') throw new ManagementError('management_unavailable', { isRetryable: true })
  const { status, body, retryAfter } = answer
  // Client, grant or scope refused (RFC 6749 §5.2): nothing that passes by itself.
  if (status === 400 || status === 401 || status === 403) {
    throw new ManagementError('management_not_allowed', { providerStatus: status })
  }
  const tokens = status < 300 && body !== undefined ? readTokenResponse(body) : 'status'
  if (typeof tokens !== 'string') return tokens
  throw new ManagementError('management_unavailable', { providerStatus: status, retryAfter, isRetryable: true })
}

/** Without `expires_in` the token's own `exp` counts; of an opaque one nothing is known, so it is asked for again soon. */
function secondsLeft(accessToken: string, now: number): number {
  const bytes = decodeBase64url(accessToken.split('.')[1] ?? '')
  const exp = bytes && parseJsonObject(bytes)?.exp
  return typeof exp === 'number' ? Math.max(exp - now, 0) : 60
}
