import { ManagementError } from '../errors/management-error.js'

/** A moment: a `Date`, or an RFC 3339 text. */
export type Instant = Date | string

/** The moment as Scalekit reads it. */
export function instant(name: string, value: Instant | undefined): string | undefined {
  if (value === undefined) return undefined
  const date = new Date(value)
  if (!Number.isNaN(date.getTime())) return typeof value === 'string' ? value : date.toISOString()
  throw new ManagementError('management_request_invalid', { detail: `\`${name}\` is no moment in time.` })
}
