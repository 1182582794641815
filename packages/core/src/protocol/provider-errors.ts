import type { LoginErrorCode } from '../errors/error-codes.js'

/**
 * What each documented `error` of an authorization response means for the person: RFC 6749 §4.1.2.1, OIDC Core
 * §3.1.2.6, and Scalekit's list of single sign-on errors.
 */
const loginErrors = {
  // The person, or their account.
  access_denied: 'access_denied',
  invalid_user_domain: 'user_not_allowed',
  user_not_active: 'user_not_allowed',
  login_required: 'login_required',
  interaction_required: 'login_required',
  consent_required: 'login_required',
  account_selection_required: 'login_required',
  user_login_required: 'login_required',
  authentication_not_completed: 'login_required',

  // The connection that was asked for.
  invalid_connection_selector: 'connection_unavailable',
  no_active_connections: 'connection_unavailable',
  no_configured_connections: 'connection_unavailable',
  connection_not_active: 'connection_unavailable',
  invalid_organization_id: 'connection_unavailable',
  invalid_connection_id: 'connection_unavailable',
  domain_not_found: 'connection_unavailable',

  // This app, as the provider knows it.
  invalid_request: 'request_rejected',
  invalid_scope: 'request_rejected',
  unsupported_response_type: 'request_rejected',
  unauthorized_client: 'request_rejected',
  unauthorized: 'request_rejected',
  invalid_client: 'request_rejected',
  invalid_redirect_uri: 'request_rejected',
  application_not_active: 'request_rejected',

  // The organization's identity provider.
  mandatory_attribute_missing: 'idp_misconfigured',
  invalid_id_token: 'idp_misconfigured',
  failed_to_exchange_token: 'idp_misconfigured',
  user_info_retrieve_failed: 'idp_misconfigured',
  invalid_saml_metadata: 'idp_misconfigured',
  invalid_saml_response: 'idp_misconfigured',
  invalid_saml_request: 'idp_misconfigured',
  invalid_saml_form_params: 'idp_misconfigured',
  malformed_saml_response: 'idp_misconfigured',
  signature_validation_failed: 'idp_misconfigured',
  invalid_acs_url: 'idp_misconfigured',
  invalid_assertion_url: 'idp_misconfigured',
  invalid_status: 'idp_misconfigured',
  assertion_expired: 'idp_response_expired',
  response_expired: 'idp_response_expired',

  // The provider itself.
  server_error: 'provider_unavailable',
  temporarily_unavailable: 'provider_unavailable',
} as const satisfies Record<string, LoginErrorCode>

/**
 * The `error` parameter → our code, and the provider's own word if it is one of the table. A stranger's word is
 * never repeated: the parameter can be written by anybody who can make a browser follow a link.
 */
export function loginErrorOf(error: string): {
  readonly code: LoginErrorCode
  readonly providerError: string | undefined
} {
  // An example in Scalekit's documents puts the value in quotes.
  const word = /^["']?([a-z_]{1,64})["']?$/.exec(error)?.[1] ?? ''
  if (!Object.hasOwn(loginErrors, word)) return { code: 'idp_error', providerError: undefined }
  return { code: loginErrors[word as keyof typeof loginErrors], providerError: word }
}
