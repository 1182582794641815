import { ManagementError } from '../errors/management-error.js'

/** One name and its value, as in `{ organizationId }`: the name is for the message of a refusal. */
type Segment = Readonly<Record<string, string>>

/** What an app names itself may hold a colon; Scalekit's own ids do not, and there it would begin a verb (`…:enable`). */
const mayHoldColon = new Set(['externalId', 'externalUserId', 'permissionName'])

// Encoded, they would do no harm at a strict server; a proxy that decodes once more makes another path of them.
// Cs: half a surrogate pair, which cannot be encoded at all.
const refused = /[/?#%\\\p{Cc}\p{Cs}]/u

/**
 * A path of the API, such as `` path`/organizations/${{ organizationId }}` ``: every value is one encoded segment.
 *
 * @throws ManagementError management_request_invalid for a value that is no id, before anything is sent
 */
export function path(literals: TemplateStringsArray, ...segments: readonly Segment[]): string {
  return literals.reduce((before, literal, index) => `${before}${encoded(segments[index - 1] ?? {})}${literal}`)
}

function encoded(segment: Segment): string {
  return Object.entries(segment)
    .map(([name, value]) => encodeURIComponent(checked(name, value)))
    .join('')
}

/** The value if it can stand in a path; its text is never repeated in the error. */
export function checked(name: string, value: unknown): string {
  const problem = problemOf(name, value)
  if (problem === undefined) return value as string
  throw new ManagementError('management_request_invalid', { detail: `\`${name}\` ${problem}.` })
}

function problemOf(name: string, value: unknown): string | undefined {
  if (value === undefined) return 'is undefined'
  if (typeof value !== 'string') return 'must be a string'
  if (value.trim() === '') return 'is empty'
  if (value.length > 512) return 'is longer than 512 characters'
  if (value === '.' || value === '..' || refused.test(value))
    return 'is no id: none holds `/ ? # % \\` or a control character'
  if (value.includes(':') && !mayHoldColon.has(name)) return 'is no id: none of Scalekit holds a colon'
  return undefined
}
