/**
 * The gRPC status codes (google.rpc.Code) with the HTTP status that gRPC-gateway gives each; of several with one status
 * the usual one is first.
 */
export const codes = {
  CANCELLED: { code: 1, status: 499 },
  INVALID_ARGUMENT: { code: 3, status: 400 },
  DEADLINE_EXCEEDED: { code: 4, status: 504 },
  NOT_FOUND: { code: 5, status: 404 },
  ALREADY_EXISTS: { code: 6, status: 409 },
  PERMISSION_DENIED: { code: 7, status: 403 },
  RESOURCE_EXHAUSTED: { code: 8, status: 429 },
  FAILED_PRECONDITION: { code: 9, status: 400 },
  ABORTED: { code: 10, status: 409 },
  OUT_OF_RANGE: { code: 11, status: 400 },
  UNIMPLEMENTED: { code: 12, status: 501 },
  INTERNAL: { code: 13, status: 500 },
  UNKNOWN: { code: 2, status: 500 },
  UNAVAILABLE: { code: 14, status: 503 },
  DATA_LOSS: { code: 15, status: 500 },
  UNAUTHENTICATED: { code: 16, status: 401 },
} as const

/** The name of a gRPC status code; `error_code` in the details. */
export type RestCode = keyof typeof codes

/** One wrong field of a request. */
export interface FieldViolation {
  /** The path from the message down, e.g. `user.membership.roles[0].name`. */
  readonly field: string
  /** The rule that was broken, by the name that protovalidate has for it, e.g. `string.min_len`. */
  readonly constraint: string
  readonly description: string
}

/** A refusal of the management API; {@link restFailure} answers with it wherever it is thrown. */
export class RestError extends Error {
  readonly code: RestCode
  readonly violations: readonly FieldViolation[]

  constructor(code: RestCode, message: string, violations: readonly FieldViolation[] = []) {
    super(message)
    this.name = 'RestError'
    this.code = code
    this.violations = violations
  }
}

/** An error of the management API, in the shape that Scalekit's OpenAPI description gives it. */
export function restError(name: RestCode, message: string, violations: readonly FieldViolation[] = []): Response {
  const { code, status } = codes[name]
  const detail = {
    '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
    error_code: name,
    ...(violations.length === 0 ? {} : { validation_error_info: { field_violations: violations } }),
  }
  return Response.json({ code, message, details: [detail] }, { status, headers: { 'cache-control': 'no-store' } })
}

/** Something that a request names and that must exist. */
export function existing<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RestError('NOT_FOUND', `no such ${what}`)
  return found
}

/** A request whose fields are wrong; one violation or several. */
export function invalid(...violations: readonly FieldViolation[]): RestError {
  const [first] = violations
  const message = first === undefined ? 'the request is invalid' : `${first.field}: ${first.description}`
  return new RestError('INVALID_ARGUMENT', message, violations)
}

/** The answer to whatever a route threw; anything but a {@link RestError} is a bug of the emulator. */
export function restFailure(error: unknown): Response {
  if (error instanceof RestError) return restError(error.code, error.message, error.violations)
  throw error
}
