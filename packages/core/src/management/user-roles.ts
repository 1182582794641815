import { list, wrapped } from './answer.js'
import { path } from './path.js'
import type { CallOptions, Transport } from './transport.js'
import { type MemberRole, memberRole } from './user.js'
import type { UserInOrganization } from './user-permissions.js'

/** The roles of a user in an organization. */
export async function rolesOfUser(
  call: Transport,
  { organizationId, userId }: UserInOrganization,
  options?: CallOptions,
): Promise<readonly MemberRole[]> {
  return call(
    {
      method: 'GET',
      path: path`/organizations/${{ organizationId }}/users/${{ userId }}/roles`,
      answer: wrapped('roles', list(memberRole)),
    },
    options,
  )
}
