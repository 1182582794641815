import { sha256Base64url } from '../crypto/sha256.js'
import { LoginError } from '../errors/scalegate-error.js'
import type { Clock } from '../options/clock.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'
import { promisesAreBoundToRequests } from '../state/request-bound.js'
import type { SealedRecords } from '../store/sealed-records.js'

/** Where a login stands that has been answered at least once. */
export type CompletedLogin<Outcome> =
  | { readonly status: 'unknown' }
  /** Its code was sent, and nothing good came of it. */
  | { readonly status: 'spent' }
  | { readonly status: 'completed'; readonly outcome: Outcome }

type KnownLogin<Outcome> = Exclude<CompletedLogin<Outcome>, { status: 'unknown' }>

interface CompletedState<Outcome> {
  readonly flights: Map<string, Promise<Outcome>>
  readonly known: ExpiringMap<KnownLogin<Outcome>>
}

/** Logins of all processes. */
export interface SharedLogins<Outcome> {
  readonly records: SealedRecords<KnownLogin<Outcome> | { readonly status: 'running' }>
  /** What is written down of an outcome; `parse` of the records makes one of it. */
  readonly describe: (outcome: Outcome) => unknown
  /** Seconds that the exchange of a code may take. */
  readonly timeout: number
}

/**
 * Remembers logins by their `state` while they run and for a while after: a double click, a reload or the back button
 * sends the same callback again, and a code is sent once, whatever comes of it (RFC 6749 §4.1.2; attack rows 49, 50).
 */
export interface CompletedLogins<Outcome> {
  /**
   * Runs `complete` for the first caller; whoever comes meanwhile shares its outcome or its error, and whoever comes
   * later the outcome. With `shared` that is so in all processes, but for the error.
   *
   * @returns undefined where an earlier run has failed.
   * @throws StoreError store_unavailable before `complete` has begun.
   */
  readonly once: (state: string, complete: () => Promise<Outcome>) => Promise<Outcome | undefined>
  /** @throws StoreError store_unavailable */
  readonly find: (state: string) => Promise<CompletedLogin<Outcome>>
}

export function createCompletedLogins<Outcome>(input: {
  readonly clock: Clock
  /** Seconds. */
  readonly lifetime: number
  readonly state: ProcessState
  readonly shared?: SharedLogins<Outcome> | undefined
}): CompletedLogins<Outcome> {
  const { clock, lifetime, state, shared } = input
  const { flights, known } = state.slot<CompletedState<Outcome>>('completed-logins', () => ({
    flights: new Map(),
    // An outcome holds the tokens of a session: some ten megabytes when full.
    known: createExpiringMap({ clock, capacity: 2_000 }),
  }))

  async function find(key: string): Promise<CompletedLogin<Outcome>> {
    const here = known.get(key)
    if (here !== undefined) return here
    const elsewhere = (await shared?.records.read(await nameOf(key)))?.value
    return elsewhere === undefined || elsewhere.status === 'running' ? { status: 'unknown' } : elsewhere
  }

  async function run(key: string, complete: () => Promise<Outcome>): Promise<Outcome> {
    known.set(key, { status: 'spent' }, clock() + lifetime)
    const outcome = await complete()
    known.set(key, { status: 'completed', outcome }, clock() + lifetime)
    return outcome
  }

  /** Runs unless another process does. */
  async function runOnce(key: string, complete: () => Promise<Outcome>): Promise<Outcome | undefined> {
    if (shared === undefined) return run(key, complete)
    const name = await nameOf(key)
    const { records, describe } = shared
    const mine = await records.write(name, { status: 'running' }, lifetime, 'absent')
    if (mine === undefined) return elsewhere(name, shared)
    // It has been spent or has succeeded whether the others hear of it or not.
    const tell = (login: unknown) => records.write(name, login, lifetime, { is: mine }).catch(() => undefined)
    try {
      const outcome = await run(key, complete)
      await tell({ status: 'completed', outcome: describe(outcome) })
      return outcome
    } catch (error) {
      await tell({ status: 'spent' })
      throw error
    }
  }

  return {
    find,
    async once(key, complete) {
      const running = flights.get(key)
      if (running !== undefined && !promisesAreBoundToRequests()) return running
      const login = known.get(key)
      if (login?.status === 'completed') return login.outcome
      if (login?.status === 'spent') return undefined
      const flight = runOnce(key, complete).finally(() => flights.delete(key))
      flights.set(key, flight as Promise<Outcome>)
      return flight
    },
  }
}

/** Waits for the process that is at it. @throws LoginError exchange_unavailable: it does not say what came of it. */
async function elsewhere<Outcome>(name: string, shared: SharedLogins<Outcome>): Promise<Outcome | undefined> {
  for (const end = performance.now() + shared.timeout * 1000; performance.now() < end; ) {
    const login = (await shared.records.read(name))?.value
    if (login?.status === 'completed') return login.outcome
    if (login?.status !== 'running') return undefined
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new LoginError('exchange_unavailable', 'login_under_way')
}

/** `state` comes from the address of a request. */
async function nameOf(state: string): Promise<string> {
  return `login:${await sha256Base64url(state)}`
}
