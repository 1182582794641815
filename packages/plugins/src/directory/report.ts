/** How `reconcile` goes about it. */
export interface ReconcileOptions {
  /** Changes nothing, and gives the report of what would be changed. @defaultValue false */
  readonly dryRun?: boolean
  /**
   * People who may be deactivated in one run; below 1, that share of the active people whom the app knows. If there are
   * more, nobody is. @defaultValue a quarter, and five at least
   */
  readonly maxDeactivations?: number
  /** Deactivates whoever is not listed although `withheld` says why not. A list that fails still ends the run. @defaultValue false */
  readonly force?: boolean
  /** After each page of people, and each thirty who left. */
  readonly onProgress?: (progress: ReconcileProgress) => void
  /** Ends the run before the next person; it rejects with the signal's reason. Another run goes on from there. */
  readonly signal?: AbortSignal
}

/** Numbers of people so far. */
export interface ReconcileProgress extends ReconcileCounts {
  readonly listed: number
}

export interface ReconcileCounts {
  readonly created: number
  readonly updated: number
  readonly deactivated: number
  readonly unchanged: number
  /** A function of the app threw, or Scalekit refused roles; the others were gone on with. */
  readonly failed: number
}

/**
 * Why people who are not in the list any more were left as they are:
 * - `directory_disabled`: a directory of the organization is, so the list may be old or empty;
 * - `listing_empty`: nobody was listed at all;
 * - `listing_incomplete`: fewer were listed than Scalekit counts;
 * - `too_many`: more than `maxDeactivations`; whom the directory calls inactive is left as they are then, too.
 */
export type WithheldReason = 'directory_disabled' | 'listing_empty' | 'listing_incomplete' | 'too_many'

/** What `reconcile` did, or would do. */
export interface ReconcileReport extends ReconcileCounts {
  readonly dryRun: boolean
  /** Ids (`diruser_…`) of those created, updated and deactivated. */
  readonly users: readonly string[]
  /** The first 20 that failed, and what was thrown. */
  readonly failures: readonly { readonly id: string; readonly error: unknown }[]
  /** People who were not deactivated. Look before you `force` it. */
  readonly withheld?: { readonly because: WithheldReason; readonly users: number }
  /** With the option `assignRoles`: members whose roles at Scalekit were changed. */
  readonly rolesChanged: number
  /** With the option `groups`. */
  readonly groups?: {
    readonly created: number
    readonly updated: number
    readonly removed: number
    readonly unchanged: number
    readonly failed: number
  }
}

/** What a comparison finds about one object. */
export type Found = 'created' | 'updated' | 'deactivated' | 'unchanged'

const failuresKept = 20

/** Counts. What stands in a report of a real run was done. */
export class Tally {
  readonly counts = { created: 0, updated: 0, deactivated: 0, unchanged: 0, failed: 0 }
  readonly changed: string[] = []
  readonly failures: { readonly id: string; readonly error: unknown }[] = []
  listed = 0

  count(what: Found, id: string): void {
    this.counts[what] += 1
    if (what !== 'unchanged') this.changed.push(id)
  }

  fail(id: string, error: unknown): void {
    this.counts.failed += 1
    if (this.failures.length < failuresKept) this.failures.push({ id, error })
  }
}
