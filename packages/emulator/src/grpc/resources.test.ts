import { create } from '@bufbuild/protobuf'
import {
  CreateOrganizationRoleSchema,
  CreatePermissionSchema,
  CreateRoleSchema,
  UpdateRoleSchema,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/roles/roles_pb.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { connections, organizations, startBuilt } from '../test/emulator.js'
import { officialSdk, thrown } from '../test/grpc.js'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const sdk = () => officialSdk(emulator)
const notFound = ['ScalekitNotFoundException', 'NOT_FOUND', 404]
const badRequest = ['ScalekitBadRequestException', 'INVALID_ARGUMENT', 400]
const conflict = ['ScalekitConflictException', 'ALREADY_EXISTS', 409]

describe("connections by Scalekit's own SDK", () => {
  it('lists of an organization and by domain, gets, disables, enables and deletes', async () => {
    const { connection: client } = sdk()
    const { connections: listed } = await client.listConnections(organizations.acme)
    // ConnectionType, ConnectionStatus.COMPLETED.
    expect(listed).toMatchObject([
      { id: connections.acme, organizationId: organizations.acme, enabled: true, status: 3 },
    ])
    expect((await client.listConnectionsByDomain('example.com')).connections.map(({ id }) => id)).toEqual([
      connections.acme,
    ])
    expect((await client.listConnectionsByDomain('nowhere.test')).connections).toEqual([])
    expect((await client.getConnection(organizations.acme, connections.acme)).connection).toMatchObject({
      id: connections.acme,
    })

    expect(await client.disableConnection(organizations.acme, connections.acme)).toMatchObject({ enabled: false })
    expect((await client.listConnections(organizations.acme)).connections).toEqual([])
    expect(await client.enableConnection(organizations.acme, connections.acme)).toMatchObject({ enabled: true })
    expect(await thrown(client.getConnection(organizations.globex, connections.acme))).toEqual(notFound)
    await client.deleteConnection(organizations.acme, connections.acme)
    expect(await thrown(client.enableConnection(organizations.acme, connections.acme))).toEqual(notFound)
  })
})

describe("domains by Scalekit's own SDK", () => {
  it('creates, lists by type, gets and deletes', async () => {
    const { domain: client } = sdk()
    const created = await client.createDomain(organizations.acme, 'acme.test', { domainType: 'ALLOWED_EMAIL_DOMAIN' })
    const id = created.domain?.id ?? ''
    expect(created.domain).toMatchObject({ domain: 'acme.test', organizationId: organizations.acme, domainType: 1 })
    expect((await client.getDomain(organizations.acme, id)).domain).toMatchObject({ id, domain: 'acme.test' })
    const names = async (domainType?: 'ALLOWED_EMAIL_DOMAIN' | 'ORGANIZATION_DOMAIN') =>
      (await client.listDomains(organizations.acme, domainType && { domainType })).domains.map(({ domain }) => domain)
    expect(await names('ALLOWED_EMAIL_DOMAIN')).toEqual(['acme.test'])
    expect(await names('ORGANIZATION_DOMAIN')).toEqual(['example.com'])
    expect((await names()).sort()).toEqual(['acme.test', 'example.com'])
    await client.deleteDomain(organizations.acme, id)
    expect(await thrown(client.getDomain(organizations.acme, id))).toEqual(notFound)
    expect(await thrown(client.createDomain(organizations.acme, 'gmail.com'))).toEqual(badRequest)
    expect(await thrown(client.createDomain(organizations.globex, 'example.com'))).toEqual(conflict)
  })
})

describe("directories by Scalekit's own SDK", () => {
  it('lists, gets, disables and enables, and reads the people and groups', async () => {
    const { directory: client } = sdk()
    expect((await client.listDirectories(organizations.acme)).directories).toEqual([])
    await expect(client.getPrimaryDirectoryByOrganizationId(organizations.acme)).rejects.toBe(
      'directory does not exist for organization',
    )
    const { id } = await emulator.control.directories.add({ organizationId: organizations.acme })
    const users: string[] = []
    for (let number = 1; number <= 3; number += 1) {
      const email = `person${number}@example.com`
      users.push(
        await emulator.control.directories.addUser(id, { email, givenName: 'Person', familyName: `${number}` }),
      )
    }
    const group = await emulator.control.directories.addGroup(id, { displayName: 'Staff', members: users.slice(0, 2) })

    const { directory } = await client.getDirectory(organizations.acme, id)
    expect(directory).toMatchObject({ id, organizationId: organizations.acme, enabled: true })
    expect((await client.getPrimaryDirectoryByOrganizationId(organizations.acme)).id).toBe(id)
    const first = await client.listDirectoryUsers(organizations.acme, id, { pageSize: 2 })
    const second = await client.listDirectoryUsers(organizations.acme, id, {
      pageSize: 2,
      pageToken: first.nextPageToken,
    })
    expect([...first.users, ...second.users].map((user) => user.id).sort()).toEqual(users.sort())
    expect(first.users[0]).toMatchObject({
      givenName: 'Person',
      email: expect.stringMatching(/^person\d@example\.com$/),
    })
    const ofGroup = await client.listDirectoryUsers(organizations.acme, id, {
      directoryGroupId: group,
      includeDetail: true,
    })
    expect([ofGroup.users.length, ofGroup.totalSize]).toEqual([2, 2])
    const later = { updatedAfter: new Date(Date.now() + 3_600_000).toISOString() }
    expect((await client.listDirectoryUsers(organizations.acme, id, later)).users).toEqual([])
    const { groups } = await client.listDirectoryGroups(organizations.acme, id, { includeDetail: true })
    expect(groups).toMatchObject([{ id: group, displayName: 'Staff', totalUsers: 2 }])

    expect(await client.disableDirectory(organizations.acme, id)).toMatchObject({ enabled: false })
    expect(await client.enableDirectory(organizations.acme, id)).toMatchObject({ enabled: true })
    expect(await thrown(client.getDirectory(organizations.globex, id))).toEqual(notFound)
    const odd = client.listDirectoryUsers(organizations.acme, id, { pageToken: 'nonsense' })
    expect(await thrown(odd)).toEqual(badRequest)
  })
})

describe("roles and permissions by Scalekit's own SDK", () => {
  it('creates, extends, updates and deletes roles', async () => {
    const { role: client } = sdk()
    const wanted = { name: 'auditor', displayName: 'Auditor', description: 'Reads', permissions: ['projects:read'] }
    const { role } = await client.createRole(create(CreateRoleSchema, { ...wanted, extends: 'guest' }))
    expect(role).toMatchObject({ name: 'auditor', displayName: 'Auditor', description: 'Reads', extends: 'guest' })
    expect((await client.getRole('auditor')).role).toMatchObject({ name: 'auditor' })
    expect((await client.listRoles()).roles.map(({ name }) => name)).toContain('auditor')
    expect((await client.listDependentRoles('guest')).roles.map(({ name }) => name)).toEqual(['auditor'])
    await client.deleteRoleBase('auditor')
    const changed = await client.updateRole('auditor', create(UpdateRoleSchema, { displayName: 'Inspector' }))
    expect(changed.role?.displayName).toBe('Inspector')
    expect(Number((await client.getRoleUsersCount('guest')).count)).toBe(1)
    await client.deleteRole('auditor')
    expect(await thrown(client.getRole('auditor'))).toEqual(notFound)
    expect(await thrown(client.createRole(create(CreateRoleSchema, { name: 'admin', displayName: 'Admin' })))).toEqual(
      conflict,
    )
    expect(await thrown(client.createRole(create(CreateRoleSchema, { name: 'no spaces', displayName: 'X' })))).toEqual(
      badRequest,
    )
  })

  it('has roles of an organization', async () => {
    const { role: client } = sdk()
    const wanted = { name: 'acme_only', displayName: 'Acme only', permissions: ['projects:read'] }
    expect(
      (await client.createOrganizationRole(organizations.acme, create(CreateOrganizationRoleSchema, wanted))).role
        ?.name,
    ).toBe('acme_only')
    expect((await client.getOrganizationRole(organizations.acme, 'acme_only')).role).toMatchObject({ isOrgRole: true })
    expect((await client.listOrganizationRoles(organizations.acme)).roles.map(({ name }) => name)).toContain(
      'acme_only',
    )
    await client.deleteOrganizationRole(organizations.acme, 'acme_only')
    expect(await thrown(client.getOrganizationRole(organizations.acme, 'acme_only'))).toEqual(notFound)
  })

  it('has permissions, and gives them to roles', async () => {
    const { permission: client } = sdk()
    const { permission } = await client.createPermission(
      create(CreatePermissionSchema, { name: 'reports:read', description: 'Reads reports' }),
    )
    expect(permission).toMatchObject({ name: 'reports:read', description: 'Reads reports' })
    await client.updatePermission(
      'reports:read',
      create(CreatePermissionSchema, { name: 'reports:read', description: 'Reads all' }),
    )
    expect((await client.getPermission('reports:read')).permission?.description).toBe('Reads all')
    await client.addPermissionsToRole('guest', ['reports:read'])
    const names = async () => (await client.listRolePermissions('guest')).permissions.map(({ name }) => name).sort()
    expect(await names()).toEqual(['projects:read', 'reports:read'])
    expect((await client.listEffectiveRolePermissions('guest')).permissions).toHaveLength(2)
    await client.removePermissionFromRole('guest', 'reports:read')
    expect(await names()).toEqual(['projects:read'])
    await client.deletePermission('reports:read')
    expect(await thrown(client.getPermission('reports:read'))).toEqual(notFound)
    const page = await client.listPermissions(undefined, 2)
    expect([page.permissions.length, page.nextPageToken]).toEqual([2, expect.stringMatching(/./)])
  })
})
