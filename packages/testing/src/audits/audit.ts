import type { Bench } from './bench/bench.js'
import type { AuditId } from './ids.js'

/** A sentence about an adapter whose first word says how much it weighs (RFC 2119). */
export type AuditName = `${'MUST' | 'MUST NOT' | 'SHOULD' | 'MAY'} ${string}`

/** One check of an adapter, from outside: HTTP over real sockets, with the provider's request log as witness. */
export interface Audit {
  /** Opaque and never used again for another meaning. */
  readonly id: AuditId
  readonly name: AuditName
  /** The clauses it stands on: standards, `SEC-…` rows of the attack list, `G…` and `A…` of the findings. */
  readonly cites: string
  /**
   * Resolves where the adapter does what the name says.
   *
   * @throws AuditFailure otherwise.
   */
  run(bench: Bench): Promise<void>
}
