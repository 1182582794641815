import type { Clock } from '../options/clock.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'

/** Where a login stands that has been answered at least once. */
export type CompletedLogin<Outcome> =
  | { readonly status: 'unknown' }
  /** Its code was sent, and nothing good came of it. */
  | { readonly status: 'spent' }
  | { readonly status: 'completed'; readonly outcome: Outcome }

interface CompletedState<Outcome> {
  readonly flights: Map<string, Promise<Outcome>>
  readonly known: ExpiringMap<Exclude<CompletedLogin<Outcome>, { status: 'unknown' }>>
}

/**
 * Remembers logins by their `state` while they run and for a while after: a double click, a reload or the back button
 * sends the same callback again, and a code is sent once, whatever comes of it (RFC 6749 §4.1.2; attack rows 49, 50).
 */
export interface CompletedLogins<Outcome> {
  /**
   * Runs `complete` for the first caller; whoever comes meanwhile shares its outcome or its error, and whoever comes
   * later the outcome.
   *
   * @returns undefined where an earlier run has failed.
   */
  readonly once: (state: string, complete: () => Promise<Outcome>) => Promise<Outcome | undefined>
  readonly find: (state: string) => CompletedLogin<Outcome>
}

export function createCompletedLogins<Outcome>(
  clock: Clock,
  lifetime: number,
  state: ProcessState,
): CompletedLogins<Outcome> {
  const { flights, known } = state.slot<CompletedState<Outcome>>('completed-logins', () => ({
    flights: new Map(),
    // An outcome holds the tokens of a session: some ten megabytes when full.
    known: createExpiringMap({ clock, capacity: 2_000 }),
  }))
  const find = (key: string): CompletedLogin<Outcome> => known.get(key) ?? { status: 'unknown' }

  async function run(key: string, complete: () => Promise<Outcome>): Promise<Outcome> {
    known.set(key, { status: 'spent' }, clock() + lifetime)
    const outcome = await complete()
    known.set(key, { status: 'completed', outcome }, clock() + lifetime)
    return outcome
  }
  return {
    find,
    async once(key, complete) {
      const running = flights.get(key)
      if (running !== undefined) return running
      const login = find(key)
      if (login.status === 'completed') return login.outcome
      if (login.status === 'spent') return undefined
      const flight = run(key, complete).finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
  }
}
