import type { LoginErrorCode } from '../errors/error-codes.js'
import { isOutage, isScalegateError, LoginError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import type { ErrorPageRequest, ErrorPages } from './error-page.js'

/**
 * The page for a login that did not start or did not finish; rethrows what is neither. `again` is the way on, `outage` what
 * a provider out of reach is called there.
 */
export type LoginRefusals = (
  error: unknown,
  again: NonNullable<ErrorPageRequest['retry']>,
  outage?: 'provider_unavailable' | 'exchange_unavailable',
) => Response

export function createLoginRefusals(input: { readonly errorPages: ErrorPages; readonly emit: Emit }): LoginRefusals {
  const { errorPages, emit } = input
  return (error, again, outage = 'provider_unavailable') => {
    // Nothing the person can mend, and not theirs to be shown as a stack trace; the event names the sizes.
    if (isScalegateError(error, 'session_too_large')) return errorPages({ code: error.code })
    const refusal = asLoginError(error, outage)
    if (refusal === undefined) throw error
    const { code, reason } = refusal
    emit('login_refused', { code, ...(reason === undefined ? {} : { reason }) })
    if (code === 'misconfigured') emit('client_rejected', { route: 'callback' })
    const unavailable = code === 'exchange_unavailable' || code === 'provider_unavailable'
    return errorPages({ code, retry: again, ...(unavailable ? { headers: { 'Retry-After': '5' } } : {}) })
  }
}

/** What happened, in the words of a login. */
function asLoginError(
  error: unknown,
  outage: LoginErrorCode,
): { code: LoginErrorCode; reason: string | undefined } | undefined {
  if (error instanceof LoginError) return error
  if (isScalegateError(error, 'token_invalid'))
    return { code: 'id_token_invalid', reason: (error as { reason?: string }).reason }
  if (isScalegateError(error, 'keys_unavailable') || isScalegateError(error, 'discovery_failed'))
    return { code: outage, reason: error.code }
  if (isOutage(error)) return { code: outage, reason: error.code }
  return undefined
}
