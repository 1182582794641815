import * as z from 'zod/mini'
import { sha256Base64url } from '../crypto/sha256.js'

const randomValue = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/))

const transactionSchema = z.object({
  v: z.literal(1),
  state: randomValue,
  nonce: randomValue,
  /** PKCE code verifier (RFC 7636 §4.1). */
  verifier: randomValue,
  /** Path of the app, sanitised when it was stored and again when it is used. */
  returnTo: z.string(),
  /** The organization that was asked for; a login that ends in another one is refused. */
  organizationId: z.optional(z.string()),
  /** The person was to prove anew who they are (`prompt=login`). */
  renewing: z.optional(z.literal(true)),
  startedAt: z.int(),
})

/** One login in progress: what must come back with it, and where it leads. */
export type Transaction = Readonly<z.infer<typeof transactionSchema>>

/** Unsealed data → transaction, or undefined where the shape is not that of one. */
export function parseTransaction(data: unknown): Transaction | undefined {
  const parsed = transactionSchema.safeParse(data)
  return parsed.success ? parsed.data : undefined
}

/**
 * The part of a cookie name that belongs to one login. It is a hash, so that `state` does not stand in a
 * cookie name, and each login has its own cookie: two tabs do not overwrite each other.
 */
export async function transactionTag(state: string): Promise<string> {
  return (await sha256Base64url(state)).slice(0, 16)
}
