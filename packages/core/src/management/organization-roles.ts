import { type Decoder, nothing, optional, wrapped } from './answer.js'
import { path } from './path.js'
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
import { wrappedRole, wrappedRoles } from './roles.js'
import type { CallOptions, Transport } from './transport.js'
import type { InOrganization } from './users.js'

/** Which role of which organization. */
export interface OrganizationRoleKey extends InOrganization {
  readonly roleName: string
}

/** Roles as one organization has them: the environment's, and its own. */
export interface OrganizationRoles {
  list(where: InOrganization, options?: RoleReadOptions): Promise<readonly Role[]>
  get(role: OrganizationRoleKey, options?: RoleReadOptions): Promise<Role>
  create(where: InOrganization, role: NewRole, options?: CallOptions): Promise<Role>
  update(role: OrganizationRoleKey, changes: RoleChanges, options?: CallOptions): Promise<Role>
  delete(role: OrganizationRoleKey, options?: RoleDeleteOptions): Promise<void>
  /** Gives the role that new members get from then on. */
  setDefaults(
    where: InOrganization,
    defaults: { readonly defaultMemberRole: string },
    options?: CallOptions,
  ): Promise<Role | undefined>
}

const defaultMember: Decoder<Role | undefined> = wrapped('default_member', optional(role))

export function createOrganizationRoles(call: Transport): OrganizationRoles {
  const all = ({ organizationId }: InOrganization) => path`/organizations/${{ organizationId }}/roles`
  const one = (key: OrganizationRoleKey) => all(key) + path`/${{ roleName: key.roleName }}`
  return {
    list: async (where, { include, ...options } = {}) =>
      call({ method: 'GET', path: all(where), query: { include }, answer: wrappedRoles }, options),
    get: async (key, { include, ...options } = {}) =>
      call({ method: 'GET', path: one(key), query: { include }, answer: wrappedRole }, options),
    create: async (where, input, options) =>
      call({ method: 'POST', path: all(where), body: requestBody(roleFields, input), answer: wrappedRole }, options),
    update: async (key, changes, options) =>
      call(
        { method: 'PUT', path: one(key), body: requestBody(roleChangeFields, changes), answer: wrappedRole },
        options,
      ),
    delete: async (key, { reassignRoleName, ...options } = {}) =>
      call(
        { method: 'DELETE', path: one(key), query: { reassign_role_name: reassignRoleName }, answer: nothing },
        options,
      ),
    setDefaults: async (where, defaults, options) =>
      call(
        {
          method: 'PATCH',
          path: `${all(where)}:set_defaults`,
          body: requestBody({ defaultMemberRole: 'value' }, defaults),
          answer: defaultMember,
        },
        options,
      ),
  }
}
