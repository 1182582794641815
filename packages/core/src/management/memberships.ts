import { ManagementError } from '../errors/management-error.js'
import { nothing } from './answer.js'
import { checked, path } from './path.js'
import { requestBody } from './request-body.js'
import type { CallOptions, Transport } from './transport.js'
import { type User, wrappedUser } from './user.js'
import { rolesOfUser } from './user-roles.js'
import { membershipFields, type NewMembership } from './users.js'

/** Whose membership, by Scalekit's id of the user or by the app's own. */
export type MembershipKey =
  | { readonly organizationId: string; readonly userId: string; readonly externalUserId?: never }
  | { readonly organizationId: string; readonly externalUserId: string; readonly userId?: never }

/** What can be changed of a membership. */
export interface MembershipChanges {
  /** All roles the member has from then on; left out, they stay. */
  readonly roles?: readonly string[]
  /** Left out, it stays. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** Which user is in which organization, and as what. */
export interface Memberships {
  /** An existing user becomes an active member, without any mail. */
  create(membership: MembershipKey, input?: NewMembership, options?: CallOptions): Promise<User>
  /** An existing user is invited by mail. */
  invite(membership: MembershipKey, input?: NewMembership, options?: CallOptions): Promise<User>
  /**
   * Changes roles or metadata. What is left out is read first and sent again, because Scalekit does not say that it stays,
   * and its own SDK wipes the roles. Somebody else's change in between is overwritten.
   *
   * @throws ManagementError management_not_found where there is no membership
   */
  update(membership: MembershipKey, changes: MembershipChanges, options?: CallOptions): Promise<User>
  /** Ends their session there at once. Removing the last membership deletes the user. */
  delete(membership: MembershipKey, options?: CallOptions): Promise<void>
}

export function createMemberships(call: Transport): Memberships {
  const create = async (key: MembershipKey, input: NewMembership, mail: boolean, options?: CallOptions) =>
    call(
      {
        method: 'POST',
        path: placeOf(key),
        // Always said: Scalekit's default is to send mail.
        query: { send_invitation_email: mail },
        body: requestBody(membershipFields, input),
        answer: wrappedUser,
      },
      options,
    )
  const read = async (key: MembershipKey, options?: CallOptions) => {
    const { userId, externalUserId } = key
    const place = userId === undefined ? path`/users:external/${{ externalUserId }}` : path`/users/${{ userId }}`
    const user = await call({ method: 'GET', path: place, answer: wrappedUser }, options)
    const membership = user.memberships?.find(({ organizationId }) => organizationId === key.organizationId)
    if (membership !== undefined) return { userId: user.id, membership }
    throw new ManagementError('management_not_found', { detail: 'The user is no member of this organization.' })
  }
  const complete = async (
    key: MembershipKey,
    { roles, metadata }: MembershipChanges,
    options?: CallOptions,
  ): Promise<MembershipChanges> => {
    if (roles !== undefined && metadata !== undefined) return { roles, metadata }
    const { userId, membership } = await read(key, options)
    // Asked for by itself: a membership in a list may be without its roles.
    const named = roles ?? (await rolesOfUser(call, { ...key, userId }, options)).map(({ name }) => name)
    const kept = metadata ?? membership.metadata
    return { ...(named.length > 0 || roles ? { roles: named } : {}), ...(kept === undefined ? {} : { metadata: kept }) }
  }

  return {
    create: (key, input = {}, options) => create(key, input, false, options),
    invite: (key, input = {}, options) => create(key, input, true, options),
    async update(key, changes, options) {
      const place = placeOf(key)
      // Before anything is sent, the reading included.
      requestBody(changeFields, changes)
      const body = requestBody(changeFields, await complete(key, changes, options))
      return call({ method: 'PATCH', path: place, body, answer: wrappedUser }, options)
    },
    delete: async (key, options) => call({ method: 'DELETE', path: placeOf(key), answer: nothing }, options),
  }
}

const changeFields = { roles: 'names', metadata: 'map' } as const

function placeOf({ organizationId, userId, externalUserId }: MembershipKey): string {
  if (userId !== undefined && externalUserId !== undefined) {
    throw new ManagementError('management_request_invalid', { detail: 'Give `userId` or `externalUserId`, not both.' })
  }
  const place = path`/memberships/organizations/${{ organizationId }}`
  return (
    place +
    (externalUserId === undefined
      ? path`/users/${{ userId: checked('userId', userId) }}`
      : path`/users:external/${{ externalUserId }}`)
  )
}
