import type { Session } from '@scalegate/core/permissions'

/** An admin. */
export const ada: Session = {
  user: { id: 'usr_1', email: 'ada@acme.test', emailVerified: true, name: 'Ada Admin' },
  organizationId: 'org_1',
  roles: ['admin'],
  permissions: ['projects:create', 'sk_org_sso_manage', 'sk_org_users_read'],
  claims: {},
  loggedInAt: 0,
  expiresAt: 86_400,
  stale: false,
}

/** A guest. */
export const gil: Session = {
  ...ada,
  user: { id: 'usr_2', email: 'gil@acme.test', emailVerified: true, name: 'Gil Guest' },
  roles: ['guest'],
  permissions: [],
}
