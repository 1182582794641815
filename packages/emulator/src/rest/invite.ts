import type { Environment } from '../environment.js'
import type { Client } from '../state/directory.js'
import type { Invitation } from '../state/invitations.js'
import { statusOf } from '../state/people.js'
import { RestError } from './errors.js'
import type { MembershipBody } from './user-body.js'

/** Somebody's new place in an organization. */
interface NewPlace {
  readonly userId: string
  readonly organizationId: string
  readonly roles: readonly string[]
  readonly body: MembershipBody
  /** By a mail, whose link has to be followed before anybody may enter. */
  readonly isInvited: boolean
  /** Whose call it is. */
  readonly caller: Client
}

/** Gives somebody a place in an organization: at once, or when they accept the invitation that is sent to them. */
export function invite(environment: Environment, place: NewPlace): void {
  const { userId, organizationId, roles, body, isInvited, caller } = place
  const { directory, invitations, webhooks } = environment
  const { metadata, inviter_email: inviterEmail } = body
  const about = { roles, metadata, inviterEmail }
  if (!isInvited) {
    directory.people.setMembership(userId, organizationId, { ...about, provisioning: 'direct_provision' })
    return
  }
  const { expiresAt } = invitations.add({
    userId,
    organizationId,
    email: directory.user(userId)?.email ?? '',
    roles,
    clientId: clientOf(environment, caller),
    ...(inviterEmail === undefined ? {} : { inviterEmail }),
  })
  const provisioning = 'invitation'
  directory.people.setMembership(userId, organizationId, {
    ...about,
    status: 'PENDING_INVITE',
    expiresAt,
    provisioning,
  })
  webhooks.happened({ type: 'user.organization_invitation', userId, organizationId })
}

/** Sends the mail again, or a new one where the old one has expired, which takes a seat again. */
export function resend(environment: Environment, invitation: Invitation, userId: string): Invitation {
  const { directory, invitations, webhooks } = environment
  const { organizationId } = invitation
  const membership = directory.people.membership(userId, organizationId)
  if (membership !== undefined && statusOf(membership) === 'INVITE_EXPIRED') refuseFull(environment, organizationId)
  const sent = invitations.resend(invitation)
  directory.people.setMembership(userId, organizationId, { expiresAt: sent.expiresAt })
  webhooks.happened({ type: 'user.organization_invitation', userId, organizationId })
  return sent
}

/** The seat limit counts members and open invitations. Which error Scalekit answers with is not documented. */
export function refuseFull({ directory }: Environment, organizationId: string): void {
  const { maxUsers = 0 } = directory.organization(organizationId) ?? {}
  const taken = directory.enlistedIn(organizationId).filter(({ memberships }) => {
    const membership = memberships.find(({ organization }) => organization === organizationId)
    return membership !== undefined && ['ACTIVE', 'PENDING_INVITE'].includes(statusOf(membership))
  })
  if (maxUsers === 0 || taken.length < maxUsers) return
  throw new RestError('FAILED_PRECONDITION', `the organization may have ${maxUsers} users at most`)
}

/** The link leads to an app that can be reached: the one that invites, else the first with an initiate login URI. */
function clientOf({ directory, firstClient }: Environment, caller: Client): string {
  const reachable = [caller, ...directory.clients].find(({ initiateLoginUri }) => initiateLoginUri !== undefined)
  return (reachable ?? firstClient).id
}
