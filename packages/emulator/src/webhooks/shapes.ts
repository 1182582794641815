import {
  listOf,
  mapOf,
  matching,
  nullable,
  number,
  object,
  oneOf,
  type Shape,
  ShapeError,
  text,
  unknown,
} from '../shape.js'
import { endpointShape, type WebhookEndpoint } from './endpoint.js'
import type { SendInput } from './webhooks.js'

/** A string that may be empty. */
const anyText = matching(/^[\s\S]*$/, 'a string')

/** `PUT webhooks`: one endpoint, several, or none. */
export const endpointsShape: Shape<readonly WebhookEndpoint[]> = (value, path) => {
  if (value === null) return []
  const endpoints = Array.isArray(value) ? listOf(endpointShape)(value, path) : [endpointShape(value, path)]
  const urls = endpoints.map(({ url }) => url)
  const twin = urls.find((url, index) => urls.indexOf(url) !== index)
  if (twin !== undefined) throw new ShapeError(path, `must not hold ${twin} twice`)
  return endpoints
}

/** `POST webhooks/send` */
export const sendShape: Shape<SendInput> = object(
  { type: text },
  {
    data: unknown,
    userId: text,
    organizationId: text,
    sessionId: text,
    email: text,
    occurredAt: number(),
    id: matching(/^[^.\s]+$/, 'a string without dots and spaces'),
    headers: mapOf(nullable(anyText)),
    body: anyText,
    timestampOffset: number(),
    signatures: listOf(anyText),
    attempts: number(1),
  },
)

/** `POST webhooks/replay` */
export const replayShape = object({ id: text })
/** `POST webhooks/resume` */
export const resumeShape = object({}, { order: oneOf('as-happened', 'reversed') })
