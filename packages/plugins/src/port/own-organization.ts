import { PluginError, type Session } from '@scalegate/core/plugin'

/**
 * The organization this session acts in: whatever a plugin does, it does there.
 *
 * @throws PluginError no_organization (403)
 */
export function ownOrganization(session: Session): string {
  if (session.organizationId !== undefined) return session.organizationId
  throw new PluginError({
    code: 'no_organization',
    status: 403,
    title: 'You are signed in without an organization.',
  })
}

/**
 * @throws PluginError forbidden (403), for helpers that are called with a session and have no guard before them.
 */
export function assertPermission(session: Session, permission: Session['permissions'][number]): void {
  if (session.permissions.includes(permission)) return
  throw new PluginError({ code: 'forbidden', status: 403, title: 'You are signed in, but this is not open to you.' })
}
