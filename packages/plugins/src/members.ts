/**
 * The members of the caller's own organization: who they are, invitations, roles and removal.
 *
 * @packageDocumentation
 */
export type { InvitationRequest, Invited } from './members/invitation-request.js'
export type { MailsPerHour } from './members/mails-per-hour.js'
export type { Member, MemberPage } from './members/member.js'
export { type MembersApi, type MembersOptions, members } from './members/members.js'
export type { AssignableRoles, OrganizationRole } from './members/role-rules.js'
