import type { ErrorEntry } from './error-entry.js'

/** A login that did not finish. */
export const loginErrorCodes = {
  request_invalid: {
    family: 'login',
    status: 400,
    title: 'The address of this page is incomplete or malformed.',
    advice: 'Start the login again from the app. Each parameter may appear once, and only in its documented form.',
  },
  state_missing: {
    family: 'login',
    status: 400,
    title: 'The answer of the login service does not belong to a login started here.',
    advice: 'Start the login again. The callback came without `state`.',
  },
  state_invalid: {
    family: 'login',
    status: 400,
    title: 'This login was not started in this browser.',
    advice: 'Start the login again in this browser, with cookies enabled. No transaction cookie matches `state`.',
  },
  state_expired: {
    family: 'login',
    status: 400,
    title: 'This login took too long.',
    advice: 'Start the login again. A transaction lives for 10 minutes unless `transaction.lifetime` says otherwise.',
  },
  state_replayed: {
    family: 'login',
    status: 400,
    title: 'This login has already been completed.',
    advice: 'Go back to the app; if you are signed out there, start a new login.',
  },
  issuer_mismatch: {
    family: 'login',
    status: 400,
    title: 'The answer came from another login service than the one that was asked.',
    advice: 'Start the login again. If it happens each time, compare `issuer` with the `iss` parameter (RFC 9207).',
  },
  code_missing: {
    family: 'login',
    status: 400,
    title: 'The answer of the login service is incomplete.',
    advice: 'Start the login again. The callback came with neither a usable `code` nor an `error`.',
  },
  access_denied: {
    family: 'login',
    status: 403,
    title: 'The login was cancelled or not allowed.',
    advice: 'Try again, or ask your administrator for access.',
  },
  login_required: {
    family: 'login',
    status: 401,
    title: 'The login service needs you to sign in.',
    advice: 'Start the login again without `prompt=none`.',
  },
  connection_unavailable: {
    family: 'login',
    status: 400,
    title: 'There is no working sign-in connection for this organization.',
    advice: 'Check the organization, connection or domain that was asked for, and that its connection is active.',
  },
  user_not_allowed: {
    family: 'login',
    status: 403,
    title: 'This account may not sign in here.',
    advice: 'Use an address of your organization, or ask your administrator.',
  },
  request_rejected: {
    family: 'login',
    status: 400,
    title: 'The login service refused the request of this app.',
    advice: 'Compare client id, redirect URI and application status with the Scalekit dashboard.',
  },
  idp_misconfigured: {
    family: 'login',
    status: 400,
    title: "Your organization's identity provider sent an answer that cannot be used.",
    advice: "Ask the administrator of the identity provider; Scalekit's auth logs name the attribute or signature.",
  },
  idp_response_expired: {
    family: 'login',
    status: 400,
    title: "The answer of your organization's identity provider came too late.",
    advice: 'Try again; if it repeats, the clock of the identity provider is off.',
  },
  idp_error: {
    family: 'login',
    status: 400,
    title: 'The login service reported an error.',
    advice: "Try again; the event `login_refused` carries the provider's own error code if it is a known one.",
  },
  provider_unavailable: {
    family: 'login',
    status: 503,
    title: 'The login service has a problem of its own.',
    advice: 'Try again in a moment.',
  },
  exchange_rejected: {
    family: 'login',
    status: 400,
    title: 'The login service did not accept this login.',
    advice: 'Start the login again. The authorization code was used, expired, or issued for another login.',
  },
  exchange_unavailable: {
    family: 'login',
    status: 503,
    title: 'The login service did not answer in time.',
    advice: 'Start a new login in a moment; the same code is never sent twice.',
  },
  misconfigured: {
    family: 'login',
    status: 500,
    title: 'This app is not set up correctly for the login service.',
    advice:
      'The token endpoint refused the client credentials: check `SCALEKIT_CLIENT_ID` and `SCALEKIT_CLIENT_SECRET`.',
  },
  id_token_invalid: {
    family: 'login',
    status: 400,
    title: 'The login service sent an identity that cannot be trusted.',
    advice: 'The event `login_refused` carries the reason, one word for each step of OIDC Core §3.1.3.7.',
  },
  idp_login_invalid: {
    family: 'login',
    status: 400,
    title: "The login link of your organization's portal cannot be used.",
    advice: 'Open the app from the portal once more, or log in here. The event `login_refused` carries the reason.',
  },
  idp_login_replayed: {
    family: 'login',
    status: 400,
    title: "This login link of your organization's portal was used before.",
    advice: 'Open the app from the portal once more, or log in here.',
  },
  login_loop: {
    family: 'login',
    status: 400,
    title: 'The login came back here several times without an end.',
    advice: 'Log in once more by the link. If it repeats, allow cookies for this site and for the login service.',
  },
  connection_selector_missing: {
    family: 'login',
    status: 400,
    title: 'Nobody knows yet which organization you belong to.',
    advice:
      'Modular SSO needs one of `provider`, `connection_id`, `organization_id`, `domain` or `login_hint` at the login route; `login.page` names the page of the app that asks for it.',
  },
  product_mismatch: {
    family: 'login',
    status: 400,
    title: 'This app is not set up for the kind of login that the service offers.',
    advice:
      'The environment runs the other product than `product` says: `full_stack_auth` has users `usr_…`, `modular_sso` has `conn_…;…`.',
  },
  login_denied: {
    family: 'login',
    status: 403,
    title: 'This account may not use this app.',
    advice: 'Ask your administrator for access. `onLogin` answered `{ deny: true }`.',
  },
  organization_mismatch: {
    family: 'login',
    status: 400,
    title: 'You signed in to another organization than the one that was asked for.',
    advice: 'Start the login again and choose the organization you were sent to.',
  },
} as const satisfies Record<string, ErrorEntry>
