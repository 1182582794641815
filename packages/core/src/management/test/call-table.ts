import type { ManagementClient } from '../client.js'

const organizationId = 'org_1'
const userId = 'usr_1'
const inOrganization = { organizationId, userId }
const connection = { organizationId, connectionId: 'conn_1' }
const domain = { organizationId, domainId: 'dom_1' }
const directory = { organizationId, directoryId: 'dir_1' }
const organizationRole = { organizationId, roleName: 'editor' }
const metadata = { snake_key: 'a', camelKey: 'b' }
const organization = {
  displayName: 'Acme',
  externalId: 'acme',
  metadata,
  slug: 'acme',
  logoUrl: 'https://acme.example',
}
const membership = { roles: ['admin'], metadata, inviterEmail: 'ada@corp.example' }
const userProfile = {
  givenName: 'Ada',
  familyName: 'Admin',
  name: 'Ada Admin',
  phoneNumber: '+1',
  picture: 'https://acme.example/ada',
  locale: 'en',
  preferredUsername: 'ada',
  gender: 'x',
  groups: ['a'],
  customAttributes: metadata,
  metadata,
}
const changes = { externalId: 'ada', metadata, userProfile }
const user = { ...changes, email: 'ada@corp.example', membership }
const role = { name: 'editor', displayName: 'Editor', description: 'edits', extends: 'viewer', permissions: ['a:b'] }
const { name: _name, ...roleChanges } = role
const policy = {
  policySource: 'CUSTOM',
  absoluteSessionTimeout: 60,
  absoluteSessionTimeoutUnit: 'MINUTES',
  idleSessionTimeoutEnabled: true,
  idleSessionTimeout: 5,
  idleSessionTimeoutUnit: 'MINUTES',
}
const page = { pageSize: 10, pageToken: 'next' }
const updatedAfter = new Date(0)

type Calls = { readonly [R in keyof ManagementClient]: { readonly [M in keyof ManagementClient[R]]: Call } }
type Call = (client: ManagementClient) => Promise<unknown>

/** Every method of the client with everything it can be given. One that is missing here does not compile. */
const everyCall: Calls = {
  organizations: {
    create: (c) => c.organizations.create(organization),
    list: (c) => c.organizations.list({ externalId: 'acme' }).page(page),
    get: (c) => c.organizations.get(organizationId),
    getByExternalId: (c) => c.organizations.getByExternalId('acme'),
    update: (c) => c.organizations.update(organizationId, organization),
    delete: (c) => c.organizations.delete(organizationId),
    setFeatures: (c) => c.organizations.setFeatures(organizationId, { sso: true, dir_sync: false }),
    getSessionPolicy: (c) => c.organizations.getSessionPolicy(organizationId),
    setSessionPolicy: (c) => c.organizations.setSessionPolicy(organizationId, policy),
    setUserManagement: (c) => c.organizations.setUserManagement(organizationId, { maxAllowedUsers: 5 }),
    portalLink: (c) => c.organizations.portalLink(organizationId, { features: ['sso', 'dir_sync'] }),
  },
  connections: {
    list: (c) => c.connections.list({ organizationId }, { include: 'all' }),
    listByDomain: (c) => c.connections.listByDomain({ domain: 'acme.example' }),
    listAll: (c) => c.connections.listAll(),
    get: (c) => c.connections.get(connection),
    enable: (c) => c.connections.enable(connection),
    disable: (c) => c.connections.disable(connection),
    delete: (c) => c.connections.delete(connection),
  },
  domains: {
    list: (c) => c.domains.list({ organizationId, domainType: 'ORGANIZATION_DOMAIN' }).page({ pageSize: 10 }),
    create: (c) => c.domains.create({ organizationId }, { domain: 'acme.example', domainType: 'ORGANIZATION_DOMAIN' }),
    get: (c) => c.domains.get(domain),
    delete: (c) => c.domains.delete(domain),
  },
  directories: {
    list: (c) => c.directories.list({ organizationId }),
    get: (c) => c.directories.get(directory),
    primary: (c) => c.directories.primary({ organizationId }),
    enable: (c) => c.directories.enable(directory),
    disable: (c) => c.directories.disable(directory),
    users: (c) =>
      c.directories
        .users({ ...directory, updatedAfter, includeDetail: true, directoryGroupId: 'dirgroup_1' })
        .page(page),
    groups: (c) =>
      c.directories.groups({ ...directory, updatedAfter, includeDetail: true, includeExternalGroups: true }).page(page),
  },
  users: {
    create: (c) => c.users.create({ organizationId }, user),
    invite: (c) => c.users.invite({ organizationId }, user),
    list: (c) => c.users.list({ organizationId }).page(page),
    listAll: (c) => c.users.listAll().page(page),
    search: (c) => c.users.search({ organizationId, query: 'ada' }).page(page),
    searchAll: (c) => c.users.searchAll({ query: 'ada' }).page(page),
    get: (c) => c.users.get(userId),
    getByExternalId: (c) => c.users.getByExternalId('ada'),
    update: (c) => c.users.update(userId, changes),
    updateByExternalId: (c) => c.users.updateByExternalId('ada', changes),
    delete: (c) => c.users.delete(userId),
    deleteByExternalId: (c) => c.users.deleteByExternalId('ada'),
  },
  memberships: {
    create: (c) => c.memberships.create(inOrganization, membership),
    invite: (c) => c.memberships.invite({ organizationId, externalUserId: 'ada' }, membership),
    update: (c) => c.memberships.update(inOrganization, { roles: ['admin'], metadata }),
    delete: (c) => c.memberships.delete({ organizationId, externalUserId: 'ada' }),
  },
  invitations: { resend: (c) => c.invitations.resend(inOrganization) },
  roles: {
    list: (c) => c.roles.list({ include: 'permissions' }),
    get: (c) => c.roles.get('editor', { include: 'permissions:all' }),
    create: (c) => c.roles.create(role),
    update: (c) => c.roles.update('editor', roleChanges),
    delete: (c) => c.roles.delete('editor', { reassignRoleName: 'viewer' }),
    setDefaults: (c) => c.roles.setDefaults({ defaultCreatorRole: 'admin', defaultMemberRole: 'viewer' }),
    dependents: (c) => c.roles.dependents('editor'),
    userCount: (c) => c.roles.userCount('editor'),
    permissions: (c) => c.roles.permissions('editor'),
    effectivePermissions: (c) => c.roles.effectivePermissions('editor'),
    addPermissions: (c) => c.roles.addPermissions('editor', ['a:b']),
    removePermission: (c) => c.roles.removePermission('editor', 'a:b'),
    ofUser: (c) => c.roles.ofUser(inOrganization),
  },
  organizationRoles: {
    list: (c) => c.organizationRoles.list({ organizationId }, { include: 'permissions' }),
    get: (c) => c.organizationRoles.get(organizationRole, { include: 'permissions' }),
    create: (c) => c.organizationRoles.create({ organizationId }, role),
    update: (c) => c.organizationRoles.update(organizationRole, roleChanges),
    delete: (c) => c.organizationRoles.delete(organizationRole, { reassignRoleName: 'viewer' }),
    setDefaults: (c) => c.organizationRoles.setDefaults({ organizationId }, { defaultMemberRole: 'viewer' }),
  },
  permissions: {
    list: (c) => c.permissions.list({ type: 'SCALEKIT' }).page(page),
    get: (c) => c.permissions.get('a:b'),
    create: (c) => c.permissions.create({ name: 'a:b', description: 'does' }),
    update: (c) => c.permissions.update('a:b', { description: 'does' }),
    delete: (c) => c.permissions.delete('a:b'),
    ofUser: (c) => c.permissions.ofUser(inOrganization),
  },
  sessions: {
    get: (c) => c.sessions.get('ses_1'),
    list: (c) =>
      c.sessions
        .list({ userId, status: ['active', 'expired'], startTime: updatedAfter, endTime: '2026-01-01T00:00:00Z' })
        .page(page),
    revoke: (c) => c.sessions.revoke('ses_1'),
    revokeAll: (c) => c.sessions.revokeAll({ userId }),
  },
}

/** `organizations.create` and the call, for a table of tests. */
export const calls: readonly (readonly [string, Call])[] = Object.entries(everyCall).flatMap(([resource, methods]) =>
  Object.entries(methods).map(([method, call]) => [`${resource}.${method}`, call as Call] as const),
)
