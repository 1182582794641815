import type { Clock } from '../options/clock.js'
import type { Provider } from '../protocol/provider.js'
import { clientCredentials } from '../protocol/token-request.js'
import type { ProcessState } from '../state/process-state.js'

interface Held {
  token: string | undefined
  renewAt: number
  flight: Promise<string> | undefined
}

/** Renewed this long before it expires, so that no call carries a token that ends on the way. */
const margin = 60

/**
 * Access tokens of the app itself for Scalekit's REST API, by client credentials (RFC 6749 §4.4; protocol.md §12):
 * one for the process, fetched by one call at a time.
 */
export function createManagementToken(provider: Provider, clock: Clock, state: ProcessState): () => Promise<string> {
  const held = state.slot<Held>('management-token', () => ({ token: undefined, renewAt: 0, flight: undefined }))
  const fetchToken = async (): Promise<string> => {
    const { accessToken, expiresIn } = await clientCredentials(provider)
    held.token = accessToken
    held.renewAt = clock() + Math.max(expiresIn - margin, 1)
    return accessToken
  }
  return () => {
    if (held.token !== undefined && clock() < held.renewAt) return Promise.resolve(held.token)
    held.flight ??= fetchToken().finally(() => {
      held.flight = undefined
    })
    return held.flight
  }
}
