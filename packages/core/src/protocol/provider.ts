import type { Fetch } from '../http/fetch-json.js'
import type { Clock } from '../options/clock.js'
import type { Endpoints } from './endpoints.js'
import type { KeySet } from './key-set.js'

/** The authorization server as one client of it sees it: what every request and every verifier here needs. */
export interface Provider {
  /** The environment URL; equal to `iss` of every token, code unit by code unit. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Accepted audiences of access tokens; one of them is enough. @defaultValue `[clientId]` */
  readonly audience: readonly string[]
  readonly endpoints: () => Promise<Endpoints>
  readonly keys: KeySet
  readonly fetch: Fetch
  readonly clock: Clock
  /** Seconds of clock difference that are forgiven. @defaultValue 60, at most 300 */
  readonly clockSkew: number
  /** Seconds, retries included. @defaultValue exchange 10, refresh 8, keys 5 */
  readonly deadlines: { readonly exchange: number; readonly refresh: number; readonly keys: number }
}
