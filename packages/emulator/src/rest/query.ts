import type { Context } from 'hono'
import { invalid } from './errors.js'

/** A parameter of the query by its protobuf name; gRPC-gateway takes the JSON name (`pageSize`), too. Empty is unset. */
export function textOf(c: Context, name: string): string | undefined {
  return c.req.query(name) || c.req.query(jsonName(name)) || undefined
}

/** Every value of a repeated parameter: `status=a&status=b`. */
export function textsOf(c: Context, name: string): readonly string[] {
  return [...(c.req.queries(name) ?? []), ...(name === jsonName(name) ? [] : (c.req.queries(jsonName(name)) ?? []))]
}

/** A whole number that is not negative. */
export function numberOf(c: Context, name: string): number | undefined {
  const value = textOf(c, name)
  if (value === undefined) return undefined
  if (/^\d{1,10}$/.test(value)) return Number(value)
  throw invalid({ field: name, constraint: 'type', description: 'must be a number that is not negative' })
}

/** `true` or `false`. */
export function flagOf(c: Context, name: string): boolean | undefined {
  const value = textOf(c, name)
  if (value === undefined) return undefined
  if (['true', '1', 't'].includes(value.toLowerCase())) return true
  if (['false', '0', 'f'].includes(value.toLowerCase())) return false
  throw invalid({ field: name, constraint: 'type', description: 'must be true or false' })
}

/** An RFC 3339 instant, as NumericDate seconds. */
export function instantOf(c: Context, name: string): number | undefined {
  const value = textOf(c, name)
  if (value === undefined) return undefined
  const instant = Date.parse(value) / 1000
  if (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(instant)) return instant
  throw invalid({ field: name, constraint: 'type', description: 'must be an RFC 3339 time' })
}

/** `query` of a search: 3 to 100 characters, in lower case. */
export function queryOf(c: Context): string {
  const query = textOf(c, 'query') ?? ''
  if (query.length >= 3 && query.length <= 100) return query.toLowerCase()
  const constraint = query.length < 3 ? 'string.min_len' : 'string.max_len'
  throw invalid({ field: 'query', constraint, description: 'must have between 3 and 100 characters' })
}

/** One of a few words. */
export function wordOf<const W extends string>(c: Context, name: string, words: readonly W[]): W | undefined {
  const value = textOf(c, name)
  if (value === undefined) return undefined
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw invalid({ field: name, constraint: 'string.in', description: `must be one of ${words.join(', ')}` })
}

/** How protobuf's JSON spells a field: `page_size` is `pageSize`. */
export function jsonName(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
}
