import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf'

/** ScalarType.BOOL and FeatureSet.FieldPresence.IMPLICIT: at run time only the SDK's copy has these enumerations. */
const BOOL = 8
const IMPLICIT = 2

/**
 * Adds what a message cannot leave out: on the wire an empty list is no list and `false` is nothing, so a body without
 * them would say "not mentioned" where the SDK says "none". That is how its `updateMembership` without roles takes them
 * all away. Strings, numbers, enums and maps stay out: the SDK has no way to mean their empty values.
 */
export function withUnset(schema: DescMessage, json: JsonObject): JsonObject {
  const completed: JsonObject = { ...json }
  for (const field of schema.fields) {
    const written = json[field.name]
    if (written === undefined) Object.assign(completed, unsetOf(field))
    else completed[field.name] = inside(field, written)
  }
  return completed
}

function unsetOf(field: DescField): JsonObject {
  if (field.fieldKind === 'list') return { [field.name]: [] }
  const isBoolean = field.fieldKind === 'scalar' && field.scalar === BOOL && field.presence === IMPLICIT
  return isBoolean && field.oneof === undefined ? { [field.name]: false } : {}
}

function inside(field: DescField, json: JsonValue): JsonValue {
  const { message } = field
  // Well-known types have a JSON of their own, which is no object of fields.
  if (message === undefined || message.typeName.startsWith('google.')) return json
  if (field.fieldKind === 'message') return withUnset(message, json as JsonObject)
  if (field.fieldKind !== 'list') return json
  return (json as JsonObject[]).map((item) => withUnset(message, item))
}
