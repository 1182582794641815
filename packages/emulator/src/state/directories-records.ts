import { now } from '../clock.js'
import { newId } from '../ids.js'

/** SCIM attributes as the directory provider sent them, without those that the server makes. */
export type Attributes = Readonly<Record<string, unknown>>

/** Somebody in a directory. Instants are NumericDate seconds. */
export interface DirectoryUser {
  readonly id: string
  readonly directoryId: string
  readonly userName: string
  readonly externalId?: string
  readonly email: string
  readonly active: boolean
  readonly attributes: Attributes
  readonly createdAt: number
  readonly updatedAt: number
}

/** A group in a directory. Instants are NumericDate seconds. */
export interface DirectoryGroup {
  readonly id: string
  readonly directoryId: string
  readonly displayName: string
  readonly externalId?: string
  /** Ids of directory users. */
  readonly members: readonly string[]
  readonly attributes: Attributes
  readonly createdAt: number
  readonly updatedAt: number
}

type Made = 'id' | 'createdAt' | 'updatedAt'

/** The people and groups of all directories. */
export class DirectoryRecords {
  readonly #users = new Map<string, DirectoryUser>()
  readonly #groups = new Map<string, DirectoryGroup>()

  users(directoryId: string): readonly DirectoryUser[] {
    return [...this.#users.values()].filter((user) => user.directoryId === directoryId)
  }

  groups(directoryId: string): readonly DirectoryGroup[] {
    return [...this.#groups.values()].filter((group) => group.directoryId === directoryId)
  }

  user(directoryId: string, id: string): DirectoryUser | undefined {
    const user = this.#users.get(id)
    return user?.directoryId === directoryId ? user : undefined
  }

  group(directoryId: string, id: string): DirectoryGroup | undefined {
    const group = this.#groups.get(id)
    return group?.directoryId === directoryId ? group : undefined
  }

  groupsOf(user: DirectoryUser): readonly DirectoryGroup[] {
    return this.groups(user.directoryId).filter(({ members }) => members.includes(user.id))
  }

  addUser(user: Omit<DirectoryUser, Made>): DirectoryUser {
    const at = now()
    return put(this.#users, { ...user, id: newId('diruser'), createdAt: at, updatedAt: at })
  }

  addGroup(group: Omit<DirectoryGroup, Made>): DirectoryGroup {
    const at = now()
    return put(this.#groups, { ...group, id: newId('dirgroup'), createdAt: at, updatedAt: at })
  }

  /** Replaces what the directory provider said of somebody. */
  replaceUser({ id, createdAt }: DirectoryUser, user: Omit<DirectoryUser, Made>): DirectoryUser {
    return put(this.#users, { ...user, id, createdAt, updatedAt: now() })
  }

  replaceGroup({ id, createdAt }: DirectoryGroup, group: Omit<DirectoryGroup, Made>): DirectoryGroup {
    return put(this.#groups, { ...group, id, createdAt, updatedAt: now() })
  }

  removeUser(id: string): void {
    this.#users.delete(id)
    for (const group of this.#groups.values()) {
      if (!group.members.includes(id)) continue
      put(this.#groups, { ...group, members: group.members.filter((member) => member !== id), updatedAt: now() })
    }
  }

  removeGroup(id: string): void {
    this.#groups.delete(id)
  }

  /** Forgets everything of a directory that is gone. */
  forget(directoryId: string): void {
    for (const { id } of this.users(directoryId)) this.#users.delete(id)
    for (const { id } of this.groups(directoryId)) this.#groups.delete(id)
  }
}

function put<T extends { readonly id: string }>(map: Map<string, T>, record: T): T {
  map.set(record.id, record)
  return record
}
