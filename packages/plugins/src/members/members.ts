import type { ManagementClient } from '@scalegate/core/management'
import {
  definePlugin,
  isScalegateError,
  managementClient,
  type Plugin,
  PluginError,
  type PluginKit,
  type Session,
} from '@scalegate/core/plugin'
import { authority } from './authority.js'
import { type InvitationRequest, type Invited, invitationOf, inviterOf } from './invitation-request.js'
import { invite } from './invite.js'
import { checkedMailsPerHour, createMailCount, type MailsPerHour } from './mails-per-hour.js'
import { type MemberPage, memberPage } from './member.js'
import { aboutMember, isUserId, userIdOf } from './member-id.js'
import {
  type AssignableRoles,
  assertAllowed,
  type OrganizationRole,
  roleNames,
  roleRules,
  withinOwnPermissions,
} from './role-rules.js'
import { memberRoutes } from './routes.js'
import { createSubmissions } from './submissions.js'

export interface MembersOptions {
  /**
   * Which roles a person may give and take. @defaultValue the default role of members, and roles whose permissions the person
   * has all of; a role without permissions only if they have that role
   */
  readonly assignableRoles?: AssignableRoles
  /** Whether people may change their own roles, and leave. @defaultValue `refuse`, so that nobody locks themself out by a slip */
  readonly ownMembership?: 'refuse' | 'allow'
  readonly mailsPerHour?: MailsPerHour
}

/**
 * `auth.members`. Each helper acts in the organization of the session, as its person, by the rules of the routes; each may throw
 * PluginError session_stale (401), no_organization and forbidden (403), and ManagementError.
 */
export interface MembersApi {
  /** With `sk_org_users_read`. */
  list(session: Session, page?: { readonly pageSize?: number; readonly pageToken?: string }): Promise<MemberPage>
  /**
   * With `sk_org_users_invite`; other roles than the default one of members need `sk_org_users_role_change` as well.
   *
   * @throws PluginError email_invalid, text_invalid, roles_invalid, idempotency_key_invalid (400), role_not_allowed (403),
   * idempotency_key_reused (409), rate_limited (429)
   */
  invite(session: Session, request: InvitationRequest): Promise<Invited>
  /**
   * With `sk_org_users_invite`. The roles stay those of the invitation.
   *
   * @throws PluginError invitation_not_found (404), rate_limited (429)
   */
  resendInvitation(session: Session, userId: string): Promise<void>
  /**
   * With `sk_org_users_role_change`: all roles the member has from then on. Those that come and go must be assignable; the
   * others may stay. The member's sessions here ask Scalekit before they are believed again.
   *
   * @throws PluginError roles_invalid (400), role_not_allowed (403), member_not_found (404), own_membership (409)
   */
  changeRoles(session: Session, userId: string, roles: readonly string[]): Promise<void>
  /**
   * With `sk_org_users_delete`: ends a membership, or an invitation. All roles of the member must be assignable. Their sessions
   * in this organization end here at once. Who has no other membership is deleted by Scalekit.
   *
   * @throws PluginError role_not_allowed (403), member_not_found (404), own_membership (409)
   */
  remove(session: Session, userId: string): Promise<void>
  /** The roles this person may give, for a menu: the default one first, and alone without `sk_org_users_role_change`. */
  assignableRoles(session: Session): Promise<readonly OrganizationRole[]>
}

/**
 * Members as a plugin: `GET members`, `POST members/invite`, `members/resend-invite`, `members/change-roles` and `members/remove`,
 * and the helpers above.
 *
 * @throws TypeError for an option that is none.
 */
export function members(options: MembersOptions = {}): Plugin<'members', MembersApi> {
  const { assignableRoles = withinOwnPermissions, ownMembership = 'refuse' } = options
  const mailsPerHour = checkedMailsPerHour(options.mailsPerHour)
  if (typeof assignableRoles !== 'function') throw new TypeError('members({ assignableRoles }) must be a function.')
  if (ownMembership !== 'refuse' && ownMembership !== 'allow')
    throw new TypeError("members({ ownMembership }) must be 'refuse' or 'allow'.")
  return definePlugin({
    name: 'members',
    setUp(kit) {
      const scalekit = managementClient(kit)
      const api = membersApi({ kit, scalekit, assignable: assignableRoles, ownMembership, mailsPerHour })
      return { api, routes: memberRoutes(api) }
    },
  })
}

const noInvitation = ['management_not_found', 'management_rejected', 'management_conflict'] as const

function membersApi(input: {
  readonly kit: PluginKit
  readonly scalekit: () => ManagementClient
  readonly assignable: AssignableRoles
  readonly ownMembership: 'refuse' | 'allow'
  readonly mailsPerHour: Required<MailsPerHour>
}): MembersApi {
  const { kit, scalekit, assignable, ownMembership, mailsPerHour } = input
  const submissions = createSubmissions(kit)
  const countMail = createMailCount(kit, mailsPerHour)
  const rulesOf = (session: Session, organizationId: string) =>
    roleRules(scalekit(), { session, organizationId, assignable })
  const rolesOf = async (organizationId: string, userId: string) =>
    (await aboutMember(scalekit().roles.ofUser({ organizationId, userId }))).map(({ name }) => name)
  const otherMember = (session: Session, userId: string) => {
    const id = userIdOf(userId)
    if (id === session.user.id && ownMembership === 'refuse') throw ownMembershipRefused()
    return id
  }
  const mayChangeRoles = ({ permissions }: Session) => permissions.includes('sk_org_users_role_change')

  return {
    async list(session, { pageSize = 50, pageToken } = {}) {
      const organizationId = authority(session, 'sk_org_users_read')
      if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > 100) throw pageSizeRefused()
      const at = { pageSize, ...(pageToken === undefined ? {} : { pageToken }) }
      const page = await scalekit().users.list({ organizationId }).page(at)
      return memberPage(page, organizationId, session.user.id)
    },
    async invite(session, request) {
      const organizationId = authority(session, 'sk_org_users_invite')
      const { key, ...person } = invitationOf(request)
      const { email, roles, userProfile } = person
      const content = JSON.stringify(person)
      // Without a key the same again within a moment is a second click; with one it may come back much later.
      const same = key === undefined ? { id: content, seconds: 30 } : { id: key, seconds: 3600 }
      const name = JSON.stringify([organizationId, session.user.id, same.id])
      await submissions.once({ organizationId, name, content, seconds: same.seconds }, async () => {
        if (roles.length > 0) {
          const { allows, isDefault } = await rulesOf(session, organizationId)
          const changesRoles = mayChangeRoles(session)
          assertAllowed(roles, (role) => isDefault(role) || (changesRoles && allows(role)))
        }
        countMail(session, organizationId, email)
        const outcome = await invite(scalekit(), organizationId, {
          email,
          membership: { ...(roles.length === 0 ? {} : { roles }), ...inviterOf(session) },
          userProfile,
        })
        kit.report('member_invited', { outcome, roles: roles.length })
      })
      return { email }
    },
    async resendInvitation(session, userId) {
      const organizationId = authority(session, 'sk_org_users_invite')
      if (!isUserId(userId)) throw invitationNotFound()
      countMail(session, organizationId, userId)
      try {
        await scalekit().invitations.resend({ organizationId, userId })
      } catch (error) {
        // 404 for nobody, and 400 for one who has accepted: whoever asks need not know which.
        throw noInvitation.some((code) => isScalegateError(error, code)) ? invitationNotFound() : error
      }
      kit.report('invitation_sent_again')
    },
    async changeRoles(session, userId, roles) {
      const organizationId = authority(session, 'sk_org_users_role_change')
      const id = otherMember(session, userId)
      const wanted = roleNames(roles)
      if (wanted.length === 0) throw rolesMissing()
      const { allows, knows } = await rulesOf(session, organizationId)
      const current = await rolesOf(organizationId, id)
      const given = wanted.filter((role) => !current.includes(role))
      // A role that is gone from the list cannot be kept, whoever has it.
      const taken = current.filter((role) => !wanted.includes(role) && knows(role))
      assertAllowed([...given, ...taken], allows)
      if (given.length + taken.length === 0) return
      try {
        await aboutMember(scalekit().memberships.update({ organizationId, userId: id }, { roles: wanted }))
      } finally {
        // After a lost answer too: nobody knows what became of it.
        await kit.refreshSessions({ userId: id, organizationId })
      }
      kit.report('member_roles_changed', { given: given.length, taken: taken.length })
    },
    async remove(session, userId) {
      const organizationId = authority(session, 'sk_org_users_delete')
      const id = otherMember(session, userId)
      const current = await rolesOf(organizationId, id)
      if (current.length > 0) {
        const { allows, knows } = await rulesOf(session, organizationId)
        // Else whoever may remove members could remove those who stand above them.
        assertAllowed(current.filter(knows), allows)
      }
      try {
        await aboutMember(scalekit().memberships.delete({ organizationId, userId: id }))
      } catch (error) {
        await kit.refreshSessions({ userId: id, organizationId })
        throw error
      }
      // Whoever is invited again right away is to get a mail.
      await submissions.forget(organizationId)
      await kit.endSessions({ scope: 'member', at: kit.clock(), userId: id, organizationId })
      kit.report('member_removed')
    },
    async assignableRoles(session) {
      const permission = mayChangeRoles(session) ? 'sk_org_users_role_change' : 'sk_org_users_invite'
      const { roles, allows } = await rulesOf(session, authority(session, permission))
      const given = roles.filter(({ name, isDefault }) => (mayChangeRoles(session) ? allows(name) : isDefault))
      return given.toSorted((one, other) => Number(other.isDefault) - Number(one.isDefault))
    },
  }
}

function ownMembershipRefused(): PluginError {
  const title = 'This is your own membership. Somebody else has to change it.'
  return new PluginError({ code: 'own_membership', status: 409, title, field: 'user_id' })
}

function invitationNotFound(): PluginError {
  const title = 'There is no open invitation of theirs.'
  return new PluginError({ code: 'invitation_not_found', status: 404, title, field: 'user_id' })
}

function rolesMissing(): PluginError {
  return new PluginError({ code: 'roles_invalid', status: 400, title: 'A member has a role.', field: 'roles' })
}

function pageSizeRefused(): PluginError {
  const title = 'A page has 1 to 100 members.'
  return new PluginError({ code: 'page_size_invalid', status: 400, title, field: 'page_size' })
}
