import { describe, expect, it } from 'vitest'
import { errorCodes } from '../errors/error-codes.js'
import { loginErrorOf } from './provider-errors.js'

/** The codes of protocol.md §4, and those of RFC 6749 §4.1.2.1 and OIDC Core §3.1.2.6. */
const documented = `
  access_denied invalid_request server_error temporarily_unavailable unauthorized_client unsupported_response_type
  invalid_scope login_required interaction_required consent_required account_selection_required
  invalid_redirect_uri invalid_connection_selector no_active_connections connection_not_active
  no_configured_connections invalid_organization_id invalid_connection_id domain_not_found invalid_user_domain
  invalid_client application_not_active unauthorized user_not_active mandatory_attribute_missing invalid_id_token
  failed_to_exchange_token user_info_retrieve_failed invalid_saml_metadata invalid_saml_response invalid_saml_request
  invalid_saml_form_params signature_validation_failed invalid_acs_url invalid_assertion_url invalid_status
  malformed_saml_response assertion_expired response_expired authentication_not_completed user_login_required`
  .trim()
  .split(/\s+/)

describe('loginErrorOf', () => {
  it.each(documented)('knows %s', (error) => {
    const { code, providerError } = loginErrorOf(error)
    expect(code).not.toBe('idp_error')
    expect(errorCodes[code].family).toBe('login')
    expect(providerError).toBe(error)
  })

  it.each([
    ['access_denied', 'access_denied', 403],
    ['invalid_user_domain', 'user_not_allowed', 403],
    ['user_login_required', 'login_required', 401],
    ['connection_not_active', 'connection_unavailable', 400],
    ['invalid_redirect_uri', 'request_rejected', 400],
    ['invalid_saml_response', 'idp_misconfigured', 400],
    ['assertion_expired', 'idp_response_expired', 400],
    ['server_error', 'provider_unavailable', 503],
  ] as const)('takes %s for %s', (error, code, status) => {
    expect(loginErrorOf(error)).toEqual({ code, providerError: error })
    expect(errorCodes[code].status).toBe(status)
  })

  it.each(['"access_denied"', "'access_denied'"])('reads %s without its quotes, as the documents print it', (error) => {
    expect(loginErrorOf(error)).toEqual({ code: 'access_denied', providerError: 'access_denied' })
  })

  it.each([
    '',
    'Access_Denied',
    ' access_denied',
    'access_denied\n',
    'toString',
    '__proto__',
    'constructor',
    '<script>alert(1)</script>',
    'canary@corp.example',
  ])('SEC-060 repeats nothing of %j', (error) => {
    expect(loginErrorOf(error)).toEqual({ code: 'idp_error', providerError: undefined })
  })

  it('SEC-361 takes no time over long runs of quotes', () => {
    const started = performance.now()
    loginErrorOf(`a${'"'.repeat(100_000)}a`)
    loginErrorOf('a'.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(500)
  })
})
