import type { DescMethod } from '@bufbuild/protobuf'
import type { Protobuf } from './sdk.js'

/** One way in which REST offers a method (google.api.HttpRule). */
export interface HttpRule {
  readonly method: string
  /** The path, variables in braces: `/api/v1/organizations/{id}`. */
  readonly template: string
  /** The field that is the body, `*` for all that the path has not taken, undefined for none. */
  readonly body: string | undefined
  /** The field of the answer that is the body; undefined when the body is the answer. */
  readonly responseBody: string | undefined
}

/** The number of the extension `google.api.http` of MethodOptions. */
const EXTENSION = 72295728
/** Field numbers of HttpRule: one for each verb … */
const VERBS: Readonly<Record<number, string>> = { 2: 'GET', 3: 'PUT', 4: 'POST', 5: 'DELETE', 6: 'PATCH' }
/** … and the three others that matter here. */
const BODY = 7
const ADDITIONAL_BINDINGS = 11
const RESPONSE_BODY = 12

/**
 * The rules of a method, its own first, then its additional bindings. The SDK carries them, but not the schema to read
 * them with, so they are unknown fields of the options.
 */
export function httpRulesOf(protobuf: Protobuf, method: DescMethod): readonly HttpRule[] {
  const option = method.proto.options?.$unknown?.find(({ no }) => no === EXTENSION)
  if (option === undefined) return []
  return readRule(protobuf, new protobuf.BinaryReader(option.data).bytes())
}

function readRule(protobuf: Protobuf, bytes: Uint8Array): readonly HttpRule[] {
  const reader = new protobuf.BinaryReader(bytes)
  const more: HttpRule[] = []
  const fields: { method?: string; template?: string; body?: string; responseBody?: string } = {}
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const verb = VERBS[number]
    if (verb !== undefined) Object.assign(fields, { method: verb, template: reader.string() })
    else if (number === BODY) fields.body = reader.string()
    else if (number === RESPONSE_BODY) fields.responseBody = reader.string()
    else if (number === ADDITIONAL_BINDINGS) more.push(...readRule(protobuf, reader.bytes()))
    else reader.skip(wireType, number)
  }
  const { method, template, body, responseBody } = fields
  return method === undefined || template === undefined ? more : [{ method, template, body, responseBody }, ...more]
}
