import { now } from '../clock.js'
import { idOfName, newId } from '../ids.js'
import { isScalekitPermission, scalekitPermissions } from '../seed/permissions.js'
import type { Seed } from '../seed/types.js'
import { type Patch, patched } from './patch.js'

/** A name for a set of permissions, of the environment or of one organization. Instants are NumericDate seconds. */
export interface Role {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly description: string
  /** The role whose permissions this one has, too. */
  readonly extends?: string
  /** Its own ones only. */
  readonly permissions: readonly string[]
  /** Undefined for a role of the environment. */
  readonly organizationId?: string
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** Something that a role allows. */
export interface Permission {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** Something that happened to a role or a permission, by the name that Scalekit's webhooks have for it. */
export type RoleChange =
  | { readonly type: 'role.created' | 'role.updated' | 'role.deleted'; readonly role: Role }
  | {
      readonly type: 'permission.created' | 'permission.updated' | 'permission.deleted'
      readonly permission: Permission
    }

export type NewRole = Pick<Role, 'name' | 'displayName' | 'description' | 'extends' | 'permissions' | 'organizationId'>

/** Which roles and permissions there are, and who gets which role without being given one. */
export class Roles {
  readonly #roles: Map<string, Role>
  readonly #permissions: Map<string, Permission>
  readonly #changed: (change: RoleChange) => void
  /** The role of whoever signs up with a new organization. */
  creatorRole: string
  /** The role of whoever joins, unless the organization has another one. */
  memberRole: string

  constructor(seed: Pick<Seed, 'roles' | 'creatorRole' | 'memberRole'>, changed: (change: RoleChange) => void) {
    this.#changed = changed
    this.creatorRole = seed.creatorRole
    this.memberRole = seed.memberRole
    this.#roles = new Map(
      seed.roles.map((role) => {
        const { name, displayName } = role
        return [keyOf(name), { description: displayName, ...role, id: idOfName('role', name) }]
      }),
    )
    const names = new Set([...scalekitPermissions, ...seed.roles.flatMap((role) => role.permissions)])
    this.#permissions = new Map(
      [...names].map((name) => [name, { id: idOfName('perm', name), name, description: name }]),
    )
  }

  /** Roles of the environment, and those of the organization where one is named. */
  of(organizationId?: string): readonly Role[] {
    return this.all.filter((role) => role.organizationId === undefined || role.organizationId === organizationId)
  }

  get all(): readonly Role[] {
    return [...this.#roles.values()]
  }

  /** A role as a member of the organization has it: the organization's own one, else that of the environment. */
  find(name: string, organizationId?: string): Role | undefined {
    const own = organizationId === undefined ? undefined : this.#roles.get(keyOf(name, organizationId))
    return own ?? this.#roles.get(keyOf(name))
  }

  add(role: NewRole): Role {
    const at = now()
    const added: Role = { ...patched(role, {}), id: newId('role'), createdAt: at, updatedAt: at }
    this.#roles.set(keyOf(role.name, role.organizationId), added)
    this.#changed({ type: 'role.created', role: added })
    return added
  }

  update(role: Role, patch: Patch<Role, 'displayName' | 'description' | 'extends' | 'permissions'>): Role {
    const updated = patched(role, { ...patch, updatedAt: now() })
    this.#roles.set(keyOf(role.name, role.organizationId), updated)
    this.#changed({ type: 'role.updated', role: updated })
    return updated
  }

  remove(role: Role): void {
    this.#roles.delete(keyOf(role.name, role.organizationId))
    this.#changed({ type: 'role.deleted', role })
  }

  /** The roles that directly extend this one. */
  dependentsOf(role: Role): readonly Role[] {
    return this.all.filter((other) => other.extends !== undefined && this.baseOf(other)?.id === role.id)
  }

  baseOf(role: Role): Role | undefined {
    return role.extends === undefined ? undefined : this.find(role.extends, role.organizationId)
  }

  /** The role and those it extends, nearest first. */
  lineageOf(role: Role): readonly Role[] {
    const lineage: Role[] = []
    for (let next: Role | undefined = role; next !== undefined && !lineage.includes(next); next = this.baseOf(next)) {
      lineage.push(next)
    }
    return lineage
  }

  /** What a role allows, inherited permissions included. */
  permissionsOf(name: string, organizationId?: string): readonly string[] {
    const role = this.find(name, organizationId)
    return role === undefined ? [] : [...new Set(this.lineageOf(role).flatMap(({ permissions }) => permissions))]
  }

  get permissions(): readonly Permission[] {
    return [...this.#permissions.values()]
  }

  permission(name: string): Permission | undefined {
    return this.#permissions.get(name)
  }

  addPermission(permission: Pick<Permission, 'name' | 'description'>): Permission {
    const at = now()
    return this.#putPermission('permission.created', { ...permission, id: newId('perm'), createdAt: at, updatedAt: at })
  }

  updatePermission(permission: Permission, description: string): Permission {
    return this.#putPermission('permission.updated', { ...permission, description, updatedAt: now() })
  }

  /** Takes it away from every role, too. */
  removePermission(permission: Permission): void {
    for (const role of this.all.filter(({ permissions }) => permissions.includes(permission.name))) {
      this.update(role, { permissions: role.permissions.filter((name) => name !== permission.name) })
    }
    this.#permissions.delete(permission.name)
    this.#changed({ type: 'permission.deleted', permission })
  }

  #putPermission(type: 'permission.created' | 'permission.updated', permission: Permission): Permission {
    this.#permissions.set(permission.name, permission)
    this.#changed({ type, permission })
    return permission
  }
}

/** True for a permission that Scalekit brings along and nobody may change. */
export function isPredefined({ name }: Permission): boolean {
  return isScalekitPermission(name)
}

function keyOf(name: string, organizationId = ''): string {
  return `${organizationId} ${name}`
}
