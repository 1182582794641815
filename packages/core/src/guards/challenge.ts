/** The `WWW-Authenticate` value of a refusal (RFC 9110 §11.6.1, RFC 6750 §3). */
export function bearerChallenge(error?: 'invalid_token' | 'insufficient_scope'): string {
  // A request without any credentials is told the scheme and no error code (RFC 6750 §3.1).
  return error === undefined ? 'Bearer' : `Bearer error="${error}"`
}
