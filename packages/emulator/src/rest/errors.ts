/** gRPC status codes, which Scalekit's REST errors carry as `code`. */
const codes = {
  NOT_FOUND: { code: 5, status: 404 },
  UNIMPLEMENTED: { code: 12, status: 501 },
  UNAUTHENTICATED: { code: 16, status: 401 },
} as const

/** An error of the management API, in the shape that Scalekit's OpenAPI description gives it. */
export function restError(name: keyof typeof codes, message: string): Response {
  const { code, status } = codes[name]
  const details = [{ '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo', error_code: name }]
  return Response.json({ code, message, details }, { status, headers: { 'cache-control': 'no-store' } })
}
