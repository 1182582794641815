import { answerObject, type Decoder, flag, id, nothing, text, wrapped } from './answer.js'
import { createListing, type Listing, type ListOptions, pageOf, pageQuery } from './listing.js'
import { path } from './path.js'
import { requestBody } from './request-body.js'
import type { CallOptions, Transport } from './transport.js'
import { permissionsOfUser, type UserInOrganization, type UserPermission } from './user-permissions.js'

/** A permission of the environment. */
export interface Permission {
  readonly id?: string
  /** By convention `resource:action`, such as `projects:create`. */
  readonly name: string
  readonly description?: string
  /** True for Scalekit's own, `sk_…`. */
  readonly isScalekitPermission?: boolean
  readonly createTime?: string
  readonly updateTime?: string
}

/** The permissions that roles are made of. */
export interface Permissions {
  list(where?: { readonly type?: 'SCALEKIT' | 'ENVIRONMENT' }, options?: ListOptions): Listing<Permission>
  get(permissionName: string, options?: CallOptions): Promise<Permission>
  create(
    permission: { readonly name: string; readonly description: string },
    options?: CallOptions,
  ): Promise<Permission>
  update(permissionName: string, changes: { readonly description: string }, options?: CallOptions): Promise<Permission>
  delete(permissionName: string, options?: CallOptions): Promise<void>
  /** What a user may in an organization, by all their roles; `sk_…` included. */
  ofUser(who: UserInOrganization, options?: CallOptions): Promise<readonly UserPermission[]>
}

export const permission: Decoder<Permission> = answerObject({
  id: text,
  name: id,
  description: text,
  isScalekitPermission: flag,
  createTime: text,
  updateTime: text,
})
const wrappedPermission = wrapped('permission', permission)

export function createPermissions(call: Transport): Permissions {
  return {
    list: ({ type } = {}, options = {}) =>
      createListing(100, options, async (at) =>
        call(
          {
            method: 'GET',
            path: '/permissions',
            query: { type, ...pageQuery(at) },
            answer: pageOf('permissions', permission),
          },
          at,
        ),
      ),
    get: async (permissionName, options) =>
      call({ method: 'GET', path: path`/permissions/${{ permissionName }}`, answer: wrappedPermission }, options),
    create: async (input, options) =>
      call(
        {
          method: 'POST',
          path: '/permissions',
          body: requestBody({ name: 'value', description: 'value' }, input),
          answer: wrappedPermission,
        },
        options,
      ),
    update: async (permissionName, changes, options) =>
      call(
        {
          method: 'PUT',
          path: path`/permissions/${{ permissionName }}`,
          // The body has the name as well: Scalekit does not say that it may be left out.
          body: { name: permissionName, ...requestBody({ description: 'value' }, changes) },
          answer: wrappedPermission,
        },
        options,
      ),
    delete: async (permissionName, options) =>
      call({ method: 'DELETE', path: path`/permissions/${{ permissionName }}`, answer: nothing }, options),
    ofUser: (who, options) => permissionsOfUser(call, who, options),
  }
}
