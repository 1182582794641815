import type { Environment } from '../environment.js'
import { idOfName } from '../ids.js'
import type { Invitation } from '../state/invitations.js'
import { fullNameOf, type Membership, statusOf, type User } from '../state/people.js'
import { given, type Json } from './json.js'
import { timeOf, timeOrNull } from './time.js'

/** `usersUser`. */
export function userJson(environment: Environment, user: User): Json {
  const logins = environment.sessions.all.filter(({ userId }) => userId === user.id)
  const lastLogin = logins.length === 0 ? undefined : Math.max(...logins.map((one) => one.authenticatedAt))
  return {
    id: user.id,
    email: user.email,
    create_time: timeOf(user.createdAt),
    update_time: timeOf(user.updatedAt),
    ...(lastLogin === undefined ? {} : { last_login_time: timeOf(lastLogin) }),
    ...given('external_id', user.externalId),
    metadata: user.metadata ?? {},
    memberships: user.memberships.map((membership) => membershipJson(environment, user, membership)),
    user_profile: profileJson(user),
  }
}

/** `commonsOrganizationMembership`. */
function membershipJson({ directory }: Environment, user: User, membership: Membership): Json {
  const { organization: id, createdAt, acceptedAt, expiresAt, status } = membership
  const name = directory.organization(id)?.name ?? id
  return {
    organization_id: id,
    name,
    display_name: name,
    membership_status: statusOf(membership),
    roles: rolesJson(directory, membership.roles, id),
    permissions: directory.permissionsOf(user.id, id),
    metadata: membership.metadata ?? {},
    ...given('inviter_email', membership.inviterEmail),
    ...(status === 'PENDING_INVITE' ? {} : { join_time: timeOf(acceptedAt ?? createdAt) }),
    created_at: timeOf(createdAt),
    ...(acceptedAt === undefined ? {} : { accepted_at: timeOf(acceptedAt) }),
    ...(expiresAt === undefined ? {} : { expires_at: timeOf(expiresAt) }),
    provisioning_method: membership.provisioning ?? 'direct_provision',
  }
}

/** `commonsUserProfile`. */
function profileJson(user: User): Json {
  const { profile = {} } = user
  return {
    id: idOfName('usp', user.id),
    name: fullNameOf(user),
    given_name: user.givenName,
    family_name: user.familyName,
    email_verified: user.emailVerified ?? true,
    ...given('picture', user.picture),
    ...given('locale', user.locale),
    ...given('phone_number', profile.phoneNumber),
    phone_number_verified: false,
    ...given('preferred_username', profile.preferredUsername),
    ...given('gender', profile.gender),
    groups: profile.groups ?? [],
    custom_attributes: profile.customAttributes ?? {},
    metadata: profile.metadata ?? {},
    external_identities: [],
  }
}

/** `commonsRole` of each name. */
export function rolesJson(
  { roles }: Environment['directory'],
  names: readonly string[],
  organizationId: string,
): readonly Json[] {
  return names.map((name) => {
    const role = roles.find(name, organizationId)
    return { id: role?.id ?? idOfName('role', name), name, display_name: role?.displayName ?? name }
  })
}

/** `usersPermission` of everything that somebody may do. The `sk_*` are always here, whatever the token shows. */
export function permissionsJson({ directory }: Environment, userId: string, organizationId: string): readonly Json[] {
  return directory.permissionsOf(userId, organizationId).map((name) => {
    const permission = directory.roles.permission(name)
    return { id: permission?.id ?? idOfName('perm', name), name, description: permission?.description ?? name }
  })
}

/** `usersInvite`. */
export function inviteJson(invitation: Invitation, status: string): Json {
  const { organizationId, userId, inviterEmail } = invitation
  return {
    organization_id: organizationId,
    ...given('user_id', userId),
    ...given('inviter_email', inviterEmail),
    status,
    created_at: timeOf(invitation.createdAt),
    expires_at: timeOf(invitation.expiresAt),
    resent_at: timeOrNull(invitation.resentAt),
    resent_count: invitation.resentCount,
  }
}
