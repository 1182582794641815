import { create } from '@bufbuild/protobuf'
import type { ManagementClient } from '@scalegate/core/management'
import type { Emulator } from '@scalegate/emulator'
import type { ScalekitClient } from '@scalekit-sdk/node'
import { CreateRoleSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/roles/roles_pb.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { custom, items, type Pair, seeded, startClients, withDirectory } from './clients.js'
import { type Masks, plain } from './plain.js'

const { acme, globex, ada, max, connection } = seeded
const newUser = { email: 'new@acme.test', externalId: 'ext-1', metadata: { team: 'a' } }
const profile = { userProfile: { firstName: 'New', lastName: 'Person' } }

let emulator: Emulator
let sdk: ScalekitClient
let ours: ManagementClient
let directory: string

beforeAll(async () => {
  const clients = await startClients()
  emulator = clients.emulator
  sdk = clients.sdk
  ours = clients.ours
})
afterAll(() => emulator.stop())

const prepare = async () => {
  directory = await withDirectory(emulator)
}

describe('changes: both clients leave and tell the same, each from the same start', () => {
  const masks: Masks = { ids: true, times: true }

  it.each<Pair>([
    [
      'a new organization',
      async () =>
        (await sdk.organization.createOrganization('Hooli', { externalId: 'hooli', slug: 'hooli' })).organization,
      () => ours.organizations.create({ displayName: 'Hooli', externalId: 'hooli', slug: 'hooli' }),
    ],
    [
      'an organization updated',
      async () =>
        (await sdk.organization.updateOrganization(acme, { displayName: 'A', metadata: { plan: 'pro' } })).organization,
      () => ours.organizations.update(acme, { displayName: 'A', metadata: { plan: 'pro' } }),
    ],
    [
      'features set',
      async () =>
        (
          await sdk.organization.updateOrganizationSettings(globex, {
            features: [
              { name: 'dir_sync', enabled: true },
              { name: 'sso', enabled: false },
            ],
          })
        ).organization,
      () => ours.organizations.setFeatures(globex, { dir_sync: true, sso: false }),
    ],
    [
      'a session policy',
      () => sdk.organization.updateOrganizationSessionPolicy(acme, custom),
      () => ours.organizations.setSessionPolicy(acme, custom),
    ],
    [
      'seats',
      () => sdk.organization.upsertUserManagementSettings(acme, { maxAllowedUsers: 9 }),
      () => ours.organizations.setUserManagement(acme, { maxAllowedUsers: 9 }),
    ],
    ['an organization deleted', () => sdk.organization.deleteOrganization(acme), () => ours.organizations.delete(acme)],
    [
      'a user created',
      async () =>
        (await sdk.user.createUserAndMembership(acme, { ...newUser, ...profile, sendInvitationEmail: false })).user,
      () =>
        ours.users.create(
          { organizationId: acme },
          { ...newUser, userProfile: { givenName: 'New', familyName: 'Person' } },
        ),
    ],
    [
      'a user invited',
      async () => (await sdk.user.createUserAndMembership(acme, newUser)).user,
      () => ours.users.invite({ organizationId: acme }, newUser),
    ],
    [
      'a user updated',
      async () => (await sdk.user.updateUser(ada, { userProfile: { firstName: 'Adele', lastName: 'Admin' } })).user,
      () => ours.users.update(ada, { userProfile: { givenName: 'Adele', familyName: 'Admin' } }),
    ],
    ['a user deleted', () => sdk.user.deleteUser(ada), () => ours.users.delete(ada)],
    [
      'a membership',
      async () =>
        (await sdk.user.createMembership(globex, ada, { roles: ['member'], sendInvitationEmail: false })).user,
      () => ours.memberships.create({ organizationId: globex, userId: ada }, { roles: ['member'] }),
    ],
    [
      'other roles',
      async () => (await sdk.user.updateMembership(acme, max, { roles: ['guest'], metadata: { desk: '7' } })).user,
      () =>
        ours.memberships.update({ organizationId: acme, userId: max }, { roles: ['guest'], metadata: { desk: '7' } }),
    ],
    [
      'a membership ended',
      () => sdk.user.deleteMembership(acme, max),
      () => ours.memberships.delete({ organizationId: acme, userId: max }),
    ],
    [
      'a connection disabled',
      () => sdk.connection.disableConnection(acme, connection),
      () => ours.connections.disable({ organizationId: acme, connectionId: connection }),
    ],
    [
      'a domain',
      async () => (await sdk.domain.createDomain(acme, 'acme.test', { domainType: 'ALLOWED_EMAIL_DOMAIN' })).domain,
      () => ours.domains.create({ organizationId: acme }, { domain: 'acme.test', domainType: 'ALLOWED_EMAIL_DOMAIN' }),
    ],
    [
      'a directory disabled',
      () => sdk.directory.disableDirectory(acme, directory),
      () => ours.directories.disable({ organizationId: acme, directoryId: directory }),
    ],
    [
      'a role',
      async () =>
        (
          await sdk.role.createRole(
            create(CreateRoleSchema, { name: 'auditor', displayName: 'Auditor', permissions: ['projects:read'] }),
          )
        ).role,
      () => ours.roles.create({ name: 'auditor', displayName: 'Auditor', permissions: ['projects:read'] }),
    ],
    [
      'permissions given to a role',
      async () => (await sdk.permission.addPermissionsToRole('guest', ['projects:create'])).permissions,
      () => ours.roles.addPermissions('guest', ['projects:create']),
    ],
  ])('%s', async (_, official, own) => {
    await prepare()
    const answer = plain(await official(), masks)
    const left = plain(await state(), masks)
    await prepare()
    expect(plain(await own(), masks)).toEqual(answer)
    expect(plain(await state(), masks)).toEqual(left)
  })

  /** What is there afterwards, as our client reads it; that it reads the same was seen above. */
  const state = async () => [
    await items(ours.organizations.list()),
    await items(ours.users.listAll()),
    await ours.roles.list({ include: 'permissions' }),
    await ours.connections.listAll({ include: 'all' }),
  ]
})
