import type { JsonObject } from '../http/fetch-json.js'

/** A claim that must be text to count; anything else is as good as absent. */
export function textClaim(claims: JsonObject, name: string): string | undefined {
  const value = claims[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A claim that must be an instant to count. */
export function instantClaim(claims: JsonObject, name: string): number | undefined {
  const value = claims[name]
  return Number.isSafeInteger(value) ? (value as number) : undefined
}

/**
 * A claim that must be an array: its non-empty strings, each once. A lone string gives none, because `includes` on a
 * string would find `admin` in `not-admin` (attack rows 295-297).
 */
export function textsClaim(claims: JsonObject, name: string): readonly string[] {
  const value = claims[name]
  if (!Array.isArray(value)) return []
  return Object.freeze([
    ...new Set(value.filter((member): member is string => typeof member === 'string' && member !== '')),
  ])
}

type Possibly<T> = { readonly [Name in keyof T]: T[Name] | undefined }

/** The members that have a value, so that an absent claim is an absent member and not one that is `undefined`. */
export function present<T extends object>(members: Possibly<T>): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>
}
