/** Absolute URLs of the provider's endpoints. */
export interface Endpoints {
  /** RFC 6749 §3.1 */
  readonly authorization: string
  /** RFC 6749 §3.2 */
  readonly token: string
  /** The JWK Set (RFC 7517 §5). */
  readonly keys: string
  /** RP-Initiated Logout §2 */
  readonly endSession: string
  /** RFC 7009 §2; absent where the provider has none. */
  readonly revocation: string | undefined
  /** True: every authorization response carries `iss`, and one without is refused (RFC 9207 §2.4). */
  readonly issParameterSupported: boolean
}

/**
 * The endpoints of a Scalekit environment, from its documented paths: nothing is fetched before the first login.
 * Whether Scalekit sends `iss` in the authorization response is not documented, so it is checked but not required.
 */
export function scalekitEndpoints(issuer: string): Endpoints {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
  return {
    authorization: `${base}/oauth/authorize`,
    token: `${base}/oauth/token`,
    keys: `${base}/keys`,
    endSession: `${base}/oidc/logout`,
    revocation: `${base}/revoke`,
    issParameterSupported: false,
  }
}
