import * as z from 'zod/mini'
import { answerObject, type Decoder, list, text, wrapped } from './answer.js'
import { path } from './path.js'
import type { CallOptions, Transport } from './transport.js'

/** A user as a member of an organization. */
export interface UserInOrganization {
  readonly organizationId: string
  readonly userId: string
}

/** A permission that somebody has. */
export interface UserPermission {
  readonly id?: string
  /** Such as `sk_org_users_read`, or one of the app's own. */
  readonly name: string
  readonly description?: string
}

const userPermission: Decoder<UserPermission> = answerObject({ id: text, name: z.string(), description: text })

/** The permissions of a user in an organization, by all their roles. */
export async function permissionsOfUser(
  call: Transport,
  { organizationId, userId }: UserInOrganization,
  options?: CallOptions,
): Promise<readonly UserPermission[]> {
  return call(
    {
      method: 'GET',
      path: path`/organizations/${{ organizationId }}/users/${{ userId }}/permissions`,
      answer: wrapped('permissions', list(userPermission)),
    },
    options,
  )
}
