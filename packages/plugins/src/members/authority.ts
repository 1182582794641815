import type { Session } from '@scalegate/core/plugin'
import { assertPermission, ownOrganization } from '../port/own-organization.js'

/**
 * The organization this session may do something in: its own one.
 *
 * @throws PluginError session_stale (401), no_organization, forbidden (403)
 */
export function authority(session: Session, permission: Session['permissions'][number]): string {
  assertPermission(session, permission)
  return ownOrganization(session)
}
