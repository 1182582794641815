import { ProviderError } from '../errors/scalegate-error.js'
import type { Fetch, JsonObject } from '../http/fetch-json.js'
import type { Clock } from '../options/clock.js'
import { fetchProviderDocument } from './provider-document.js'
import { singleFlight } from './single-flight.js'

/** The provider's signing keys. */
export interface KeySet {
  /**
   * The key named `kid`; for an absent `kid` the only key, if there is exactly one. Undefined: there is no such key.
   *
   * @throws {@link ProviderError} keys_unavailable when nothing usable is known, or when `kid` is unknown and the
   * provider could not be asked about it: then the token may be good, and nobody must be logged out for it.
   */
  find(kid: string | undefined): Promise<CryptoKey | undefined>
}

type Keys = ReadonlyMap<string | undefined, CryptoKey>

/** Seconds after which a withdrawn key is no longer accepted. */
const maxAge = 600
/** Seconds for which known keys go on while new ones cannot be had. */
const staleLimit = 86_400
/** Seconds between two looks for an unknown key: a flood of forged `kid`s must not cause a flood of fetches. */
const cooldown = 30
const maxBytes = 524_288
const maxKeys = 100

/** A JWK Set (RFC 7517 §5) that is loaded when first asked for. */
export function createKeySet(input: {
  /** Gives the address of the JWK Set. */
  readonly url: () => Promise<string>
  readonly fetch: Fetch
  readonly clock: Clock
  /** Seconds for one load, its retry included. */
  readonly deadline: number
}): KeySet {
  const { url, fetch, clock, deadline } = input
  let known: { readonly keys: Keys; readonly loadedAt: number } | undefined
  let lookedAt: number | undefined
  let attempt: { readonly at: number; readonly succeeded: boolean } | undefined

  const load = singleFlight(async () => {
    const keys = await loadKeys()
    // Noted at its end, so that whoever comes during a load waits for it and not for the cooldown.
    attempt = { at: clock(), succeeded: keys !== undefined }
    if (keys !== undefined) known = { keys, loadedAt: attempt.at }
  })

  async function loadKeys(): Promise<Keys | undefined> {
    try {
      const document = await fetchProviderDocument(fetch, await url(), { deadline, maxBytes })
      return document && (await signingKeys(document))
    } catch {
      // No metadata, no address: the same outage as an unreachable key set, and known keys go on alike.
      return undefined
    }
  }

  /** A negative age means that the clock was set back: then nothing is known about the age. */
  const within = (at: number | undefined, limit: number) => at !== undefined && clock() >= at && clock() - at < limit

  async function reload(): Promise<void> {
    if (!within(attempt?.at, cooldown)) await load()
  }

  /**
   * For a key nobody has heard of. The first look does not wait for the cooldown of the load before it, or a rotation
   * right after the start would refuse every login for half a minute; the looks themselves are a cooldown apart.
   */
  async function lookAgain(): Promise<void> {
    if (within(lookedAt, cooldown)) return
    await load()
    lookedAt = clock()
  }

  function usableKeys(): Keys | undefined {
    return known !== undefined && clock() - known.loadedAt < staleLimit ? known.keys : undefined
  }

  return {
    async find(kid) {
      const fresh = within(known?.loadedAt, maxAge)
      if (!fresh) await reload()
      const found = choose(usableKeys(), kid)
      if (found !== undefined) return found

      if (fresh) await lookAgain()
      const keys = usableKeys()
      const renewed = choose(keys, kid)
      if (renewed !== undefined) return renewed
      if (keys === undefined || attempt?.succeeded === false) throw new ProviderError('keys_unavailable')
      return undefined
    },
  }
}

function choose(keys: Keys | undefined, kid: string | undefined): CryptoKey | undefined {
  if (kid !== undefined) return keys?.get(kid)
  return keys?.size === 1 ? keys.values().next().value : undefined
}

/** The usable keys, or undefined where the answer is odd enough to keep the old ones instead (attack row 124). */
async function signingKeys(document: JsonObject): Promise<Keys | undefined> {
  const { keys: entries } = document
  if (!Array.isArray(entries) || entries.length > maxKeys) return undefined
  const keys = new Map<string | undefined, CryptoKey>()
  for (const entry of entries) {
    const jwk = signingJwk(entry)
    const key = jwk && (await importKey(jwk))
    if (jwk === undefined || key === undefined) continue
    if (keys.has(jwk.kid)) return undefined
    keys.set(jwk.kid, key)
  }
  return keys.size > 0 ? keys : undefined
}

interface SigningJwk {
  readonly kid: string | undefined
  readonly n: string
  readonly e: string
}

/** A public RSA key for RS256 signatures (RFC 7517 §4, RFC 7518 §6.3.1), else undefined. Other members are not read. */
function signingJwk(entry: unknown): SigningJwk | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { kty, use, alg, key_ops: operations, kid, n, e } = entry as Readonly<Record<string, unknown>>
  if (kty !== 'RSA' || (use ?? 'sig') !== 'sig' || (alg ?? 'RS256') !== 'RS256') return undefined
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined
  if (typeof n !== 'string' || typeof e !== 'string') return undefined
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) return undefined
  return { kid, n, e }
}

async function importKey({ n, e }: SigningJwk): Promise<CryptoKey | undefined> {
  try {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e }, algorithm, false, ['verify'])
    const { modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm
    // RFC 7518 §3.3, and FIPS 186-5 §5.1: an exponent above 2^16. With 1, every message is its own signature.
    return modulusLength >= 2048 && publicExponent.byteLength >= 3 ? key : undefined
  } catch {
    // WebCrypto may throw at a malformed key; one of them must not take the others with it.
    return undefined
  }
}
