import { scalekitPermissions } from './permissions.js'
import type { Seed, SeedClient } from './types.js'

/**
 * What the emulator starts with unless told otherwise. Identifiers are fixed, so that documents can print them.
 *
 * Member may view organization settings and members (Scalekit's documented default); Guest may view neither, so that
 * a refusal can be shown.
 */
export const defaultSeed: Seed = {
  environmentId: 'env_101000000000000001',
  clients: [exampleApp(1, 'Example App', 3000), exampleApp(2, 'Second App', 3001), exampleApp(3, 'Third App', 3002)],
  roles: [
    {
      name: 'admin',
      displayName: 'Admin',
      permissions: [...scalekitPermissions, 'projects:create', 'projects:read', 'projects:delete'],
    },
    {
      name: 'member',
      displayName: 'Member',
      permissions: ['sk_org_settings_read', 'sk_org_users_read', 'projects:create', 'projects:read'],
    },
    { name: 'guest', displayName: 'Guest', permissions: ['projects:read'] },
  ],
  creatorRole: 'admin',
  memberRole: 'member',
  organizations: [
    {
      id: 'org_102000000000000001',
      name: 'Acme',
      externalId: 'acme',
      domains: ['example.com'],
      connectionId: 'conn_103000000000000001',
      features: { sso: true, dir_sync: true, domain_verification: true, session_policy: true },
    },
    {
      id: 'org_102000000000000002',
      name: 'Globex',
      externalId: 'globex',
      domains: ['example.org'],
      connectionId: 'conn_103000000000000002',
      features: { sso: true, dir_sync: false, domain_verification: false, session_policy: false },
    },
    {
      id: 'org_102000000000000003',
      name: 'Initech',
      externalId: 'initech',
      domains: ['initech.test'],
      connectionId: 'conn_103000000000000003',
      features: { sso: true, dir_sync: false, domain_verification: false, session_policy: false },
      ssoRequired: true,
    },
  ],
  users: [
    {
      id: 'usr_104000000000000001',
      email: 'ada@acme.test',
      givenName: 'Ada',
      familyName: 'Admin',
      locale: 'en-GB',
      memberships: [{ organization: 'org_102000000000000001', roles: ['admin'] }],
    },
    {
      id: 'usr_104000000000000002',
      email: 'max@acme.test',
      givenName: 'Max',
      familyName: 'Member',
      memberships: [{ organization: 'org_102000000000000001', roles: ['member'] }],
    },
    {
      id: 'usr_104000000000000003',
      email: 'bea@globex.test',
      givenName: 'Bea',
      familyName: 'Both',
      memberships: [
        { organization: 'org_102000000000000002', roles: ['admin'] },
        { organization: 'org_102000000000000001', roles: ['member'] },
      ],
    },
    {
      id: 'usr_104000000000000004',
      email: 'gil@acme.test',
      givenName: 'Gil',
      familyName: 'Guest',
      memberships: [{ organization: 'org_102000000000000001', roles: ['guest'] }],
    },
    {
      id: 'usr_104000000000000005',
      email: 'ivy@acme.test',
      givenName: 'Ivy',
      familyName: 'Initech',
      memberships: [
        { organization: 'org_102000000000000001', roles: ['member'] },
        { organization: 'org_102000000000000003', roles: ['admin'] },
      ],
    },
  ],
  machines: [
    {
      id: 'm2morg_106000000000000001',
      secret: 'test_machine_secret_not_for_production',
      name: 'Acme robot',
      organization: 'org_102000000000000001',
      scopes: ['projects:read'],
      audience: ['https://api.example.test'],
    },
  ],
}

/** Apps of one environment share its sessions, and have a client each. */
function exampleApp(number: number, name: string, port: number): SeedClient {
  const [local, loopback] = [`http://localhost:${port}`, `http://127.0.0.1:${port}`]
  return {
    id: `skc_10100000000000000${number}`,
    secret: 'test_emulator_secret_not_for_production',
    name,
    redirectUris: [`${loopback}/auth/callback`, `${local}/auth/callback`],
    postLogoutRedirectUris: [`${loopback}/`, `${local}/`],
    backchannelLogoutUri: `${local}/auth/backchannel-logout`,
    initiateLoginUri: `${local}/auth/login`,
  }
}
