import { isScalegateError, PluginError } from '@scalegate/core/plugin'

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
    throw isScalegateError(error, 'management_not_found') ? memberNotFound() : error
  })
}
