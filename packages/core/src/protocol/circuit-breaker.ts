import { randomFraction } from '../crypto/random.js'
import type { Clock } from '../options/clock.js'

/** What a process knows of a service. Values only: they may be shared where promises may not (state/request-bound.ts). */
export interface Circuit {
  /** Failures in a row. */
  failures: number
  /** Holds in a row; 0: the circuit is closed, and everybody may call. */
  holds: number
  /** Raised when the circuit opens, closes or lets a probe through: failures of calls begun before tell nothing new. */
  era: number
  openedAt: number
  /** Nobody calls between these two instants. */
  heldFrom: number
  heldUntil: number
  /** True: the hold waits for a probe. */
  isProbing: boolean
}

/** One call, told to the breaker by how it ended. The other calls may have ended the outage, or begun it, meanwhile. */
export interface Attempt {
  /** The service answered, whatever it said. */
  readonly answered: () => void
  /** It did not; `retryAfter` is how many seconds it asks all of us to stay away. */
  readonly failed: (retryAfter?: number) => void
}

export interface CircuitBreaker {
  /** Whole seconds after which a refused call is worth repeating; undefined: it may begin now. */
  readonly refusedFor: () => number | undefined
  /** Begins a call that is not refused. On an open circuit it is the probe. */
  readonly begin: () => Attempt
}

const failuresToOpen = 5
const firstHold = 1
/**
 * Holds double up to this. Whoever is refused at the end of one waits a second more, a probe its round trip: together
 * they stay under the 5 seconds in which an outage that has ended is over for everybody.
 */
const longestHold = 3.5
/** However long a service asks to be left alone, people come back sooner. */
const longestRetryAfter = 30

export function createCircuit(): Circuit {
  return { failures: 0, holds: 0, era: 0, openedAt: 0, heldFrom: 0, heldUntil: 0, isProbing: false }
}

/**
 * Refuses calls to a service that has failed five times in a row, lets one probe through after each hold, and closes at
 * the first answer, of a probe or of a call that was under way.
 */
export function createCircuitBreaker(input: {
  readonly circuit: Circuit
  readonly now: Clock
  /** From 0 up to 1. */
  readonly random?: () => number
  /** Hears for how long nothing is tried. */
  readonly onOpened?: (seconds: number) => void
  /** Hears how long it was open. */
  readonly onClosed?: (seconds: number) => void
}): CircuitBreaker {
  const { circuit, now, random = randomFraction, onOpened, onClosed } = input

  function hold(seconds: number, isProbing: boolean): void {
    circuit.era += 1
    circuit.isProbing = isProbing
    circuit.heldFrom = now()
    circuit.heldUntil = circuit.heldFrom + seconds
  }

  function open(retryAfter: number): void {
    const full = Math.min(firstHold * 2 ** circuit.holds, longestHold)
    // Jitter, so that the processes of an app do not knock together.
    const seconds = Math.max(full * (0.75 + random() / 4), Math.min(retryAfter, longestRetryAfter))
    circuit.holds += 1
    hold(seconds, false)
    if (circuit.holds > 1) return
    circuit.openedAt = circuit.heldFrom
    onOpened?.(Math.ceil(seconds))
  }

  return {
    refusedFor() {
      const { holds, heldFrom, heldUntil, isProbing } = circuit
      const time = now()
      // Before its beginning the clock was set back: nobody knows what is left of the hold, so a probe tells.
      if (holds === 0 || time < heldFrom || time >= heldUntil) return undefined
      return isProbing ? 1 : Math.max(1, Math.ceil(heldUntil - time))
    },
    begin() {
      // A probe may hang until its deadline, and on workerd it ends unheard with its request: another one goes then.
      if (circuit.holds > 0) hold(longestHold, true)
      const { era } = circuit
      return {
        answered() {
          circuit.failures = 0
          if (circuit.holds === 0) return
          circuit.holds = 0
          circuit.era += 1
          onClosed?.(Math.max(0, Math.round(now() - circuit.openedAt)))
        },
        failed(retryAfter = 0) {
          if (era !== circuit.era) return
          circuit.failures += 1
          if (circuit.failures >= failuresToOpen) open(retryAfter)
        },
      }
    },
  }
}
