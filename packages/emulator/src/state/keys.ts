import { generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { newId } from '../ids.js'

/** A key as the engine takes it: private, with `kid`, `alg` and `use`. */
export type SigningJwk = JsonWebKey & { readonly kid: string; readonly alg: 'RS256'; readonly use: 'sig' }

/** One RSA key pair of the environment. */
export interface SigningKey {
  /** `snk_…` */
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: SigningJwk
}

/** The environment's RS256 keys. They are made at the start and never leave the process (attack row 372). */
export class SigningKeys {
  #published: readonly SigningKey[]
  readonly #ever: Map<string, SigningKey>
  #foreign: Promise<SigningKey> | undefined

  private constructor(first: SigningKey) {
    this.#published = [first]
    this.#ever = new Map([[first.kid, first]])
  }

  static async generate(): Promise<SigningKeys> {
    return new SigningKeys(await newKey())
  }

  get current(): SigningKey {
    const [current] = this.#published
    if (current === undefined) throw new Error('There is always a current signing key.')
    return current
  }

  /** What `/keys` shows, the current key first. */
  get published(): readonly SigningKey[] {
    return this.#published
  }

  /** Signs with a new key from now on. `keep: 'none'` withdraws the old ones from `/keys`. */
  async rotate(keep: 'old' | 'none'): Promise<SigningKey> {
    const key = await newKey()
    this.#published = keep === 'old' ? [key, ...this.#published] : [key]
    this.#ever.set(key.kid, key)
    return key
  }

  /** Any key ever used: a logout must work with an ID token from before a rotation. */
  find(kid: string | undefined): SigningKey | undefined {
    return kid === undefined ? undefined : this.#ever.get(kid)
  }

  /** A key that was never published, to sign tokens that must be refused. */
  foreign(): Promise<SigningKey> {
    this.#foreign ??= newKey()
    return this.#foreign
  }
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const kid = newId('snk')
  return { kid, privateKey, publicKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } }
}
