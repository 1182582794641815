/** Says what a value from outside must look like; gives it back typed, or throws {@link ShapeError}. */
export type Shape<T> = (value: unknown, path: string) => T

/** A value does not have the expected shape. `path` names the place, e.g. `organizations[0].features`. */
export class ShapeError extends Error {
  readonly path: string

  constructor(path: string, problem: string) {
    super(`${path === '' ? 'the value' : path} ${problem}`)
    this.name = 'ShapeError'
    this.path = path
  }
}

type Shapes = Readonly<Record<string, Shape<unknown>>>
type Values<S extends Shapes> = { readonly [K in keyof S]: S[K] extends Shape<infer T> ? T : never }

const at = (path: string, key: string | number) =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`

/** A non-empty string. */
export const text: Shape<string> = (value, path) => {
  if (typeof value !== 'string' || value === '') throw new ShapeError(path, 'must be a non-empty string')
  return value
}

/** A boolean. */
export const flag: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new ShapeError(path, 'must be true or false')
  return value
}

/** Anything. */
export const unknown: Shape<unknown> = (value) => value

/** A finite number; `minimum` inclusive. */
export function number(minimum = Number.NEGATIVE_INFINITY): Shape<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(path, 'must be a number')
    if (value < minimum) throw new ShapeError(path, `must be at least ${minimum}`)
    return value
  }
}

/** A string that matches; the description ends the sentence "must be …". */
export function matching(pattern: RegExp, description: string): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new ShapeError(path, `must be ${description}`)
    return value
  }
}

/** One of these values. */
export function oneOf<const T extends readonly (string | null)[]>(...allowed: T): Shape<T[number]> {
  return (value, path) => {
    const found = allowed.find((candidate) => candidate === value)
    if (found === undefined) throw new ShapeError(path, `must be one of ${allowed.join(', ')}`)
    return found
  }
}

/** An array of such items. */
export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, 'must be a list')
    return value.map((entry, index) => item(entry, at(path, index)))
  }
}

/** An object whose members are all of one shape, under any names. */
export function mapOf<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(Object.entries(plain(value, path)).map(([key, entry]) => [key, item(entry, at(path, key))]))
}

/** `null`, or a value of this shape. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => (value === null ? null : shape(value, path))
}

/** An object with exactly these members; a member that nobody knows is an error, since it is usually a typing slip. */
export function object<R extends Shapes, O extends Shapes = Record<never, never>>(
  required: R,
  optional?: O,
): Shape<Values<R> & Partial<Values<O>>> {
  const shapes: Shapes = { ...required, ...optional }
  return (value, path) => {
    const members = plain(value, path)
    for (const key of Object.keys(members)) {
      if (!Object.hasOwn(shapes, key)) throw new ShapeError(at(path, key), 'is not known here')
    }
    for (const key of Object.keys(required)) {
      if (!Object.hasOwn(members, key)) throw new ShapeError(at(path, key), 'is missing')
    }
    const checked = Object.entries(members).map(([key, member]) => [key, shapes[key]?.(member, at(path, key))])
    return Object.fromEntries(checked) as Values<R> & Partial<Values<O>>
  }
}

/** Reads one value from outside. */
export function read<T>(shape: Shape<T>, value: unknown): T {
  return shape(value, '')
}

function plain(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShapeError(path, 'must be an object')
  return value as Readonly<Record<string, unknown>>
}
