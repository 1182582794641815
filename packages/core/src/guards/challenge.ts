/** The `WWW-Authenticate` value of a refusal (RFC 9110 §11.6.1, RFC 6750 §3). */
export function bearerChallenge(
  error?: 'invalid_token' | 'insufficient_scope',
  scopes: readonly string[] = [],
): string {
  // A request without any credentials is told the scheme and no error code (RFC 6750 §3.1).
  if (error === undefined) return 'Bearer'
  // Scope names as RFC 6749 §3.3 spells them; what could end the quotes is left out.
  const plain = scopes.filter((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  return `Bearer error="${error}"${plain.length === 0 ? '' : `, scope="${plain.join(' ')}"`}`
}

/** The challenge of a login that is too old (RFC 9470 §3). */
export function stepUpChallenge(maxAge: number): string {
  return `Bearer error="insufficient_user_authentication", max_age="${maxAge}"`
}
