import type { Instant, ManagementClient } from '@scalegate/core/management'
import { groupOfRecord, type SyncedGroup } from './group.js'
import { type DirectoryPerson, personOfRecord } from './person.js'
import type { RoleMapping } from './role-mapping.js'

/** Which groups. */
export interface GroupListOptions {
  /** `dir_…`. @defaultValue the primary directory */
  readonly directoryId?: string
  /** Only what changed after this. */
  readonly updatedAfter?: Instant
  readonly signal?: AbortSignal
}

/** Which people. */
export interface PersonListOptions extends GroupListOptions {
  /** `dirgroup_…`: only who is in it. */
  readonly groupId?: string
}

/** Walks directories in the form in which the app hears of people and groups. */
export function listOf(client: () => ManagementClient, mapping: RoleMapping | undefined) {
  return {
    async *users(organizationId: string, options: PersonListOptions = {}): AsyncGenerator<DirectoryPerson> {
      const where = await placeOf(organizationId, options)
      if (where === undefined) return
      const { groupId } = options
      const group = groupId === undefined ? {} : { directoryGroupId: groupId }
      const users = client().directories.users({ ...where, ...group, includeDetail: true }, calling(options))
      for await (const user of users) yield personOfRecord(user, organizationId, mapping)
    },
    async *groups(organizationId: string, options: GroupListOptions = {}): AsyncGenerator<SyncedGroup> {
      const where = await placeOf(organizationId, options)
      if (where === undefined) return
      for await (const group of client().directories.groups(where, calling(options)))
        yield groupOfRecord(group, organizationId)
    },
  }

  async function placeOf(organizationId: string, options: GroupListOptions) {
    const { updatedAfter } = options
    const directoryId =
      options.directoryId ?? (await client().directories.primary({ organizationId }, calling(options)))?.id
    if (directoryId === undefined) return undefined
    return { organizationId, directoryId, ...(updatedAfter === undefined ? {} : { updatedAfter }) }
  }
}

function calling({ signal }: GroupListOptions): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
