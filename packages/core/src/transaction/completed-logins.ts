import { randomToken } from '../crypto/random.js'
import { sha256Base64url } from '../crypto/sha256.js'
import { isScalegateError, LoginError } from '../errors/scalegate-error.js'
import type { Clock } from '../options/clock.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'
import { promisesAreBoundToRequests } from '../state/request-bound.js'
import type { LateWrites } from '../store/late-writes.js'
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

/** `by` is the run itself: it alone may say that it has not begun. */
export interface RunningLogin {
  readonly status: 'running'
  readonly by: string
}

/** Logins of all processes. */
export interface SharedLogins<Outcome> {
  readonly records: SealedRecords<KnownLogin<Outcome> | RunningLogin>
  readonly late: LateWrites
  readonly owner: string
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
    const elsewhere = shared && (await read(await nameOf(key, shared), shared))
    return elsewhere === undefined || elsewhere.status === 'running' ? { status: 'unknown' } : elsewhere
  }

  async function run(key: string, complete: () => Promise<Outcome>): Promise<Outcome> {
    known.set(key, { status: 'spent' }, clock() + lifetime)
    const outcome = await complete()
    known.set(key, { status: 'completed', outcome }, clock() + lifetime)
    return outcome
  }

  /** Runs unless another process does, or another request where requests may not wait for each other. */
  async function runOnce(key: string, complete: () => Promise<Outcome>): Promise<Outcome | undefined> {
    if (shared === undefined) return run(key, complete)
    const name = await nameOf(key, shared)
    for (const end = performance.now() + shared.timeout * 1000; ; ) {
      const mine = await begin(name, shared)
      if (mine !== undefined) return alone(name, mine, () => run(key, complete), shared)
      const login = await read(name, shared)
      if (login?.status === 'completed') return login.outcome
      if (login?.status === 'spent') return undefined
      if (performance.now() > end) throw new LoginError('exchange_unavailable', loginUnderWay)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  return {
    find,
    async once(key, complete) {
      const running = flights.get(key)
      if (running !== undefined && !promisesAreBoundToRequests()) return running
      const login = known.get(key)
      if (login?.status === 'completed') return login.outcome
      // Another request is at it, whose promise may not be awaited: what it writes down may.
      if (running !== undefined) return runOnce(key, complete)
      if (login?.status === 'spent') return undefined
      const flight = runOnce(key, complete).finally(() => flights.delete(key))
      flights.set(key, flight as Promise<Outcome>)
      return flight
    },
  }

  async function read(
    name: string,
    { records }: SharedLogins<Outcome>,
  ): Promise<KnownLogin<Outcome> | RunningLogin | undefined> {
    const found = await records.read(name)
    // Of another version of the kit: all that can be said is that the code was sent.
    return found && (found.value ?? { status: 'spent' })
  }

  /** Undefined: somebody else has. */
  async function begin(name: string, { records, late }: SharedLogins<Outcome>): Promise<string | undefined> {
    const by = randomToken()
    try {
      return await records.write(name, { status: 'running', by }, lifetime, 'absent')
    } catch (error) {
      // It may lie there all the same, of a run that never began.
      void late.tell(name, async () => {
        const found = await records.read(name)
        if (found?.value?.status === 'running' && found.value.by === by) await records.delete(name, found)
      })
      throw error
    }
  }

  async function alone(
    name: string,
    mine: string,
    complete: () => Promise<Outcome>,
    { records, late, describe }: SharedLogins<Outcome>,
  ): Promise<Outcome> {
    // It has been spent or has succeeded whether the others hear of it now or later.
    const tell = (login: unknown) => late.tell(name, () => records.write(name, login, lifetime, { is: mine }))
    try {
      const outcome = await complete()
      await tell({ status: 'completed', outcome: describe(outcome) })
      return outcome
    } catch (error) {
      await tell({ status: 'spent' })
      throw error
    }
  }
}

/** Why a login is `exchange_unavailable` that another process is at, without saying what comes of it. */
const loginUnderWay = 'login_under_way'

/** True where nothing was sent for this answer: the same address works again. */
export function mayCompleteLater(error: unknown): boolean {
  if (isScalegateError(error, 'store_unavailable')) return true
  return error instanceof LoginError && error.reason === loginUnderWay
}

/** `state` comes from the address of a request. */
async function nameOf(state: string, { owner }: { readonly owner: string }): Promise<string> {
  return `login:${await sha256Base64url(`${owner} ${state}`)}`
}
