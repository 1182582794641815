import type { JsonObject, JsonValue } from '@bufbuild/protobuf'
import type { HttpRule } from './http-rule.js'
import type { Method, Sdk } from './sdk.js'
import { GrpcError } from './status.js'

/** What REST is asked for a call. */
export interface RestRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** JSON; undefined when the rule has no body. */
  readonly body: JsonValue | undefined
}

/** The request itself, with the credentials that the call came with. */
export function restRequest(
  { method, target, body }: RestRequest,
  { url, authorization }: { readonly url: string; readonly authorization: string | undefined },
): Request {
  const headers = new Headers(authorization === undefined ? {} : { authorization })
  if (body === undefined) return new Request(new URL(target, url), { method, headers })
  headers.set('content-type', 'application/json')
  return new Request(new URL(target, url), { method, headers, body: JSON.stringify(body) })
}

/** The message of a call as JSON, in the spelling of REST. */
export function requestJson({ protobuf }: Sdk, { descriptor }: Method, message: Uint8Array): JsonObject {
  const { input } = descriptor
  return protobuf.toJson(input, protobuf.fromBinary(input, message), { useProtoFieldName: true }) as JsonObject
}

/** The first rule whose path the message has values for. */
export function ruleFor({ rules }: Method, json: JsonObject): HttpRule | undefined {
  return rules.find(({ template }) => variablesOf(template).every((name) => json[name]))
}

/**
 * Writes the message as the request that a rule describes: variables of the path, the body, everything else as query
 * parameters (google.api.http).
 */
export function restRequestOf(rule: HttpRule, json: JsonObject): RestRequest {
  const inPath = variablesOf(rule.template)
  const path = rule.template.replace(/\{(\w+)\}/g, (_, name: string) => segment(String(json[name])))
  const rest = Object.entries(json).filter(([name]) => !inPath.includes(name) && name !== rule.body)
  const query = rule.body === '*' ? '' : String(new URLSearchParams(rest.flatMap(([name, value]) => flat(name, value))))
  return { method: rule.method, target: query === '' ? path : `${path}?${query}`, body: bodyOf(rule, json) }
}

/** Empty lists and `false` are nothing on the wire of gRPC, so they are left out here; REST reads them as such. */
function bodyOf({ body, template }: HttpRule, json: JsonObject): JsonValue | undefined {
  if (body === undefined) return undefined
  if (body !== '*') return json[body] ?? {}
  const inPath = variablesOf(template)
  return Object.fromEntries(Object.entries(json).filter(([name]) => !inPath.includes(name)))
}

function variablesOf(template: string): readonly string[] {
  return Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
}

/** One segment of a path; a dot segment would name another path. */
function segment(value: string): string {
  if (/^\.\.?$/.test(value)) throw new GrpcError('INVALID_ARGUMENT', `"${value}" is no id`)
  return encodeURIComponent(value)
}

/** `filter.status=active&filter.status=revoked`: members by dots, lists by repetition. */
function flat(name: string, value: JsonValue): readonly [string, string][] {
  if (Array.isArray(value)) return value.flatMap((item) => flat(name, item))
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([member, inner]) => flat(`${name}.${member}`, inner))
}
