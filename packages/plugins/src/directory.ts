/**
 * Directory sync: people and groups of a customer's directory (SCIM) in the app's own table, by events and by comparison.
 *
 * @packageDocumentation
 */
import type { Directory } from '@scalegate/core/management'
import { definePlugin, managementClient } from '@scalegate/core/plugin'
import { type GroupListOptions, listOf, type PersonListOptions } from './directory/directories.js'
import { directoryEvents } from './directory/events.js'
import type { SyncedGroup } from './directory/group.js'
import { createLedger } from './directory/ledger.js'
import { createMembers } from './directory/members.js'
import { checkOptions, type DirectoryOptions } from './directory/options.js'
import type { DirectoryPerson } from './directory/person.js'
import { createReconciler } from './directory/reconcile.js'
import type { ReconcileOptions, ReconcileReport } from './directory/report.js'

export type { GroupListOptions, PersonListOptions } from './directory/directories.js'
export type { SyncedGroup } from './directory/group.js'
export type {
  DirectoryChange,
  DirectoryOptions,
  GroupOptions,
  KnownGroup,
  KnownPerson,
  PeopleOptions,
  RoleAssignment,
} from './directory/options.js'
export type { DirectoryPerson, FormerPerson, PersonGroup } from './directory/person.js'
export type {
  ReconcileCounts,
  ReconcileOptions,
  ReconcileProgress,
  ReconcileReport,
  WithheldReason,
} from './directory/report.js'
export type { RoleMapping } from './directory/role-mapping.js'
export type { VersionStore } from './directory/versions.js'

/** `auth.directory`. */
export interface DirectoryApi {
  /** The directories of an organization. @throws ManagementError */
  readonly list: (organizationId: string, options?: Calling) => Promise<readonly Directory[]>
  /** The first one, as Scalekit's SDK has it; undefined where there is none. @throws ManagementError */
  readonly primary: (organizationId: string, options?: Calling) => Promise<Directory | undefined>
  /** The people of a directory, page by page as they are walked; nobody where there is no directory. @throws ManagementError */
  readonly users: (organizationId: string, options?: PersonListOptions) => AsyncIterable<DirectoryPerson>
  /** The groups of a directory, page by page as they are walked. @throws ManagementError */
  readonly groups: (organizationId: string, options?: GroupListOptions) => AsyncIterable<SyncedGroup>
  /**
   * Compares the directories of an organization with `users.list`, and tells the app about each difference. Run it
   * again whenever it was interrupted: it ends in the same state.
   *
   * @throws ManagementError where a list cannot be read to its end: nobody has been deactivated then.
   * @throws PluginError directory_missing for an organization without a directory
   * @throws TypeError without `users.list`
   */
  readonly reconcile: (organizationId: string, options?: ReconcileOptions) => Promise<ReconcileReport>
}

interface Calling {
  readonly signal?: AbortSignal
}

/**
 * Keeps the app's people in step with the directories of its customers.
 *
 * ```ts
 * const auth = scalegate({
 *   plugins: [directory({ users: { upsert: (person) => table.save(person), deactivate: ({ id }) => table.close(id) } })],
 * })
 * ```
 *
 * @throws ConfigurationError configuration_invalid
 */
export function directory(options: DirectoryOptions) {
  checkOptions(options)
  return definePlugin({
    name: 'directory',
    setUp(kit) {
      const client = managementClient(kit)
      const members = createMembers(kit, client, options)
      const ledger = createLedger(kit, options.versions)
      const lists = listOf(client, options.roles)
      const api: DirectoryApi = {
        list: async (organizationId, calling) => client().directories.list({ organizationId }, calling),
        primary: async (organizationId, calling) => client().directories.primary({ organizationId }, calling),
        ...lists,
        reconcile: createReconciler({ kit, client, options, ledger, members }),
      }
      return { on: directoryEvents(kit, { options, ledger, members }), api }
    },
  })
}
