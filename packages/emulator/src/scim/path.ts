import type { Attributes } from '../state/directories-records.js'
import { ScimError } from './error.js'
import { schemas } from './schemas.js'

/** One comparison of a filter: `attribute eq value`, the attribute perhaps with a sub-attribute. */
export interface Comparison {
  readonly attribute: readonly string[]
  readonly value: string | number | boolean | null
}

/** Where a PATCH operation changes something (RFC 7644 §3.5.2): `[urn:]attribute[filter].sub`. */
export interface Path {
  /** The extension that the attribute belongs to. */
  readonly schema?: string
  readonly attribute: string
  readonly filter?: readonly Comparison[]
  readonly sub?: string
}

const name = '[A-Za-z$_][\\w$-]*'
const pathShape = new RegExp(`^(${name})(?:\\[(.*)\\])?(?:\\.(${name}))?$`, 's')
const comparisonShape = new RegExp(`^((?:urn:[\\w:.-]+:)?${name}(?:\\.${name})?)\\s+(\\w+)(?:\\s+([\\s\\S]+))?$`)
const operators = ['ne', 'co', 'sw', 'ew', 'pr', 'gt', 'ge', 'lt', 'le']

/**
 * @throws ScimError `invalidPath`.
 */
export function parsePath(text: string): Path {
  const { schema, rest } = withoutSchema(text.trim())
  if (schema !== undefined && rest === '') return { attribute: schema }
  const [, attribute, filter, sub] = pathShape.exec(rest) ?? []
  if (attribute === undefined)
    throw new ScimError(400, `the path is not understood: ${text.slice(0, 100)}`, 'invalidPath')
  return {
    attribute,
    ...(schema === undefined ? {} : { schema }),
    ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
    ...(sub === undefined ? {} : { sub }),
  }
}

/**
 * Reads a filter (RFC 7644 §3.4.2.2), as far as directory providers use it: comparisons by `eq`, joined by `and`.
 *
 * @throws ScimError `invalidFilter`.
 */
export function parseFilter(text: string): readonly Comparison[] {
  if (text.length > 1000) throw invalidFilter(text)
  // Quoted text may hold the word, so that splitting leaves quotes alone.
  const joined = text.trim().match(/(?:"(?:[^"\\]|\\.)*"|(?!\s+and\s)[\s\S])+/gi) ?? []
  const comparisons = joined.map((part) => part.trim().replace(/^and\s+/i, ''))
  if (comparisons.length === 0) throw invalidFilter(text)
  return comparisons.map((part) => {
    const [, attribute = '', operator = '', literal = ''] = comparisonShape.exec(part) ?? []
    if (operators.includes(operator.toLowerCase()))
      throw new ScimError(400, `the operator ${operator} is not supported`, 'invalidFilter')
    if (operator.toLowerCase() !== 'eq') throw invalidFilter(text)
    return { attribute: withoutSchema(attribute).rest.split('.'), value: literalOf(literal, text) }
  })
}

/** True where every comparison holds. Strings are compared without case, as those of `userName` and `emails` are. */
export function matches(resource: unknown, filter: readonly Comparison[]): boolean {
  return filter.every(({ attribute, value }) => valuesAt(resource, attribute).some((found) => isSame(found, value)))
}

/** The key of an attribute in an object; attribute names are case insensitive (RFC 7643 §2.1). */
export function keyOf(object: Attributes, attribute: string): string {
  return Object.keys(object).find((key) => key.toLowerCase() === attribute.toLowerCase()) ?? attribute
}

function valuesAt(value: unknown, [first, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((entry) => valuesAt(entry, first === undefined ? [] : [first, ...rest]))
  if (typeof value !== 'object' || value === null) return first === undefined ? [value] : []
  const member = first ?? 'value'
  return valuesAt((value as Attributes)[keyOf(value as Attributes, member)], rest)
}

function isSame(found: unknown, wanted: Comparison['value']): boolean {
  return typeof found === 'string' && typeof wanted === 'string'
    ? found.toLowerCase() === wanted.toLowerCase()
    : found === wanted
}

/** A URN holds dots, so that it has to be taken off before an attribute is split at them. */
function withoutSchema(text: string): { readonly schema?: string; readonly rest: string } {
  const found = [schemas.enterpriseUser, schemas.user, schemas.group].find((urn) =>
    text.toLowerCase().startsWith(urn.toLowerCase()),
  )
  if (found === undefined) return { rest: text }
  const rest = text.slice(found.length).replace(/^:/, '')
  return found === schemas.enterpriseUser ? { schema: found, rest } : { rest }
}

function literalOf(literal: string, filter: string): Comparison['value'] {
  try {
    const value: unknown = JSON.parse(literal)
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Comparison['value']
  } catch {
    // Not JSON, as comparison values have to be (RFC 7644 §3.4.2.2).
  }
  throw invalidFilter(filter)
}

function invalidFilter(text: string): ScimError {
  return new ScimError(400, `the filter is not understood: ${text.slice(0, 100)}`, 'invalidFilter')
}
