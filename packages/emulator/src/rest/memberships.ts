import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { removeMembership } from '../logout/removal.js'
import { type Membership, statusOf } from '../state/people.js'
import { readBody } from './body.js'
import type { Managed } from './caller.js'
import { existing, invalid, RestError } from './errors.js'
import { list, message, text } from './fields.js'
import { invite, refuseFull, resend } from './invite.js'
import { organizationOf } from './organizations.js'
import { flagOf } from './query.js'
import { createUserShape, membershipShape, profileOf, type RoleReference } from './user-body.js'
import { inviteJson, permissionsJson, rolesJson, userJson } from './user-json.js'
import { refuseExternalTwin, userOf, userPaths } from './users.js'

const assignShape = list(message({ id: text(), role_name: text({ max: 100 }) }))

/** Where people belong, how they are invited there, and what they may do. */
export function membershipRoutes(environment: Environment): Hono<Managed> {
  const app = new Hono<Managed>()
  const answer = (c: Context, userId: string, status: 200 | 201 = 200) =>
    c.json({ user: userJson(environment, existing(environment.directory.user(userId), 'user')) }, status)

  app.post('/organizations/:organization/users', async (c) => {
    const { id: organizationId } = organizationOf(environment, c.req.param('organization'))
    const isInvited = flagOf(c, 'send_invitation_email') ?? true
    const body = await readBody(c, createUserShape, 'user')
    const roles = rolesOf(environment, organizationId, body.membership?.roles, 'user.membership.roles')
    if (environment.directory.userByEmail(body.email) !== undefined) {
      throw new RestError('ALREADY_EXISTS', 'a user with this email exists')
    }
    refuseExternalTwin(environment, body.external_id)
    refuseFull(environment, organizationId)
    const { id } = environment.directory.addUser({
      email: body.email,
      ...profileOf(body.user_profile),
      emailVerified: false,
      externalId: body.external_id || undefined,
      metadata: body.metadata,
    })
    const place = { userId: id, organizationId, roles, body: body.membership ?? {}, isInvited }
    invite(environment, { ...place, caller: c.var.caller })
    return answer(c, id, 201)
  })

  for (const path of userPaths) {
    const address = `/memberships/organizations/:organization/${path}` as const
    app.post(address, async (c) => {
      const { id: organizationId } = organizationOf(environment, c.req.param('organization'))
      const { id: userId } = userOf(environment, c)
      const isInvited = flagOf(c, 'send_invitation_email') ?? true
      const body = await readBody(c, membershipShape, 'membership')
      const roles = rolesOf(environment, organizationId, body.roles, 'membership.roles')
      if (environment.directory.people.membership(userId, organizationId) !== undefined) {
        throw new RestError('ALREADY_EXISTS', 'the user has a membership in this organization')
      }
      refuseFull(environment, organizationId)
      invite(environment, { userId, organizationId, roles, body, isInvited, caller: c.var.caller })
      return answer(c, userId, 201)
    })
    app.patch(address, async (c) => {
      const { userId, organizationId, membership } = placeOf(environment, c)
      const body = await readBody(c, membershipShape, 'membership')
      const { membershipUpdateKeepsRoles: keeps } = environment.settings
      const kept = keeps && (body.roles ?? []).length === 0
      const roles = kept ? membership.roles : named(environment, organizationId, body.roles ?? [], 'membership.roles')
      environment.directory.people.setMembership(userId, organizationId, {
        roles,
        metadata: body.metadata ?? membership.metadata,
      })
      return answer(c, userId)
    })
    app.delete(address, async (c) => {
      const { userId, organizationId } = placeOf(environment, c)
      await removeMembership(environment, userId, organizationId)
      return c.json({})
    })
  }

  app.patch('/invites/organizations/:organization/users/:id/resend', (c) => {
    const { userId, organizationId, membership } = placeOf(environment, c)
    const invitation = existing(environment.invitations.latestOf(userId, organizationId), 'invitation')
    if (membership.status !== 'PENDING_INVITE') {
      throw new RestError('FAILED_PRECONDITION', 'the invitation is already accepted')
    }
    const sent = resend(environment, invitation, userId)
    const status = statusOf(existing(environment.directory.people.membership(userId, organizationId), 'membership'))
    return c.json({ invite: inviteJson(sent, status.toLowerCase()) })
  })

  const rights = '/organizations/:organization/users/:id' as const
  app.get(`${rights}/permissions`, (c) => {
    const { userId, organizationId } = placeOf(environment, c)
    return c.json({ permissions: permissionsJson(environment, userId, organizationId) })
  })
  app.get(`${rights}/roles`, (c) => {
    const { organizationId, membership } = placeOf(environment, c)
    return c.json({ roles: rolesJson(environment.directory, membership.roles, organizationId) })
  })
  // The next two are not in the OpenAPI description; the SDK has them.
  app.post(`${rights}/roles`, async (c) => {
    const { userId, organizationId, membership } = placeOf(environment, c)
    const wanted = (await readBody(c, assignShape, 'roles')).map(({ id, role_name: name }) => ({ id, name }))
    const added = named(environment, organizationId, wanted as readonly RoleReference[], 'roles')
    const roles = [...new Set([...membership.roles, ...added])]
    environment.directory.setMember(userId, organizationId, roles)
    return c.json({ roles: rolesJson(environment.directory, roles, organizationId) })
  })
  app.delete(`${rights}/roles/:role`, (c) => {
    const { userId, organizationId, membership } = placeOf(environment, c)
    const role = existing(
      membership.roles.find((name) => name === c.req.param('role')),
      'role of this user',
    )
    environment.directory.setMember(
      userId,
      organizationId,
      membership.roles.filter((name) => name !== role),
    )
    return c.json({})
  })
  return app
}

interface Place {
  readonly userId: string
  readonly organizationId: string
  readonly membership: Membership
}

/** The membership that a path names, of whatever status. */
function placeOf(environment: Environment, c: Context): Place {
  const { id: organizationId } = organizationOf(environment, c.req.param('organization') ?? '')
  const { id: userId } = userOf(environment, c)
  const membership = existing(environment.directory.people.membership(userId, organizationId), 'membership')
  return { userId, organizationId, membership }
}

/** The roles of a new membership; without any the one for new members. */
function rolesOf(
  environment: Environment,
  organizationId: string,
  references: readonly RoleReference[] = [],
  path: string,
): readonly string[] {
  if (references.length === 0) return [environment.directory.memberRole(organizationId)]
  return named(environment, organizationId, references, path)
}

/** Names of roles, each of which must be one of the environment's or of this organization's. */
function named(
  { directory }: Environment,
  organizationId: string,
  references: readonly RoleReference[],
  path: string,
): readonly string[] {
  const names = references.map(({ id, name }, index) => {
    const known = directory.roles.of(organizationId)
    const role = known.find((one) => (name === undefined ? one.id === id : one.name === name))
    if (role !== undefined) return role.name
    const description = `names no role of this organization: ${name ?? id ?? ''}`
    throw invalid({ field: `${path}[${index}].name`, constraint: 'exists', description })
  })
  return [...new Set(names)]
}
