import { ConfigurationError, type ConfigurationProblem } from '@scalegate/core/management'
import type { SyncedGroup } from './group.js'
import type { DirectoryPerson, FormerPerson } from './person.js'
import type { RoleMapping } from './role-mapping.js'
import type { VersionStore } from './versions.js'

/** When and why the app is told something. */
export interface DirectoryChange {
  readonly organizationId: string
  /** `dir_…`; undefined where an event does not say it, as those about people do not. */
  readonly directoryId?: string
  /**
   * UTC with nine digits of a second: the order of the texts is the order in time. Of an event, when it happened. Of
   * `reconcile`, how old what the list says may be.
   */
  readonly occurredAt: string
  readonly reason: 'event' | 'reconcile'
}

/** Somebody in the app's own table. */
export interface KnownPerson {
  /** `diruser_…`, as `upsert` got it. */
  readonly id: string
  readonly active: boolean
  /** Compared where it is given. */
  readonly email?: string | null
  /** Compared where it is given; without it only `active` and `email` are. */
  readonly fingerprint?: string | null
}

/** A group in the app's own table. */
export interface KnownGroup {
  /** `dirgroup_…` */
  readonly id: string
  readonly fingerprint?: string | null
}

type Rows<Row> = AsyncIterable<Row> | Iterable<Row>

/** What the app does with people. Each must come to the same result when it is called again with the same. */
export interface PeopleOptions {
  /** Somebody is there, and active: make or change them. */
  readonly upsert: (person: DirectoryPerson, change: DirectoryChange) => unknown
  /** Somebody is gone or inactive. It may be somebody the app has never heard of. */
  readonly deactivate: (person: FormerPerson, change: DirectoryChange) => unknown
  /** Everybody of one organization who came from a directory, the deactivated too. `reconcile` needs it. */
  readonly list?: (organizationId: string) => Rows<KnownPerson>
  /** Scalekit's id (`usr_…`, or `sub`) of the person, where the app knows it from a login. */
  readonly accountId?: (person: FormerPerson) => string | undefined | Promise<string | undefined>
}

/** What the app does with groups. */
export interface GroupOptions {
  readonly upsert: (group: SyncedGroup, change: DirectoryChange) => unknown
  readonly remove: (group: Pick<SyncedGroup, 'id' | 'organizationId'>, change: DirectoryChange) => unknown
  /** The groups of one organization. Without it `reconcile` upserts every group and removes none. */
  readonly list?: (organizationId: string) => Rows<KnownGroup>
}

/** How roles get to Scalekit. */
export interface RoleAssignment {
  /** Roles that are taken away again. @defaultValue those of the mapping; none where it is a function */
  readonly managed?: readonly string[]
  /** Takes every role away that the mapping does not give. @defaultValue false */
  readonly exclusive?: boolean
}

/** The options of `directory`. */
export interface DirectoryOptions {
  readonly users: PeopleOptions
  readonly groups?: GroupOptions
  /** The customer switched directory sync on or off. Nobody is deactivated by that. */
  readonly directories?: {
    readonly enabled?: (directory: { readonly id: string }, change: DirectoryChange) => unknown
    readonly disabled?: (directory: { readonly id: string }, change: DirectoryChange) => unknown
  }
  readonly roles?: RoleMapping
  /** Gives the roles to the member with the person's e-mail address at Scalekit too. @defaultValue false */
  readonly assignRoles?: boolean | RoleAssignment
  /** Remembers what is out of date. @defaultValue the memory of the process */
  readonly versions?: VersionStore
}

const known = ['users', 'groups', 'directories', 'roles', 'assignRoles', 'versions']

/** @throws ConfigurationError configuration_invalid with every problem at once */
export function checkOptions(options: DirectoryOptions): void {
  const problems: ConfigurationProblem[] = []
  const report = (path: string, message: string) => void problems.push({ path: `directory.${path}`, message })
  const functions = (
    path: string,
    part: object | undefined,
    required: readonly string[],
    optional: readonly string[],
  ) => {
    const members = new Map(Object.entries(part ?? {}))
    for (const name of required)
      if (typeof members.get(name) !== 'function') report(`${path}.${name}`, 'must be a function')
    for (const [name, value] of members)
      if (!required.includes(name) && !optional.includes(name)) report(`${path}.${name}`, 'is no option')
      else if (optional.includes(name) && value !== undefined && typeof value !== 'function')
        report(`${path}.${name}`, 'must be a function')
  }
  const { users, groups, directories, roles, assignRoles, versions } = options
  for (const name of Object.keys(options)) if (!known.includes(name)) report(name, 'is no option')
  functions('users', users, ['upsert', 'deactivate'], ['list', 'accountId'])
  if (groups !== undefined) functions('groups', groups, ['upsert', 'remove'], ['list'])
  functions('directories', directories, [], ['enabled', 'disabled'])
  if (versions !== undefined) functions('versions', versions, ['latest', 'put'], [])
  if (roles !== undefined && typeof roles !== 'function' && !isNames(roles))
    report('roles', 'must be a function, or say for each group a role or a list of roles')
  if (assignRoles && roles === undefined) report('assignRoles', 'needs `roles`')
  if (typeof assignRoles === 'object') {
    for (const name of Object.keys(assignRoles))
      if (!['managed', 'exclusive'].includes(name)) report(`assignRoles.${name}`, 'is no option')
    if (assignRoles.managed?.some((name) => typeof name !== 'string')) report('assignRoles.managed', 'must be names')
  }
  if (problems.length > 0) throw new ConfigurationError('configuration_invalid', problems)
}

function isNames(roles: object | null): boolean {
  if (roles === null) return false
  return Object.values(roles)
    .flat()
    .every((name) => typeof name === 'string' && name !== '')
}
