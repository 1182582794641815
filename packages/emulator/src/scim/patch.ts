import type { Attributes } from '../state/directories-records.js'
import { ScimError } from './error.js'
import { type Comparison, keyOf, matches, type Path, parsePath } from './path.js'

interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string
  readonly value: unknown
}

/** What the server makes itself. Providers send it along all the same, so that it is passed over and no error. */
const serverMade = ['id', 'meta', 'schemas', 'groups']

/**
 * Applies a PATCH (RFC 7644 §3.5.2) and the habits of Okta and Entra ID: operations in any case, attributes as keys of
 * a value without path, even dotted ones, and members to remove as a value.
 *
 * @throws ScimError `invalidSyntax`, `invalidPath`, `invalidFilter` or `noTarget`.
 */
export function applyPatch(resource: Attributes, body: unknown): Attributes {
  return operationsOf(body).reduce(apply, resource)
}

function operationsOf(body: unknown): readonly Operation[] {
  const operations = isObject(body) ? body[keyOf(body, 'Operations')] : undefined
  if (!Array.isArray(operations) || operations.length === 0) {
    throw new ScimError(400, 'Operations must be a list that is not empty', 'invalidSyntax')
  }
  return operations.map((operation: unknown) => {
    const { op, path, value } = isObject(operation) ? operation : {}
    const verb = (['add', 'replace', 'remove'] as const).find((word) => word === String(op).toLowerCase())
    if (verb === undefined) throw new ScimError(400, 'op must be add, replace or remove', 'invalidSyntax')
    if (path !== undefined && typeof path !== 'string') throw new ScimError(400, 'path must be a string', 'invalidPath')
    return { op: verb, value, ...(path === undefined || path === '' ? {} : { path }) }
  })
}

function apply(resource: Attributes, { op, path, value }: Operation): Attributes {
  if (path !== undefined) return applyAt(resource, op, parsePath(path), value)
  if (op === 'remove') throw new ScimError(400, 'remove needs a path', 'noTarget')
  if (!isObject(value)) throw new ScimError(400, 'without a path the value must be an object', 'invalidValue')
  return Object.entries(value).reduce(
    (changed, [key, member]) => applyAt(changed, op, parsePath(key), member),
    resource,
  )
}

function applyAt(resource: Attributes, op: Operation['op'], path: Path, value: unknown): Attributes {
  const { schema, ...inner } = path
  if (schema !== undefined) {
    const extension = resource[schema]
    return { ...resource, [schema]: applyAt(isObject(extension) ? extension : {}, op, inner, value) }
  }
  if (serverMade.includes(path.attribute.toLowerCase())) return resource
  const key = keyOf(resource, path.attribute)
  const changed = change(resource[key], op, path, value)
  const { [key]: _before, ...others } = resource
  return changed === undefined ? others : { ...others, [key]: changed }
}

/** The attribute's new value; undefined where nothing is left. */
function change(before: unknown, op: Operation['op'], { filter, sub }: Path, value: unknown): unknown {
  if (filter !== undefined) return changeMatching(before, op, filter, sub, value)
  if (sub !== undefined) return applyAt(isObject(before) ? before : {}, op, { attribute: sub }, value)
  if (op === 'remove') return value === undefined ? undefined : without(before, value)
  if (op === 'replace') return value
  if (Array.isArray(before)) return [...before, ...[value].flat().filter((entry) => !before.some(isTwinOf(entry)))]
  return isObject(before) && isObject(value) ? { ...before, ...value } : value
}

/** Elements of a list that the filter matches. */
function changeMatching(
  before: unknown,
  op: Operation['op'],
  filter: readonly Comparison[],
  sub: string | undefined,
  value: unknown,
): unknown {
  const list: readonly unknown[] = Array.isArray(before) ? before : []
  if (op === 'remove' && sub === undefined) return list.filter((entry) => !matches(entry, filter))
  const to = (entry: Attributes) =>
    sub === undefined ? { ...entry, ...(isObject(value) ? value : {}) } : applyAt(entry, op, { attribute: sub }, value)
  if (op !== 'remove' && !list.some((entry) => matches(entry, filter))) {
    // RFC 7644 wants `noTarget` here; Entra ID adds a first work address by `emails[type eq "work"].value`.
    const made = Object.fromEntries(filter.map(({ attribute, value: wanted }) => [attribute.join('.'), wanted]))
    return [...list, to(made)]
  }
  return list.map((entry) => (isObject(entry) && matches(entry, filter) ? to(entry) : entry))
}

/** Entra ID names the members to remove in the value instead of in the path. */
function without(before: unknown, value: unknown): unknown {
  if (!Array.isArray(before)) return undefined
  const gone = [value].flat()
  return before.filter((entry) => !gone.some(isTwinOf(entry)))
}

function isTwinOf(entry: unknown): (other: unknown) => boolean {
  const identity = (value: unknown) => (isObject(value) ? (value.value ?? JSON.stringify(value)) : value)
  return (other) => identity(other) === identity(entry)
}

function isObject(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
