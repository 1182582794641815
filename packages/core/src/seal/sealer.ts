/** What a sealed value is for and whose it is. A seal opens only under exactly the context it was made in. */
export interface SealContext {
  /** `session`, `transaction`, or the name of another use. */
  readonly purpose: string
  /** The full name of the cookie, prefix included. */
  readonly name: string
  readonly issuer: string
  readonly clientId: string
}

export interface Unsealed {
  /** What was sealed, as parsed JSON. That it is authentic says nothing about its shape: check it. */
  readonly data: unknown
  /** False: sealed with an older secret, to be sealed anew at the next write. */
  readonly current: boolean
}

/** Authenticated encryption of a cookie value. */
export interface Sealer {
  /** Seals JSON data for `lifetime` seconds; afterwards nothing opens it, whatever the browser keeps. */
  seal(data: unknown, lifetime: number): Promise<string>
  /** Undefined for everything that this sealer did not seal or that has expired. Never throws, whatever the input. */
  unseal(sealed: string): Promise<Unsealed | undefined>
}
