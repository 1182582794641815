import type { ManagementClient, NewUser, User } from '@scalegate/core/management'
import { isScalegateError } from '@scalegate/core/plugin'

/** What became of an invitation: for operators. Whoever invites is told the same each time (attack row 334). */
export type Outcome = 'new_person' | 'known_person' | 'sent_again' | 'member_already'

/**
 * Invites by address, whoever has it: nobody yet, somebody of other organizations, somebody with an open invitation, who is
 * sent the mail again, or a member, for whom nothing happens.
 *
 * @throws ManagementError
 */
export async function invite(scalekit: ManagementClient, organizationId: string, person: NewUser): Promise<Outcome> {
  try {
    await scalekit.users.invite({ organizationId }, person)
    return 'new_person'
  } catch (error) {
    // Addresses are unique in an environment. How Scalekit answers here for one that is taken is not documented; where it
    // just adds the membership, there is nothing left to do.
    const user = isScalegateError(error, 'management_conflict') ? await userByEmail(scalekit, person.email) : undefined
    if (user === undefined) throw error
    return inviteKnown(scalekit, { user, organizationId, person })
  }
}

async function inviteKnown(
  scalekit: ManagementClient,
  { user, organizationId, person }: { user: User; organizationId: string; person: NewUser },
): Promise<Outcome> {
  const userId = user.id
  const { memberships = [] } = user.memberships === undefined ? await scalekit.users.get(userId) : user
  const membership = memberships.find((one) => one.organizationId === organizationId)
  if (membership === undefined) {
    try {
      await scalekit.memberships.invite({ organizationId, userId }, person.membership)
      return 'known_person'
    } catch (error) {
      if (isScalegateError(error, 'management_conflict')) return 'member_already'
      throw error
    }
  }
  const { membershipStatus: status } = membership
  if (status !== 'PENDING_INVITE' && status !== 'INVITE_EXPIRED') return 'member_already'
  // Roles stay those of the first time: to change them is another call, with rules of its own.
  await scalekit.invitations.resend({ organizationId, userId })
  return 'sent_again'
}

/** The search finds parts of addresses, at most 100 characters of them; only the same address is the same person. */
async function userByEmail(scalekit: ManagementClient, email: string): Promise<User | undefined> {
  let seen = 0
  for await (const user of scalekit.users.searchAll({ query: email.slice(0, 100) })) {
    if (user.email?.toLowerCase() === email) return user
    seen += 1
    if (seen === 300) return undefined
  }
  return undefined
}
