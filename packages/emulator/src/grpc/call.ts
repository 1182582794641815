import type { DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf'
import type { RestCode } from '../rest/errors.js'
import type { HttpRule } from './http-rule.js'
import { type RestRequest, requestJson, restRequestOf, ruleFor } from './rest-request.js'
import type { Method, Sdk } from './sdk.js'
import { type GrpcStatus, httpStatusOf, isObject, ok, statusNamed, statusOf } from './status.js'

/** Asks our own REST API; the caller's credentials are added there. */
export type AskRest = (request: RestRequest) => Promise<Response>

/** How a call ended, with the encoded answer if well. */
export interface Outcome {
  readonly status: GrpcStatus
  /** The HTTP status of REST's answer. */
  readonly httpStatus: number
  readonly message?: Uint8Array
}

/** The outcome of a call that REST was not asked for. */
export function ended(code: RestCode, message: string): Outcome {
  return { status: statusNamed(code, message), httpStatus: httpStatusOf(code) }
}

/** Answers one call of gRPC by asking REST, so that each endpoint is a method too and nothing is written twice. */
export async function call(sdk: Sdk, method: Method, message: Uint8Array, ask: AskRest): Promise<Outcome> {
  const { name } = method.descriptor
  if (method.rules.length === 0) return ended('UNIMPLEMENTED', `not emulated: ${name} has no REST endpoint`)
  const json = requestJson(sdk, method, message)
  const rule = ruleFor(method, json)
  if (rule !== undefined) return outcomeOf(sdk, method, rule, await ask(restRequestOf(rule, json)))
  return byExternalId(sdk, method, json, ask)
}

/** The outcome that an answer of REST means. */
async function outcomeOf(sdk: Sdk, { descriptor }: Method, rule: HttpRule, response: Response): Promise<Outcome> {
  const httpStatus = response.status
  const body = await jsonOf(response)
  if (!response.ok) return { status: statusOf(sdk, httpStatus, body), httpStatus }
  if (body === undefined) return ended('INTERNAL', 'the answer of REST is no JSON')
  const answer = rule.responseBody === undefined ? body : { [rule.responseBody]: body }
  const { output } = descriptor
  try {
    return { status: ok, httpStatus, message: encode(sdk, output, answer) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return ended('INTERNAL', `the answer of REST is no ${output.typeName}: ${why}`)
  }
}

function encode({ protobuf }: Sdk, output: DescMessage, answer: JsonValue): Uint8Array {
  return protobuf.toBinary(output, protobuf.fromJson(output, answer, { ignoreUnknownFields: true }))
}

/** No body is an empty message; undefined is a body that is no JSON, as a page is. */
async function jsonOf(response: Response): Promise<JsonValue | undefined> {
  const text = await response.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * REST changes an organization by its id only, gRPC by either; so the id is asked for first.
 * Without any name for what is meant there is no path to ask.
 */
async function byExternalId(sdk: Sdk, method: Method, json: JsonObject, ask: AskRest): Promise<Outcome> {
  const { external_id: externalId, ...others } = json
  const isOrganization = method.descriptor.parent.typeName.endsWith('.OrganizationService')
  const rule = ruleFor(method, { ...json, id: 'known' })
  if (!isOrganization || typeof externalId !== 'string' || rule === undefined) {
    return ended('INVALID_ARGUMENT', 'the request does not name what it is about')
  }
  const target = `/api/v1/organizations:external/${encodeURIComponent(externalId)}`
  const found = await ask({ method: 'GET', target, body: undefined })
  const body = await jsonOf(found)
  if (!found.ok) return { status: statusOf(sdk, found.status, body), httpStatus: found.status }
  const organization = isObject(body) && isObject(body.organization) ? body.organization : {}
  const named = { ...others, id: String(organization.id) }
  return outcomeOf(sdk, method, rule, await ask(restRequestOf(rule, named)))
}
