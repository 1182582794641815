import { type ManagementClient, ManagementError } from '@scalegate/core/management'
import type { Emulator } from '@scalegate/emulator'
import type { ScalekitClient, ScalekitServerException } from '@scalekit-sdk/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { custom, items, type Pair, seeded, startClients, withDirectory } from './clients.js'
import { plain } from './plain.js'

const { acme, globex, ada, max, connection } = seeded

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
describe('reads: both clients give the same values of the same emulator', () => {
  beforeAll(prepare)

  it.each<Pair>([
    [
      'an organization',
      async () => (await sdk.organization.getOrganization(acme)).organization,
      () => ours.organizations.get(acme),
    ],
    [
      'an organization by external id',
      async () => (await sdk.organization.getOrganizationByExternalId('acme')).organization,
      () => ours.organizations.getByExternalId('acme'),
    ],
    [
      'organizations',
      async () => (await sdk.organization.listOrganization({ pageSize: 10 })).organizations,
      () => items(ours.organizations.list()),
    ],
    [
      'a session policy',
      () => sdk.organization.getOrganizationSessionPolicy(acme),
      () => ours.organizations.getSessionPolicy(acme),
    ],
    ['a user', async () => (await sdk.user.getUser(ada)).user, () => ours.users.get(ada)],
    ['users', async () => (await sdk.user.listUsers({ pageSize: 10 })).users, () => items(ours.users.listAll())],
    [
      'users of an organization',
      async () => (await sdk.user.listOrganizationUsers(acme, { pageSize: 10 })).users,
      () => items(ours.users.list({ organizationId: acme })),
    ],
    [
      'a search',
      async () => (await sdk.user.searchUsers('ada@', 10)).users,
      () => items(ours.users.searchAll({ query: 'ada@' })),
    ],
    [
      'a search in an organization',
      async () => (await sdk.user.searchOrganizationUsers(acme, 'max', 10)).users,
      () => items(ours.users.search({ organizationId: acme, query: 'max' })),
    ],
    [
      'roles of a user',
      async () => (await sdk.user.listUserRoles(acme, ada)).roles,
      () => ours.roles.ofUser({ organizationId: acme, userId: ada }),
    ],
    [
      'permissions of a user',
      async () => (await sdk.user.listUserPermissions(acme, ada)).permissions,
      () => ours.permissions.ofUser({ organizationId: acme, userId: ada }),
    ],
    [
      'connections of an organization',
      async () => (await sdk.connection.listConnections(acme)).connections,
      () => ours.connections.list({ organizationId: acme }),
    ],
    [
      'connections by domain',
      async () => (await sdk.connection.listConnectionsByDomain('example.com')).connections,
      () => ours.connections.listByDomain({ domain: 'example.com' }),
    ],
    [
      'a connection',
      async () => (await sdk.connection.getConnection(acme, connection)).connection,
      () => ours.connections.get({ organizationId: acme, connectionId: connection }),
    ],
    [
      'domains',
      async () => (await sdk.domain.listDomains(acme)).domains,
      () => items(ours.domains.list({ organizationId: acme })),
    ],
    [
      'directories',
      async () => (await sdk.directory.listDirectories(acme)).directories,
      () => ours.directories.list({ organizationId: acme }),
    ],
    [
      'people of a directory',
      async () =>
        (await sdk.directory.listDirectoryUsers(acme, directory, { pageSize: 10, includeDetail: true })).users,
      () => items(ours.directories.users({ organizationId: acme, directoryId: directory, includeDetail: true })),
    ],
    [
      'groups of a directory',
      async () => (await sdk.directory.listDirectoryGroups(acme, directory, { pageSize: 10 })).groups,
      () => items(ours.directories.groups({ organizationId: acme, directoryId: directory })),
    ],
    ['roles', async () => (await sdk.role.listRoles()).roles, () => ours.roles.list()],
    [
      'roles of an organization',
      async () => (await sdk.role.listOrganizationRoles(acme)).roles,
      () => ours.organizationRoles.list({ organizationId: acme }),
    ],
    [
      'holders of a role',
      async () => Number((await sdk.role.getRoleUsersCount('member')).count),
      () => ours.roles.userCount('member'),
    ],
    [
      'permissions of a role',
      async () => (await sdk.permission.listRolePermissions('member')).permissions,
      () => ours.roles.permissions('member'),
    ],
    [
      'permissions',
      async () => (await sdk.permission.listPermissions(undefined, 10)).permissions,
      () => items(ours.permissions.list()),
    ],
  ])('%s', async (_, official, own) => {
    const answer = plain(await official())
    expect(plain(await own())).toEqual(answer)
    expect(JSON.stringify(answer)).not.toMatch(/^(\[\]|\{\}|0)$/)
  })
})

describe('refusals: both clients read the same error', () => {
  beforeAll(prepare)

  it.each<Pair>([
    ['nothing there', () => sdk.user.getUser('usr_1'), () => ours.users.get('usr_1')],
    [
      'taken',
      () => sdk.organization.createOrganization('A', { externalId: 'acme' }),
      () => ours.organizations.create({ displayName: 'A', externalId: 'acme' }),
    ],
    [
      'wrong',
      () => sdk.domain.createDomain(acme, 'gmail.com'),
      () => ours.domains.create({ organizationId: acme }, { domain: 'gmail.com' }),
    ],
    [
      'not now',
      () => sdk.organization.updateOrganizationSessionPolicy(globex, custom),
      () => ours.organizations.setSessionPolicy(globex, custom),
    ],
  ])('%s', async (_, official, own) => {
    const theirs = (await official().catch((error) => error)) as ScalekitServerException
    const error = (await own().catch((thrown) => thrown)) as ManagementError
    expect(error).toBeInstanceOf(ManagementError)
    expect([error.providerStatus, error.errorCode]).toEqual([theirs.httpStatus, theirs.errorCode])
    expect(theirs.message).toContain(error.providerMessage)
  })
})

describe('where the SDK errs and our client does not', () => {
  beforeEach(prepare)

  it('§10.3: the SDK drops the metadata of a new organization', async () => {
    const metadata = { plan: 'pro' }
    const theirs = await sdk.organization.createOrganization('A', { metadata } as object)
    expect(theirs.organization?.metadata).toEqual({})
    expect((await ours.organizations.create({ displayName: 'B', metadata })).metadata).toEqual(metadata)
  })

  it('§10.7: the SDK cannot give a new user roles', async () => {
    const wanted = { email: 'new@acme.test', membership: { roles: ['guest'] } }
    const theirs = await sdk.user.createUserAndMembership(acme, { ...wanted, sendInvitationEmail: false })
    const own = await ours.users.create({ organizationId: acme }, { ...wanted, email: 'newer@acme.test' })
    const roles = (user: { memberships?: readonly { roles?: readonly { name: string }[] }[] } | undefined) =>
      user?.memberships?.[0]?.roles?.map(({ name }) => name)
    expect([roles(theirs.user), roles(own)]).toEqual([['member'], ['guest']])
  })

  it('§10.7: the SDK takes all roles away when metadata of a membership changes', async () => {
    const change = { metadata: { desk: '7' } }
    const own = await ours.memberships.update({ organizationId: acme, userId: max }, change)
    expect(own.memberships?.[0]?.roles).toMatchObject([{ name: 'member' }])
    const theirs = await sdk.user.updateMembership(acme, max, change)
    expect(theirs.user?.memberships[0]?.roles).toEqual([])
  })

  it('§15.9: what the SDK gives cannot be sent as JSON', async () => {
    const theirs = await sdk.organization.getOrganization(acme)
    expect(() => JSON.stringify(theirs)).toThrow('BigInt')
    expect(JSON.stringify(await ours.organizations.get(acme))).toContain('"displayName":"Acme"')
  })
})
