import { sealData, unsealData } from 'iron-session'
import { SessionError } from '../errors/scalegate-error.js'
import { type Clock, systemClock } from '../options/clock.js'
import type { SealContext, Sealer, Unsealed } from './sealer.js'
import { sealingPassword } from './sealing-password.js'

export interface IronSealerInput {
  /** Newest first: the first seals, all open. */
  readonly secrets: readonly string[]
  readonly context: SealContext
  /** Characters; longer seals are neither made nor looked at. @defaultValue 16384 */
  readonly maxLength?: number
  /** @defaultValue the system clock */
  readonly clock?: Clock
}

/**
 * The one form of our own seals: format, password id 1, salt, IV, ciphertext, expiry in milliseconds, salt, MAC, and
 * iron-session's version. The version stands outside the MAC and without it the data is read another way; other ids
 * and a missing expiry make iron-session throw or accept for ever. None of that gets as far as the crypto.
 */
const ownSeal = /^Fe26\.2\*1\*[0-9a-f]{64}\*[\w-]{22}\*[\w-]+\*\d{13,16}\*[0-9a-f]{64}\*[\w-]{43}~2$/

/** A hundred years: an expiry beyond it is a mistake of units, and would outgrow the digits of {@link ownSeal}. */
const maxLifetime = 3_155_760_000

/**
 * A sealer on iron-session (`Fe26.2`: AES-256-CBC, HMAC-SHA-256).
 *
 * The lifetime is kept twice: by iron, which forgives 60 seconds and reads the system clock, and inside the ciphertext,
 * to the second and by the kit's own clock.
 *
 * @throws TypeError where there is no secret
 */
export function createIronSealer(input: IronSealerInput): Sealer {
  const { secrets, context, maxLength = 16_384, clock = systemClock } = input
  if (secrets.length === 0) throw new TypeError('A sealer needs at least one secret.')
  const passwords = secrets.map((secret) => onceKnown(() => sealingPassword(secret, context)))

  async function opened(sealed: string, index: number): Promise<unknown> {
    const password = await passwords[index]?.()
    if (password === undefined) return undefined
    // Under the wrong password this is an empty object, as it is for whatever else iron-session refuses quietly.
    const envelope: unknown = await unsealData(sealed, { password: { 1: password } })
    return isEnvelope(envelope) && clock() < envelope.expiresAt ? envelope.data : undefined
  }

  return {
    async seal(data, lifetime) {
      if (!Number.isInteger(lifetime) || lifetime <= 0 || lifetime > maxLifetime) {
        throw new TypeError('A seal lives for a positive number of whole seconds.')
      }
      const password = (await passwords[0]?.()) ?? ''
      const envelope: Envelope = { data, expiresAt: clock() + lifetime }
      const sealed = await sealData(envelope, { password: { 1: password }, ttl: lifetime })
      if (sealed.length > maxLength) throw new SessionError('session_too_large')
      return sealed
    },

    async unseal(sealed): Promise<Unsealed | undefined> {
      if (sealed.length > maxLength || !ownSeal.test(sealed)) return undefined
      for (const index of secrets.keys()) {
        try {
          const data = await opened(sealed, index)
          if (data !== undefined) return { data, current: index === 0 }
        } catch {
          // iron-session throws on part of what it refuses. To the caller every refusal is the same: not a seal of ours.
        }
      }
      return undefined
    },
  }
}

interface Envelope {
  readonly data: unknown
  readonly expiresAt: number
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Envelope>).expiresAt === 'number'
}

/**
 * Remembers a result, not the promise of it: on workerd the promise of one request may not be awaited by another.
 * Requests that come at the same first moment each work it out.
 */
function onceKnown(find: () => Promise<string>): () => Promise<string> {
  let known: string | undefined
  return async () => {
    known ??= await find()
    return known
  }
}
