import type { Clock } from '../options/clock.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'

/** How a login ended: what the second of two identical callbacks is answered with. */
export interface LoginOutcome {
  readonly sessionId: string
  readonly returnTo: string
}

interface CompletedState {
  readonly flights: Map<string, Promise<Response>>
  readonly outcomes: ExpiringMap<LoginOutcome>
}

/**
 * Remembers logins by their `state` while they run and for a while after: a double click or the back button sends
 * the same callback twice, and a code can be redeemed once (attack rows 49, 50).
 */
export interface CompletedLogins {
  /** Runs `complete` once per state; the loser of two simultaneous callbacks gets a copy of the winner's answer. */
  readonly once: (state: string, complete: () => Promise<Response>) => Promise<Response>
  readonly remember: (state: string, outcome: LoginOutcome) => void
  readonly outcomeOf: (state: string) => LoginOutcome | undefined
}

export function createCompletedLogins(clock: Clock, lifetime: number, state: ProcessState): CompletedLogins {
  const { flights, outcomes } = state.slot<CompletedState>('completed-logins', () => ({
    flights: new Map(),
    outcomes: createExpiringMap({ clock, capacity: 10_000 }),
  }))
  return {
    async once(key, complete) {
      const running = flights.get(key)
      if (running !== undefined) return (await running).clone()
      const flight = complete().finally(() => flights.delete(key))
      flights.set(key, flight)
      return (await flight).clone()
    },
    remember: (key, outcome) => outcomes.set(key, outcome, clock() + lifetime),
    outcomeOf: (key) => outcomes.get(key),
  }
}
