import { type Claims, type JwsAlgorithm, jwsAlgorithms } from '../jws.js'
import { mapOf, number, object, oneOf, read, type Shape, text, unknown } from '../shape.js'

/** How one token of a response is spoilt. `null` removes a member. */
export interface TokenMutation {
  readonly claims?: Claims
  readonly header?: Claims
  /** Signs with another algorithm; `none` leaves the signature empty, `HS256` uses the client secret. */
  readonly alg?: JwsAlgorithm
  /** Signs with an RSA key that was never published. */
  readonly key?: 'foreign'
  /** This text is the payload, as it stands: for JSON that no serializer writes (`1e999`, a name given twice). */
  readonly payload?: string
}

/** How the next token responses are spoilt. */
export interface TokenResponseMutation {
  /** Only responses to this grant type. */
  readonly grantType?: string
  readonly idToken?: TokenMutation
  readonly accessToken?: TokenMutation
  /** Members of the JSON response to replace; `null` removes one. */
  readonly response?: Claims
  /** How many responses. Default 1; 0 is until the next reset. */
  readonly times?: number
}

const token: Shape<TokenMutation> = object(
  {},
  {
    claims: mapOf(unknown),
    header: mapOf(unknown),
    alg: oneOf(...jwsAlgorithms),
    key: oneOf('foreign'),
    payload: text,
  },
)

const shape: Shape<TokenResponseMutation> = object(
  {},
  { grantType: text, idToken: token, accessToken: token, response: mapOf(unknown), times: number(0) },
)

/** @throws ShapeError naming the member that is unknown or has the wrong type. */
export function parseTokenResponseMutation(value: unknown): TokenResponseMutation {
  return read(shape, value)
}

interface Waiting {
  readonly mutation: TokenResponseMutation
  readonly remaining: number | null
}

/** The mutations that wait for token responses. */
export class TokenMutations {
  #waiting: readonly Waiting[] = []

  add(mutation: TokenResponseMutation): void {
    const times = mutation.times ?? 1
    this.#waiting = [...this.#waiting, { mutation, remaining: times === 0 ? null : times }]
  }

  /** The oldest mutation for this grant type, counted as used. */
  take(grantType: string): TokenResponseMutation | undefined {
    const hit = this.#waiting.find(
      ({ mutation }) => mutation.grantType === undefined || mutation.grantType === grantType,
    )
    if (hit === undefined || hit.remaining === null) return hit?.mutation
    const remaining = hit.remaining - 1
    this.#waiting = this.#waiting.flatMap((candidate) => {
      if (candidate !== hit) return [candidate]
      return remaining === 0 ? [] : [{ ...hit, remaining }]
    })
    return hit.mutation
  }
}

/** `members` with those of `overrides` replaced; `null` removes one. */
export function override(members: Claims, overrides: Claims = {}): Claims {
  const merged = { ...members, ...overrides }
  return Object.fromEntries(Object.entries(merged).filter(([name]) => overrides[name] !== null))
}
