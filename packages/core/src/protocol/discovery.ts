import { ProviderError } from '../errors/scalegate-error.js'
import type { Fetch, JsonObject } from '../http/fetch-json.js'
import type { Clock } from '../options/clock.js'
import { type Endpoints, scalekitEndpoints } from './endpoints.js'
import { fetchProviderDocument } from './provider-document.js'
import { singleFlight } from './single-flight.js'

const maxAge = 86_400
/** Seconds between two attempts while the metadata cannot be had. */
const pause = 5

/**
 * The endpoints from the provider's own metadata (OIDC Discovery §4, RFC 8414 §3), fetched at the first call and kept
 * for a day; after it the old ones go on if new ones cannot be had.
 *
 * The returned function throws {@link ProviderError} discovery_failed while no usable metadata is known.
 */
export function createDiscovery(input: {
  readonly issuer: string
  readonly fetch: Fetch
  readonly clock: Clock
  /** Seconds for one load, its retry included. */
  readonly deadline: number
}): () => Promise<Endpoints> {
  const { issuer, fetch, clock, deadline } = input
  const address = `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}/.well-known/openid-configuration`
  let known: { readonly endpoints: Endpoints; readonly loadedAt: number } | undefined
  let attemptedAt = Number.NEGATIVE_INFINITY

  const load = singleFlight(async () => {
    const metadata = await fetchProviderDocument(fetch, address, { deadline, maxBytes: 262_144 })
    const endpoints = metadata && endpointsOf(metadata, issuer)
    attemptedAt = clock()
    if (endpoints !== undefined) known = { endpoints, loadedAt: attemptedAt }
  })

  return async () => {
    const now = clock()
    const fresh = known !== undefined && within(now - known.loadedAt, maxAge)
    if (!fresh && !within(now - attemptedAt, pause)) await load()
    if (known === undefined) throw new ProviderError('discovery_failed')
    return known.endpoints
  }
}

/** A negative age means that the clock was set back: then nothing is known about the age. */
function within(age: number, limit: number): boolean {
  return age >= 0 && age < limit
}

function endpointsOf(metadata: JsonObject, issuer: string): Endpoints | undefined {
  // Identical, not equivalent (OIDC Discovery §4.3): otherwise one provider can answer for another.
  if (metadata.issuer !== issuer) return undefined
  const authorization = endpointOf(metadata.authorization_endpoint, issuer)
  const token = endpointOf(metadata.token_endpoint, issuer)
  const keys = endpointOf(metadata.jwks_uri, issuer)
  // Discovery does not require this one, and Scalekit does not publish whether its metadata has it.
  const endSession = endpointOf(metadata.end_session_endpoint ?? scalekitEndpoints(issuer).endSession, issuer)
  if (!authorization || !token || !keys || !endSession) return undefined
  const issParameterSupported = metadata.authorization_response_iss_parameter_supported === true
  const revocation = endpointOf(metadata.revocation_endpoint, issuer)
  return { authorization, token, keys, endSession, revocation, issParameterSupported }
}

/** Pinned to the issuer's origin: whoever can write the metadata still cannot point us at another host (attack row 125). */
function endpointOf(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const { origin, username, password, hash } = new URL(value)
  return origin === new URL(issuer).origin && username === '' && password === '' && hash === '' ? value : undefined
}
