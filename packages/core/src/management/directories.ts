import {
  answerObject,
  count,
  type Decoder,
  flag,
  foreign,
  id,
  list,
  optional,
  optionalList,
  text,
  texts,
  wrapped,
} from './answer.js'
import { type Toggled, toggled } from './connections.js'
import { type Instant, instant } from './instant.js'
import { createListing, type Listing, type ListOptions, pageOf, pageQuery } from './listing.js'
import { path } from './path.js'
import type { CallOptions, Transport } from './transport.js'

/** A directory that an organization's people and groups come from. */
export interface Directory {
  readonly id: string
  readonly name?: string
  readonly directoryType?: 'SCIM' | 'LDAP' | 'POLL' | (string & {})
  /** `OKTA`, `GOOGLE`, `MICROSOFT_AD`, … */
  readonly directoryProvider?: string
  readonly directoryEndpoint?: string
  readonly organizationId?: string
  readonly enabled?: boolean
  readonly status?: string
  readonly totalUsers?: number
  readonly totalGroups?: number
  readonly lastSyncedAt?: string
  /** Which groups get which roles. */
  readonly roleAssignments?: {
    readonly assignments: readonly { readonly groupId?: string; readonly roleName?: string }[]
  }
}

/** A person of a directory. There is no `name`: Scalekit's documents that print one are wrong. */
export interface DirectoryUser {
  readonly id: string
  readonly email?: string
  readonly emails?: readonly string[]
  readonly givenName?: string
  readonly familyName?: string
  readonly preferredUsername?: string
  readonly groups?: readonly DirectoryGroup[]
  readonly updatedAt?: string
  /** The directory's own record, with `includeDetail`; names as the directory has them. */
  readonly userDetail?: Readonly<Record<string, unknown>>
}

/** A group of a directory. */
export interface DirectoryGroup {
  readonly id: string
  readonly displayName?: string
  readonly totalUsers?: number
  readonly updatedAt?: string
  /** The directory's own record, with `includeDetail`; names as the directory has them. */
  readonly groupDetail?: Readonly<Record<string, unknown>>
}

/** Which directory. */
export interface DirectoryKey {
  readonly organizationId: string
  readonly directoryId: string
}

/** What a list of a directory gives. */
export interface DirectoryFilter {
  /** Only what changed after this. */
  readonly updatedAfter?: Instant
  /** With the directory's own records. */
  readonly includeDetail?: boolean
}

/** Directories, their people and their groups. */
export interface Directories {
  list(where: { readonly organizationId: string }, options?: CallOptions): Promise<readonly Directory[]>
  get(directory: DirectoryKey, options?: CallOptions): Promise<Directory>
  /** The first one, as the official SDK has it; undefined where there is none. Most organizations have one. */
  primary(where: { readonly organizationId: string }, options?: CallOptions): Promise<Directory | undefined>
  enable(directory: DirectoryKey, options?: CallOptions): Promise<Toggled>
  disable(directory: DirectoryKey, options?: CallOptions): Promise<Toggled>
  users(
    where: DirectoryKey & DirectoryFilter & { readonly directoryGroupId?: string },
    options?: ListOptions,
  ): Listing<DirectoryUser>
  groups(
    where: DirectoryKey & DirectoryFilter & { readonly includeExternalGroups?: boolean },
    options?: ListOptions,
  ): Listing<DirectoryGroup>
}

const directory: Decoder<Directory> = answerObject({
  id,
  name: text,
  directoryType: text,
  directoryProvider: text,
  directoryEndpoint: text,
  organizationId: text,
  enabled: flag,
  status: text,
  totalUsers: count,
  totalGroups: count,
  lastSyncedAt: text,
  roleAssignments: optional(answerObject({ assignments: list(answerObject({ groupId: text, roleName: text })) })),
})
const group: Decoder<DirectoryGroup> = answerObject({
  id,
  displayName: text,
  totalUsers: count,
  updatedAt: text,
  groupDetail: foreign,
})
const user: Decoder<DirectoryUser> = answerObject({
  id,
  email: text,
  emails: texts,
  givenName: text,
  familyName: text,
  preferredUsername: text,
  groups: optionalList(group),
  updatedAt: text,
  userDetail: foreign,
})

export function createDirectories(call: Transport): Directories {
  const place = ({ organizationId, directoryId }: DirectoryKey) =>
    path`/organizations/${{ organizationId }}/directories/${{ directoryId }}`
  const filter = ({ updatedAfter, includeDetail }: DirectoryFilter) => ({
    updated_after: instant('updatedAfter', updatedAfter),
    include_detail: includeDetail,
  })
  const all: Directories['list'] = async ({ organizationId }, options) =>
    call(
      {
        method: 'GET',
        path: path`/organizations/${{ organizationId }}/directories`,
        answer: wrapped('directories', list(directory)),
      },
      options,
    )
  return {
    list: all,
    get: async (key, options) =>
      call({ method: 'GET', path: place(key), answer: wrapped('directory', directory) }, options),
    primary: async (where, options) => (await all(where, options))[0],
    enable: async (key, options) => call({ method: 'PATCH', path: `${place(key)}:enable`, answer: toggled }, options),
    disable: async (key, options) => call({ method: 'PATCH', path: `${place(key)}:disable`, answer: toggled }, options),
    users: (where, options = {}) =>
      createListing(30, options, async (at) =>
        call(
          {
            method: 'GET',
            path: `${place(where)}/users`,
            query: { ...pageQuery(at), ...filter(where), directory_group_id: where.directoryGroupId },
            answer: pageOf('users', user),
          },
          at,
        ),
      ),
    groups: (where, options = {}) =>
      createListing(30, options, async (at) =>
        call(
          {
            method: 'GET',
            path: `${place(where)}/groups`,
            query: { ...pageQuery(at), ...filter(where), include_external_groups: where.includeExternalGroups },
            answer: pageOf('groups', group),
          },
          at,
        ),
      ),
  }
}
