import type { Directory, ManagementClient } from '@scalegate/core/management'
import { PluginError, type PluginKit } from '@scalegate/core/plugin'
import { type Comparison, compare, type Leaver, type Row } from './comparison.js'
import { groupOfRecord } from './group.js'
import { clockSkew, instantAt, instantOf, latest } from './instant.js'
import type { Ledger, Run } from './ledger.js'
import { pagesOfGroups, pagesOfUsers } from './listing.js'
import type { Members } from './members.js'
import type { DirectoryChange, DirectoryOptions, KnownGroup, KnownPerson } from './options.js'
import { former, personOfRecord } from './person.js'
import { type Found, type ReconcileOptions, type ReconcileReport, Tally } from './report.js'

export interface ReconcilerParts {
  readonly kit: PluginKit
  readonly client: () => ManagementClient
  readonly options: DirectoryOptions
  readonly ledger: Ledger
  readonly members: Members
}

/** What a list says about one object. */
interface Finding {
  readonly found: Found
  readonly change: DirectoryChange
  readonly tell: (change: DirectoryChange) => unknown
  /** What else there is to do, news or not. */
  readonly besides?: () => Promise<void>
}

/** Brings the app's table to the state of an organization's directories. */
export function createReconciler(parts: ReconcilerParts) {
  return async (organizationId: string, asked: ReconcileOptions = {}): Promise<ReconcileReport> => {
    const { list } = parts.options.users
    if (list === undefined) throw new TypeError('`reconcile` needs `users.list` of the options of `directory`.')
    checkAsked(asked)
    return parts.ledger.run(organizationId, (run) => reconcile(organizationId, asked, { ...parts, run, list }))
  }
}

async function reconcile(
  organizationId: string,
  asked: ReconcileOptions,
  parts: ReconcilerParts & { readonly run: Run; readonly list: NonNullable<DirectoryOptions['users']['list']> },
): Promise<ReconcileReport> {
  const { kit, client, options, ledger, members, run, list } = parts
  const { dryRun = false, signal, onProgress } = asked
  const calling = signal === undefined ? {} : { signal }
  const walking = { clock: kit.clock, ...calling }
  const directories = await client().directories.list({ organizationId }, calling)
  if (directories.length === 0)
    throw new PluginError({ code: 'directory_missing', status: 404, title: 'The organization has no directory.' })

  const groups = options.groups === undefined ? undefined : await reconcileGroups(options.groups)
  const tally = new Tally()
  let rolesChanged = 0
  const compared = await comparePeople()
  const { going, withheld } = sift(compared, asked)
  for (const [index, leaver] of going.entries()) {
    await deactivate(leaver)
    if (index % 30 === 29) progress()
  }
  progress()
  kit.report('reconciled', { ...tally.counts, dryRun, withheld: withheld?.users ?? 0 })
  return {
    ...tally.counts,
    dryRun,
    users: tally.changed,
    failures: tally.failures,
    ...(withheld === undefined ? {} : { withheld }),
    rolesChanged,
    ...(groups === undefined ? {} : { groups }),
  }

  function progress(): void {
    onProgress?.({ ...tally.counts, listed: tally.listed })
  }

  async function comparePeople(): Promise<Comparison> {
    const known = await rowsOf(list(organizationId), signal)
    const roster = await members.roster(organizationId, calling)
    return compare(
      directories,
      known,
      {
        pages: (directory) => pagesOfUsers(client(), organizationId, { ...walking, directory }),
        paged: progress,
        listed: async (user, row, { directory, askedAt }) => {
          const person = await personOfRecord(user, organizationId, options.roles)
          const { id, email } = person
          if (!person.active) {
            if (row?.active)
              return {
                id,
                ...(email === undefined ? {} : { email }),
                directoryId: directory.id,
                at: askedAt,
                said: true,
              }
            tally.count('unchanged', id)
            return undefined
          }
          await apply(tally, id, {
            found: isSame(row, person) ? 'unchanged' : row === undefined ? 'created' : 'updated',
            change: changeOf(directory, askedAt, user.updatedAt),
            tell: (change) => options.users.upsert(person, change),
            besides: async () => {
              if (await members.assignRoles(person, { ...calling, dryRun, roster })) rolesChanged += 1
            },
          })
          return undefined
        },
      },
      { tally, clock: kit.clock },
    )
  }

  async function deactivate({ id, email, directoryId, at }: Leaver): Promise<void> {
    const person = former(id, organizationId, email)
    await apply(tally, id, {
      found: 'deactivated',
      // Ids are not given out twice, so whatever is older than this run is out of date.
      change: { ...base(directoryId), occurredAt: instantAt(at) },
      async tell(change) {
        // In this order: whom the app calls inactive, the next run does not look at again.
        await members.endSessions(person, change.occurredAt, calling)
        await options.users.deactivate(person, change)
      },
    })
  }

  async function reconcileGroups({ upsert, remove, list }: NonNullable<DirectoryOptions['groups']>) {
    const known = list === undefined ? new Map<string, Row>() : await rowsOf(list(organizationId), signal)
    const tally = new Tally()
    const { leavers, doubt } = await compare(
      directories,
      known,
      {
        pages: (directory) => pagesOfGroups(client(), organizationId, { ...walking, directory }),
        listed: async (record, row, { directory, askedAt }) => {
          const group = await groupOfRecord(record, organizationId)
          const isSame = row !== undefined && row.fingerprint === group.fingerprint
          await apply(tally, group.id, {
            found: isSame ? 'unchanged' : row === undefined ? 'created' : 'updated',
            change: changeOf(directory, askedAt, record.updatedAt),
            tell: (change) => upsert(group, change),
          })
          return undefined
        },
      },
      { tally, clock: kit.clock },
    )
    for (const { id, at } of doubt === undefined || asked.force ? leavers : [])
      await apply(tally, id, {
        found: 'deactivated',
        change: { ...base(), occurredAt: instantAt(at) },
        tell: (change) => remove({ id, organizationId }, change),
      })
    const { deactivated: removed, ...counts } = tally.counts
    return { ...counts, removed }
  }

  /**
   * Does what a list says about one object, in its turn: an event of this very time has been handled to its end by then, and says
   * more, also about roles. Somebody about whom it fails is passed over.
   */
  async function apply(tally: Tally, id: string, { found, change, tell, besides }: Finding): Promise<void> {
    signal?.throwIfAborted()
    const version = { at: change.occurredAt, gone: found === 'deactivated', by: 'reconcile' }
    try {
      const is = await ledger.listed(run, { organizationId, id }, version, async (done) => {
        if (found !== 'unchanged' && !dryRun) {
          await tell(change)
          await done()
        }
        tally.count(found, id)
        await besides?.()
      })
      if (is === 'newer') tally.count('unchanged', id)
    } catch (error) {
      signal?.throwIfAborted()
      tally.fail(id, error)
    }
  }

  function base(directoryId?: string) {
    return { organizationId, ...(directoryId === undefined ? {} : { directoryId }), reason: 'reconcile' as const }
  }

  function changeOf(directory: Directory, askedAt: number, updatedAt: string | undefined): DirectoryChange {
    // The clock of Scalekit may be behind ours: the list may be that much older than we think.
    return { ...base(directory.id), occurredAt: latest(instantAt(askedAt - clockSkew), instantOf(updatedAt)) }
  }
}

/** Who goes, and who stays because it is not certain. */
function sift({ leavers, doubt, active }: Comparison, { force = false, maxDeactivations }: ReconcileOptions) {
  if (force) return { going: leavers, withheld: undefined }
  const limit = maxDeactivations ?? Math.max(5, Math.ceil(active / 4))
  const most = limit < 1 ? Math.floor(active * limit) : limit
  const going = doubt === undefined ? leavers : leavers.filter(({ said }) => said)
  if (going.length > most) return { going: [], withheld: { because: 'too_many' as const, users: leavers.length } }
  const kept = leavers.length - going.length
  return { going, withheld: doubt === undefined || kept === 0 ? undefined : { because: doubt, users: kept } }
}

function isSame(row: Row | undefined, person: { readonly email?: string; readonly fingerprint: string }): boolean {
  if (row === undefined || !row.active) return false
  if (row.email !== undefined && row.email.toLowerCase() !== (person.email ?? '').toLowerCase()) return false
  return row.fingerprint === undefined || row.fingerprint === person.fingerprint
}

async function rowsOf(
  rows: AsyncIterable<KnownPerson | KnownGroup> | Iterable<KnownPerson | KnownGroup>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Row>> {
  const known = new Map<string, Row>()
  for await (const row of rows) {
    signal?.throwIfAborted()
    const { id, fingerprint } = row
    const { active = true, email } = row as Partial<KnownPerson>
    known.set(id, { active, ...(email ? { email } : {}), ...(fingerprint ? { fingerprint } : {}) })
  }
  return known
}

function checkAsked({ maxDeactivations }: ReconcileOptions): void {
  if (maxDeactivations !== undefined && !(maxDeactivations >= 0))
    throw new TypeError('`maxDeactivations` must be a number of people, or a share below 1.')
}
