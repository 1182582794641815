import type { LoginErrorCode } from '../errors/error-codes.js'
import { LoginError } from '../errors/scalegate-error.js'
import { loginErrorOf } from './provider-errors.js'

/** What the browser brought back from the provider: a code to exchange, or the reason why there is none. */
export type AuthorizationResponse =
  | { readonly state: string; readonly code: string }
  | {
      readonly state: string
      readonly error: LoginErrorCode
      /** The provider's own code, only if it is a documented one. */
      readonly providerError: string | undefined
    }

/**
 * The `state` of a response, by which its transaction is found before anything else is believed.
 *
 * @throws {@link LoginError} state_missing without a value, request_invalid when it is given twice (RFC 6749 §3.1).
 */
export function readState(query: URLSearchParams): string {
  const state = single(query, 'state')
  if (!state) throw new LoginError('state_missing')
  return state
}

/**
 * Reads an authorization response (RFC 6749 §4.1.2). Call it after the transaction of {@link readState} was found:
 * an error with a foreign `state` must not reach the person as an answer to their login.
 *
 * @throws {@link LoginError} request_invalid for a duplicated parameter; state_missing; issuer_mismatch when `iss` is
 * another issuer's, or missing although promised; code_missing when there is neither `error` nor a usable `code`.
 */
export function readAuthorizationResponse(
  query: URLSearchParams,
  expected: { readonly issuer: string; readonly issRequired: boolean },
): AuthorizationResponse {
  const state = readState(query)
  const code = single(query, 'code')
  const error = single(query, 'error')
  const issuer = single(query, 'iss')

  // Simple string comparison (RFC 9207 §2.4), for error responses too, and before any call to the token endpoint.
  if (issuer === undefined ? expected.issRequired : issuer !== expected.issuer) throw new LoginError('issuer_mismatch')

  // With both, the error wins: a code must never be spent on an answer that says no.
  if (error !== undefined) {
    const { code: errorCode, providerError } = loginErrorOf(error)
    return { state, error: errorCode, providerError }
  }
  // Printable ASCII (RFC 6749 appendix A.11).
  if (code === undefined || !/^[\x20-\x7e]{1,4096}$/.test(code)) throw new LoginError('code_missing')
  return { state, code }
}

function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name)
  if (others.length > 0) throw new LoginError('request_invalid', name)
  return value
}
