import { ManagementError } from '../errors/management-error.js'
import { nearMiss } from '../options/near-miss.js'
import { snakeCase } from './wire-name.js'

/**
 * What a body may have, by the public names. `value` is a bare value or a list of texts; the keys of a `map` belong to the
 * user and are sent as they are; `names` are sent as objects with a `name`.
 */
export interface BodyFields {
  readonly [name: string]: 'value' | 'map' | 'names' | BodyFields
}

export type WireBody = Readonly<Record<string, unknown>>

/**
 * Public names → names on the wire. What is undefined is left out.
 *
 * @throws ManagementError management_request_invalid for a name that would be dropped silently otherwise
 */
export function requestBody(fields: BodyFields, input: object, at = ''): WireBody {
  if (!isPlain(input)) throw invalid(at === '' ? 'The second argument' : `\`${at}\``, 'must be an object')
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [snakeCase(name), wireValue(fields, name, value, at)]))
}

function wireValue(fields: BodyFields, name: string, value: unknown, at: string): unknown {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  const place = `\`${at === '' ? '' : `${at}.`}${field === undefined ? shown(name) : name}\``
  if (field === undefined) {
    const close = nearMiss(name, Object.keys(fields))
    throw invalid(place, `is no field of this call${close === undefined ? '' : ` (did you mean \`${close}\`?)`}`)
  }
  if (typeof field === 'object') return requestBody(field, value as object, place.slice(1, -1))
  if (field === 'map') {
    if (!isPlain(value)) throw invalid(place, 'must be an object of texts')
    return { ...value }
  }
  if (field === 'names') {
    if (!isTexts(value)) throw invalid(place, 'must be a list of names')
    return value.map((text) => ({ name: text }))
  }
  if (!isBare(value) && !isTexts(value)) throw invalid(place, 'must be a text, a number, true or false')
  return value
}

/** A name may come from a form; only what looks like one is repeated. */
function shown(name: string): string {
  return /^\w{1,40}$/.test(name) ? name : '…'
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

function isBare(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function invalid(what: string, problem: string): ManagementError {
  return new ManagementError('management_request_invalid', { detail: `${what} ${problem}.` })
}
