import type { Emit } from '../model/events.js'
import { fineClock } from '../options/clock.js'
import type { DeliveryStore } from '../options/delivery-store.js'
import { isOneOfSeveral } from '../options/environment.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { Store } from '../options/store.js'
import { type HeardMarks, hearMarks } from '../revocation/heard-marks.js'
import { createMarkTable } from '../revocation/mark-table.js'
import { createRevocationMarks, type RevocationMarks } from '../revocation/revocation-marks.js'
import { createSharedMarks, type SharedMarks } from '../revocation/shared-marks.js'
import type { LoginOutcome } from '../routes/callback.js'
import { describeLogin, parseLogin } from '../routes/stored-login.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import { createRefreshLedger, noLedger, parseLedgerEntry, type RefreshLedger } from '../session/refresh-ledger.js'
import { deliveryMemory } from '../state/delivery-memory.js'
import { memoryStore } from '../state/memory-store.js'
import type { ProcessState } from '../state/process-state.js'
import { promisesAreBoundToRequests } from '../state/request-bound.js'
import { createStoreHealth, failedWithin, guardStore } from '../store/guarded-store.js'
import { createLateWrites } from '../store/late-writes.js'
import { createSealedRecords, type RecordMemory, type SealedRecords } from '../store/sealed-records.js'
import { storedDeliveries } from '../store/stored-deliveries.js'
import { createUsedOnce, type UsedOnce } from '../store/used-once.js'
import { type CompletedLogins, createCompletedLogins } from '../transaction/completed-logins.js'

/** What all processes of the app have in common: in its store, or in the memory of this one where there is none. */
export interface Shared {
  readonly store: Store | undefined
  /** Whose part of the store it is. */
  readonly owner: string
  readonly marks: RevocationMarks
  readonly ledger: RefreshLedger
  readonly completed: CompletedLogins<LoginOutcome>
  readonly usedOnce: (name: string) => UsedOnce
  readonly deliveries: (route: string) => DeliveryStore
  readonly records: <Value>(kind: RecordKind<Value>, store: Store) => SealedRecords<Value>
  /** False: other processes serve the same sessions, and nothing tells them of a log-out. */
  readonly isHeardEverywhere: boolean
}

/** Seconds after its last failure for which not every process may have found back to the store. */
const unsettled = 60
/** Some 90 MB, when full. */
const mostMarks = 1_000_000

interface RecordKind<Value> {
  readonly name: string
  readonly parse: (data: unknown) => Value | undefined
  readonly memory?: RecordMemory<Value>
}

export function createShared(options: ResolvedOptions, state: ProcessState, emit: Emit): Shared {
  const { issuer, clientId, clock, cookieSecrets, session, revocation, timeouts, transaction, webhooks, clockSkew } =
    options
  const health = state.slot('store health', createStoreHealth)
  const store = options.store && guardStore(options.store, emit, health)

  const owner = `${issuer} ${clientId}`
  const records: Shared['records'] = ({ name, ...kind }, into) => {
    const context = { purpose: 'store', name, issuer, clientId }
    // Room for a session of the full cookie budget, and its seal once more.
    const sealer = createIronSealer({ secrets: cookieSecrets, context, clock, maxLength: 131_072 })
    return createSealedRecords({ ...kind, name, store: into, sealer, emit })
  }
  const usedOnce = (name: string) => createUsedOnce({ name, owner, store, clock, state })

  const fine = fineClock(clock)
  const table = state.slot('marks', () => createMarkTable({ clock: fine, capacity: mostMarks }))
  table.keepFor(session.absolute)
  // Each kit by its own store and its own options: another one of this process may have none, or have closed it.
  const heardFrom = state.slot('marks heard', () => new WeakMap<Store, HeardMarks>())
  function sharedMarks(own: Store, guarded: Store): SharedMarks {
    const heard = heardFrom.get(own) ?? hearMarks({ store: guarded, table, owner })
    heardFrom.set(own, heard)
    return createSharedMarks({ store: guarded, table, heard, owner, ...revocation, emit })
  }
  const shared = options.store && store && sharedMarks(options.store, store)
  const marks = createRevocationMarks({ clock: fine, table, clockSkew, shared })

  // On workerd requests may not wait for each other, but can look at what another one has written.
  const between =
    store ?? (promisesAreBoundToRequests() ? state.slot('own store', () => memoryStore({ clock })) : undefined)
  const late = state.slot('late writes', createLateWrites)
  return {
    store,
    owner,
    marks,
    records,
    usedOnce,
    ledger:
      between === undefined
        ? noLedger
        : createRefreshLedger({
            store: between,
            records: records({ name: 'refresh', parse: parseLedgerEntry }, between),
            late,
            owner,
            clock,
            isUnsettled: () => failedWithin(health, unsettled),
            timeout: timeouts.refresh,
            discovery: options.endpoints === 'discovery' ? timeouts.keys : 0,
          }),
    completed: createCompletedLogins<LoginOutcome>({
      clock,
      lifetime: transaction.lifetime,
      state,
      shared: between && {
        records: records({ name: 'login', parse: parseLogin }, between),
        late,
        owner,
        describe: describeLogin,
        timeout: timeouts.exchange,
      },
    }),
    deliveries: (route) =>
      webhooks.deliveries ??
      (store === undefined ? deliveryMemory(state, route, clock) : storedDeliveries(store, late)),
    isHeardEverywhere: (store !== undefined && options.store?.isLocal !== true) || !isOneOfSeveral(),
  }
}
