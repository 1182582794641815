import { isScalegateError, PluginError, type ScalegateError, type Session } from '@scalegate/core/plugin'
import { assertPermission, ownOrganization } from '../port/own-organization.js'

/**
 * The organization this session may do something in: its own one.
 *
 * @throws PluginError session_stale (401), no_organization, forbidden (403)
 */
export function authority(session: Session, permission: Session['permissions'][number]): string {
  if (session.stale) {
    const title = 'This page could not make sure what you may do. Load it again.'
    throw new PluginError({ code: 'session_stale', status: 401, title })
  }
  assertPermission(session, permission)
  return ownOrganization(session)
}

/** Nothing that is no id is asked about. */
export function isUserId(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value)
}

/** @throws PluginError member_not_found (404) */
export function userIdOf(value: unknown): string {
  if (isUserId(value)) return value
  throw memberNotFound()
}

/** The same for somebody of another organization, nobody at all, and what is no id. */
function memberNotFound(): PluginError {
  return new PluginError({ code: 'member_not_found', status: 404, title: 'There is no such member.', field: 'user_id' })
}

/** A call about one member. @throws PluginError member_not_found (404) */
export async function aboutMember<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw isCode(error, 'management_not_found') ? memberNotFound() : error
  })
}

export function isCode(error: unknown, ...codes: readonly ScalegateError['code'][]): boolean {
  return isScalegateError(error) && codes.includes(error.code)
}
