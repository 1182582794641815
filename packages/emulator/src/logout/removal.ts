import type { Environment } from '../environment.js'
import { endMembership, endSession, endSessions } from './end-session.js'

/**
 * Takes somebody out of an organization: the webhooks of it, then the end of the sessions there, with notice to their
 * apps. Whoever belongs nowhere else has no account any more, as Scalekit documents it.
 */
export async function removeMembership(
  environment: Environment,
  userId: string,
  organizationId: string,
): Promise<void> {
  leave(environment, userId, organizationId)
  const ended = endMembership(environment, userId, organizationId)
  forgetStrangers(environment, [userId])
  await ended
}

/** Deletes an account, its memberships and its sessions. */
export async function removeUser(environment: Environment, userId: string): Promise<void> {
  const memberships = environment.directory.user(userId)?.memberships ?? []
  for (const { organization } of memberships) leave(environment, userId, organization)
  const ended = endSessions(environment, (session) => session.userId === userId)
  environment.directory.people.remove(userId)
  await ended
}

/** Deletes an organization, the memberships and sessions there, and the accounts of those who belong nowhere else. */
export async function removeOrganization(environment: Environment, organizationId: string): Promise<void> {
  const { directory, invitations } = environment
  const members = directory.enlistedIn(organizationId).map(({ id }) => id)
  for (const id of members) leave(environment, id, organizationId)
  const ended = endSessions(environment, (session) => session.authenticatedOrganizations.includes(organizationId))
  invitations.withdraw(organizationId)
  directory.connections.forget(organizationId)
  directory.domains.forget(organizationId)
  for (const { id } of environment.directories.of(organizationId)) environment.directories.remove(id)
  directory.customers.remove(organizationId)
  forgetStrangers(environment, members)
  await ended
}

/** Ends every live session of a person; gives those that it ended. */
export async function revokeSessions(environment: Environment, userId: string): Promise<readonly string[]> {
  const live = environment.sessions.all.filter((one) => one.userId === userId && environment.sessions.isLive(one))
  await Promise.all(live.map(({ id }) => endSession(environment, id, 'revoked')))
  return live.map(({ id }) => id)
}

function leave({ directory, invitations }: Environment, userId: string, organizationId: string): void {
  const email = directory.user(userId)?.email
  if (email !== undefined) invitations.withdraw(organizationId, email)
  directory.removeMember(userId, organizationId)
}

/** Last, since the events before are about these people. */
function forgetStrangers({ directory }: Environment, userIds: readonly string[]): void {
  for (const id of userIds) {
    if (directory.user(id)?.memberships.length === 0) directory.people.remove(id)
  }
}
