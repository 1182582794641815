import type { FieldViolation } from './errors.js'
import { jsonName } from './query.js'

/** Collects what is wrong, so that an answer names every wrong field. */
export class Reading {
  readonly violations: FieldViolation[] = []

  refuse(field: string, constraint: string, description: string): undefined {
    this.violations.push({ field, constraint, description })
    return undefined
  }
}

/** Reads one value of a body. Undefined, with a violation, where it is wrong. */
export type Field<T> = (value: unknown, path: string, reading: Reading) => T | undefined

/** Marks a field that a message must have. */
export interface Required<T> {
  readonly required: Field<T>
}

type Member<T> = Field<T> | Required<T>
type Members = Readonly<Record<string, Member<unknown>>>
type ValueOf<M> = M extends Required<infer T> ? T : M extends Field<infer T> ? T : never
type RequiredKeys<S extends Members> = { [K in keyof S]: S[K] extends Required<unknown> ? K : never }[keyof S]

/** What a message gives: only the fields that were there. */
export type Message<S extends Members> = { readonly [K in RequiredKeys<S>]: ValueOf<S[K]> } & {
  readonly [K in Exclude<keyof S, RequiredKeys<S>>]?: ValueOf<S[K]>
}

/** Rules of a string, as protovalidate names them. Lengths are characters. */
export interface TextRules {
  readonly min?: number
  readonly max?: number
  readonly pattern?: RegExp
  /** Ends the sentence "must be …" for a value that does not match. */
  readonly description?: string
}

export function text({ min = 0, max = Number.MAX_SAFE_INTEGER, pattern, description }: TextRules = {}): Field<string> {
  return (value, path, reading) => {
    if (typeof value !== 'string') return reading.refuse(path, 'type', 'must be a string')
    const length = [...value].length
    if (length < min) return reading.refuse(path, 'string.min_len', `must have at least ${min} characters`)
    if (length > max) return reading.refuse(path, 'string.max_len', `must have at most ${max} characters`)
    if (pattern === undefined || pattern.test(value)) return value
    return reading.refuse(path, 'string.pattern', `must be ${description ?? `of the form ${pattern.source}`}`)
  }
}

/** An e-mail address. */
export const email: Field<string> = (value, path, reading) => {
  if (typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value.trim())) return value.trim()
  return reading.refuse(path, 'string.email', 'must be a valid email address')
}

export const flag: Field<boolean> = (value, path, reading) =>
  typeof value === 'boolean' ? value : reading.refuse(path, 'type', 'must be true or false')

/** An int32; protobuf's JSON takes it as text, too. */
export const int32: Field<number> = (value, path, reading) => {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number
  return reading.refuse(path, 'type', 'must be a whole number of 32 bits')
}

/** A value of an enumeration, by its name; in small letters, too, as some descriptions of Scalekit's have it. */
export function choice<const W extends string>(...words: readonly W[]): Field<W> {
  return (value, path, reading) =>
    words.find((word) => typeof value === 'string' && word === value.toUpperCase()) ??
    reading.refuse(path, 'enum.defined_only', `must be ${words.join(' or ')}`)
}

/** Key-value pairs of the app: `metadata`, `custom_attributes`. */
export function pairs(max: number): Field<Readonly<Record<string, string>>> {
  const [key, entry] = [text({ min: 3, max: 25 }), text({ min: 1, max: 256 })]
  return (value, path, reading) => {
    if (!isObject(value)) return reading.refuse(path, 'type', 'must be an object')
    const entries = Object.entries(value)
    if (entries.length > max) return reading.refuse(path, 'map.max_pairs', `must have at most ${max} pairs`)
    const before = reading.violations.length
    for (const [name, content] of entries) {
      key(name, `${path}["${name}"]`, reading)
      entry(content, `${path}["${name}"]`, reading)
    }
    return reading.violations.length === before ? (value as Readonly<Record<string, string>>) : undefined
  }
}

export function list<T>(
  item: Field<T>,
  rules: { readonly min?: number; readonly max?: number } = {},
): Field<readonly T[]> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = rules
  return (value, path, reading) => {
    if (!Array.isArray(value)) return reading.refuse(path, 'type', 'must be a list')
    if (value.length < min) return reading.refuse(path, 'repeated.min_items', `must have at least ${min} items`)
    if (value.length > max) return reading.refuse(path, 'repeated.max_items', `must have at most ${max} items`)
    return value.flatMap((entry, index) => item(entry, `${path}[${index}]`, reading) ?? [])
  }
}

/** A message; a field that nobody knows is ignored. */
export function message<S extends Members>(members: S): Field<Message<S>> {
  return (value, path, reading) => {
    if (!isObject(value)) return reading.refuse(path, 'type', 'must be an object')
    const found = Object.entries(members).flatMap(([name, member]) => {
      const at = path === '' ? name : `${path}.${name}`
      const content = value[name] ?? value[jsonName(name)]
      if (typeof member === 'function') {
        const read = content == null ? undefined : member(content, at, reading)
        return read === undefined ? [] : [[name, read]]
      }
      if (content == null) reading.refuse(at, 'required', 'value is required')
      return [[name, content == null ? undefined : member.required(content, at, reading)]]
    })
    return Object.fromEntries(found) as Message<S>
  }
}

export function required<T>(field: Field<T>): Required<T> {
  return { required: field }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
