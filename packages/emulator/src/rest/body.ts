import type { Context } from 'hono'
import { invalid, RestError } from './errors.js'
import { type Field, Reading } from './fields.js'

/**
 * Reads the JSON body of a request, as gRPC-gateway does: fields by protobuf name or by JSON name (`display_name`,
 * `displayName`), unknown ones ignored, `null` unset. An empty body is an empty message.
 *
 * @param name The request's field that is the body, e.g. `organization`: where violations say they are. Empty where
 * the body is the request itself.
 * @throws RestError `INVALID_ARGUMENT`: not JSON, or with a violation for each wrong field.
 */
export async function readBody<T>(c: Context, field: Field<T>, name = ''): Promise<T> {
  const reading = new Reading()
  const value = field(await json(c), name, reading)
  if (reading.violations.length > 0 || value === undefined) throw invalid(...reading.violations)
  return value
}

async function json(c: Context): Promise<unknown> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new RestError('INVALID_ARGUMENT', 'the body is not JSON')
  }
}
