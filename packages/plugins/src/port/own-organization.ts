import { hasPermission, PluginError, type Session } from '@scalegate/core/plugin'

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
 * For helpers that are called with a session and may have no guard before them. Nothing is decided from a session that
 * should have been refreshed and could not be: a permission that was taken away would still be in it.
 *
 * @throws PluginError session_stale (401), forbidden (403)
 */
export function assertPermission(session: Session, permission: Session['permissions'][number]): void {
  if (session.stale) {
    const title = 'This page could not make sure what you may do. Load it again.'
    throw new PluginError({ code: 'session_stale', status: 401, title })
  }
  if (hasPermission(session.permissions, permission)) return
  throw new PluginError({ code: 'forbidden', status: 403, title: 'You are signed in, but this is not open to you.' })
}
