import { answerObject, count, type Decoder, list, nothing, optional, wrapped } from './answer.js'
import { path } from './path.js'
import { type Permission, permission } from './permissions.js'
import { requestBody } from './request-body.js'
import {
  type NewRole,
  type Role,
  type RoleChanges,
  type RoleDeleteOptions,
  type RoleReadOptions,
  role,
  roleChangeFields,
  roleFields,
} from './role.js'
import type { CallOptions, Transport } from './transport.js'
import type { MemberRole } from './user.js'
import type { UserInOrganization } from './user-permissions.js'
import { rolesOfUser } from './user-roles.js'

/** Which roles people get by themselves. */
export interface DefaultRoles {
  readonly defaultCreator?: Role
  readonly defaultMember?: Role
}

/** The roles that every organization of the environment has. */
export interface Roles {
  list(options?: RoleReadOptions): Promise<readonly Role[]>
  get(roleName: string, options?: RoleReadOptions): Promise<Role>
  create(role: NewRole, options?: CallOptions): Promise<Role>
  update(roleName: string, changes: RoleChanges, options?: CallOptions): Promise<Role>
  delete(roleName: string, options?: RoleDeleteOptions): Promise<void>
  setDefaults(
    defaults: { readonly defaultCreatorRole?: string; readonly defaultMemberRole?: string },
    options?: CallOptions,
  ): Promise<DefaultRoles>
  /** Roles that extend this one. */
  dependents(roleName: string, options?: CallOptions): Promise<readonly Role[]>
  /** How many users have it. */
  userCount(roleName: string, options?: CallOptions): Promise<number>
  /** What the role itself gives. */
  permissions(roleName: string, options?: CallOptions): Promise<readonly Permission[]>
  /** What it gives with all that it inherits. */
  effectivePermissions(roleName: string, options?: CallOptions): Promise<readonly Permission[]>
  addPermissions(
    roleName: string,
    permissionNames: readonly string[],
    options?: CallOptions,
  ): Promise<readonly Permission[]>
  removePermission(roleName: string, permissionName: string, options?: CallOptions): Promise<void>
  /** The roles of a user in an organization. */
  ofUser(who: UserInOrganization, options?: CallOptions): Promise<readonly MemberRole[]>
}

export const wrappedRole = wrapped('role', role)
export const wrappedRoles = wrapped('roles', list(role))
const permissions: Decoder<readonly Permission[]> = wrapped('permissions', list(permission))
const defaultRoles: Decoder<DefaultRoles> = answerObject({
  defaultCreator: optional(role),
  defaultMember: optional(role),
})

export function createRoles(call: Transport): Roles {
  return {
    list: async ({ include, ...options } = {}) =>
      call({ method: 'GET', path: '/roles', query: { include }, answer: wrappedRoles }, options),
    get: async (roleName, { include, ...options } = {}) =>
      call({ method: 'GET', path: path`/roles/${{ roleName }}`, query: { include }, answer: wrappedRole }, options),
    create: async (input, options) =>
      call({ method: 'POST', path: '/roles', body: requestBody(roleFields, input), answer: wrappedRole }, options),
    update: async (roleName, changes, options) =>
      call(
        {
          method: 'PUT',
          path: path`/roles/${{ roleName }}`,
          body: requestBody(roleChangeFields, changes),
          answer: wrappedRole,
        },
        options,
      ),
    delete: async (roleName, { reassignRoleName, ...options } = {}) =>
      call(
        {
          method: 'DELETE',
          path: path`/roles/${{ roleName }}`,
          query: { reassign_role_name: reassignRoleName },
          answer: nothing,
        },
        options,
      ),
    setDefaults: async (defaults, options) =>
      call(
        {
          method: 'PATCH',
          path: '/roles:set_defaults',
          body: requestBody({ defaultCreatorRole: 'value', defaultMemberRole: 'value' }, defaults),
          answer: defaultRoles,
        },
        options,
      ),
    dependents: async (roleName, options) =>
      call({ method: 'GET', path: path`/roles/${{ roleName }}/dependents`, answer: wrappedRoles }, options),
    async userCount(roleName, options) {
      const { count: users } = await call(
        { method: 'GET', path: path`/roles/${{ roleName }}/users:count`, answer: answerObject({ count }) },
        options,
      )
      // Protobuf's JSON may leave out a zero.
      return users ?? 0
    },
    permissions: async (roleName, options) =>
      call({ method: 'GET', path: path`/roles/${{ roleName }}/permissions`, answer: permissions }, options),
    effectivePermissions: async (roleName, options) =>
      call({ method: 'GET', path: path`/roles/${{ roleName }}/permissions:all`, answer: permissions }, options),
    addPermissions: async (roleName, permissionNames, options) =>
      call(
        {
          method: 'POST',
          path: path`/roles/${{ roleName }}/permissions`,
          body: requestBody({ permissionNames: 'value' }, { permissionNames }),
          answer: permissions,
        },
        options,
      ),
    removePermission: async (roleName, permissionName, options) =>
      call(
        {
          method: 'DELETE',
          path: path`/roles/${{ roleName }}/permissions/${{ permissionName }}`,
          answer: nothing,
        },
        options,
      ),
    ofUser: (who, options) => rolesOfUser(call, who, options),
  }
}
