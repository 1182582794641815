import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { officialSdk, thrown } from '../test/grpc.js'
import { session } from '../test/login.js'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const sdk = () => officialSdk(emulator)
const notFound = ['ScalekitNotFoundException', 'NOT_FOUND', 404]
const badRequest = ['ScalekitBadRequestException', 'INVALID_ARGUMENT', 400]
/** The number that protobuf gives a membership status. */
const ACTIVE = 1
const PENDING_INVITE = 3

describe("users by Scalekit's own SDK", () => {
  it('creates, gets, updates and deletes a user', async () => {
    const { user: client } = sdk()
    const userProfile = { firstName: 'New', lastName: 'Person' }
    const { user } = await client.createUserAndMembership(organizations.acme, {
      email: 'new@acme.test',
      externalId: 'ext-1',
      userProfile,
      metadata: { team: 'a' },
      sendInvitationEmail: false,
    })
    const id = user?.id ?? ''
    expect(user).toMatchObject({ email: 'new@acme.test', externalId: 'ext-1', metadata: { team: 'a' } })
    expect(user?.memberships).toMatchObject([{ organizationId: organizations.acme, membershipStatus: ACTIVE }])
    expect(user?.userProfile).toMatchObject({ givenName: 'New', familyName: 'Person' })
    expect((await client.getUser(id)).user).toEqual(user)
    expect((await client.getUserByExternalId('ext-1')).user).toEqual(user)

    const changed = await client.updateUser(id, { userProfile: { firstName: 'Newer', lastName: 'Person' } })
    expect(changed.user?.userProfile?.givenName).toBe('Newer')
    const again = await client.updateUserByExternalId('ext-1', { metadata: { team: 'b' } })
    expect(again.user?.metadata).toEqual({ team: 'b' })
    await client.deleteUserByExternalId('ext-1')
    expect(await thrown(client.getUser(id))).toEqual(notFound)
  })

  it('invites unless told otherwise, and resends the invitation', async () => {
    const { user: client } = sdk()
    const { user } = await client.createUserAndMembership(organizations.acme, { email: 'invited@acme.test' })
    expect(user?.memberships[0]?.membershipStatus).toBe(PENDING_INVITE)
    const { invite } = await client.resendInvite(organizations.acme, user?.id ?? '')
    expect(invite).toMatchObject({ userId: user?.id, organizationId: organizations.acme, resentCount: 1 })
    expect(await thrown(client.resendInvite(organizations.acme, people.ada))).toEqual(notFound)
    const taken = client.createUserAndMembership(organizations.acme, { email: 'invited@acme.test' })
    expect(await thrown(taken)).toEqual(['ScalekitConflictException', 'ALREADY_EXISTS', 409])
  })

  it('lists, of the environment and of an organization, and searches', async () => {
    const { user: client } = sdk()
    const all = await client.listUsers({ pageSize: 10 })
    expect([all.totalSize, all.users.map(({ id }) => id).sort()]).toEqual([5, Object.values(people)])
    const first = await client.listOrganizationUsers(organizations.acme, { pageSize: 3 })
    const second = await client.listOrganizationUsers(organizations.acme, {
      pageSize: 3,
      pageToken: first.nextPageToken,
    })
    expect([...first.users, ...second.users]).toHaveLength(5)
    expect((await client.searchUsers('ada@')).users.map(({ id }) => id)).toEqual([people.ada])
    expect((await client.searchOrganizationUsers(organizations.globex, 'bea')).users.map(({ id }) => id)).toEqual([
      people.bea,
    ])
    expect(await thrown(client.searchUsers('ad'))).toEqual(badRequest)
    expect(await thrown(client.listOrganizationUsers('org_1'))).toEqual(notFound)
  })

  it('adds to an organization, changes and removes', async () => {
    const { user: client } = sdk()
    const added = await client.createMembership(organizations.globex, people.ada, {
      roles: ['member'],
      sendInvitationEmail: false,
    })
    const globex = added.user?.memberships.find(({ organizationId }) => organizationId === organizations.globex)
    expect(globex).toMatchObject({ membershipStatus: ACTIVE, roles: [{ name: 'member' }] })
    await client.updateMembership(organizations.globex, people.ada, { roles: ['guest'] })
    expect((await client.listUserRoles(organizations.globex, people.ada)).roles.map(({ name }) => name)).toEqual([
      'guest',
    ])
    await client.deleteMembership(organizations.globex, people.ada)
    expect(await thrown(client.listUserRoles(organizations.globex, people.ada))).toEqual(notFound)
  })

  it('takes all roles away where the SDK is given none: it cannot leave a list out (§10.7)', async () => {
    const { user: client } = sdk()
    await client.updateMembership(organizations.acme, people.max, { metadata: { desk: '7' } })
    expect((await client.listUserRoles(organizations.acme, people.max)).roles).toEqual([])
  })

  it('gives roles and permissions of a member, and changes them', async () => {
    const { user: client } = sdk()
    await client.assignUserRoles(organizations.acme, people.max, ['guest'])
    expect((await client.listUserRoles(organizations.acme, people.max)).roles.map(({ name }) => name).sort()).toContain(
      'guest',
    )
    const { permissions } = await client.listUserPermissions(organizations.acme, people.max)
    expect(permissions.map(({ name }) => name)).toContain('sk_org_users_read')
    await client.removeUserRole(organizations.acme, people.max, 'guest')
    expect((await client.listUserRoles(organizations.acme, people.max)).roles.map(({ name }) => name)).not.toContain(
      'guest',
    )
    expect(await thrown(client.listUserPermissions(organizations.globex, people.max))).toEqual(notFound)
  })
})

describe("sessions by Scalekit's own SDK", () => {
  it('gets, lists by status and time, and revokes', async () => {
    const { session: client } = sdk()
    const sids: string[] = []
    for (let number = 0; number < 3; number += 1) {
      sids.push(String((await session(emulator, { user: people.ada })).id.sid))
    }
    const one = await client.getSession(sids[0] ?? '')
    expect(one).toMatchObject({
      sessionId: sids[0],
      userId: people.ada,
      organizationId: organizations.acme,
      status: 'active',
      authenticatedOrganizations: [organizations.acme],
      authenticatedClients: [{ clientId: emulator.clientId, organizationId: organizations.acme }],
    })
    expect(Number(one.createdAt?.seconds)).toBeGreaterThan(1_700_000_000)
    expect(one.logoutAt).toBeUndefined()

    const { revokedSession } = await client.revokeSession(sids[0] ?? '')
    expect(revokedSession).toMatchObject({ sessionId: sids[0], status: 'revoked' })
    const active = await client.getUserSessions(people.ada, { filter: { status: ['active'] } })
    expect([active.totalSize, active.sessions.map(({ sessionId }) => sessionId).sort()]).toEqual([
      2,
      sids.slice(1).sort(),
    ])
    const both = await client.getUserSessions(people.ada, {
      pageSize: 10,
      filter: { status: ['active', 'revoked'], startTime: new Date(0) },
    })
    expect(both.totalSize).toBe(3)
    const none = await client.getUserSessions(people.ada, { filter: { endTime: new Date(0) } as never })
    expect(none.totalSize).toBe(0)

    const all = await client.revokeAllUserSessions(people.ada)
    expect([all.totalRevoked, all.revokedSessions.map(({ status }) => status)]).toEqual([2, ['revoked', 'revoked']])
    expect(await thrown(client.getSession('ses_1'))).toEqual(notFound)
    expect(await thrown(client.revokeSession('ses_1'))).toEqual(notFound)
  })
})
