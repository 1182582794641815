import { answerObject, count, type Decoder, flag, id, optionalList, text } from './answer.js'
import type { BodyFields } from './request-body.js'
import type { CallOptions } from './transport.js'

/** A role: a name for a set of permissions. */
export interface Role {
  readonly id?: string
  readonly name: string
  readonly displayName?: string
  readonly description?: string
  /** Given to whoever creates an organization. */
  readonly defaultCreator?: boolean
  /** Given to members who are given no other. */
  readonly defaultMember?: boolean
  /** The role whose permissions it has as well. */
  readonly extends?: string
  /** True: of one organization alone. */
  readonly isOrgRole?: boolean
  readonly dependentRolesCount?: number
  /** With `include` only. */
  readonly permissions?: readonly RolePermission[]
}

/** A permission that a role gives. */
export interface RolePermission {
  readonly id?: string
  readonly name: string
  readonly description?: string
  /** The role it comes from. */
  readonly roleName?: string
  readonly createTime?: string
  readonly updateTime?: string
}

/** A role to be. */
export interface NewRole {
  /** Letters, digits and `_`; 1 to 64 of them. */
  readonly name: string
  readonly displayName: string
  readonly description?: string
  readonly extends?: string
  /** Names of permissions. */
  readonly permissions?: readonly string[]
}

/** What can be changed of a role. What is left out stays, by Scalekit's own words. */
export type RoleChanges = Partial<Omit<NewRole, 'name'>>

/** What comes with roles. */
export interface RoleReadOptions extends CallOptions {
  /** `permissions:all` also has inherited ones. @defaultValue roles without permissions */
  readonly include?: 'permissions' | 'permissions:all'
}

/** What becomes of those who have a role that is deleted. */
export interface RoleDeleteOptions extends CallOptions {
  /** The role they get instead. */
  readonly reassignRoleName?: string
}

export const role: Decoder<Role> = answerObject({
  id: text,
  name: id,
  displayName: text,
  description: text,
  defaultCreator: flag,
  defaultMember: flag,
  extends: text,
  isOrgRole: flag,
  dependentRolesCount: count,
  permissions: optionalList(
    answerObject({ id: text, name: id, description: text, roleName: text, createTime: text, updateTime: text }),
  ),
})

export const roleChangeFields: BodyFields = {
  displayName: 'value',
  description: 'value',
  extends: 'value',
  permissions: 'value',
}
export const roleFields: BodyFields = { ...roleChangeFields, name: 'value' }
