/** Who can do something about it; it decides the class that carries the code. */
export type ErrorFamily = 'configuration' | 'login' | 'token' | 'refresh' | 'session' | 'provider' | 'request'

interface ErrorEntry {
  readonly family: ErrorFamily
  /** The HTTP status of the answer, where the code becomes one. */
  readonly status: number
  /** One sentence for the person in front of the browser, or for the developer where no person sees it. */
  readonly title: string
  /** What to do about it. */
  readonly advice: string
}

/**
 * Every error of the kit: code, status, sentence and advice, in one place.
 * `docs/reference/errors.md` is generated from this table.
 */
export const errorCodes = {
  // The deployment.
  configuration_invalid: {
    family: 'configuration',
    status: 500,
    title: 'The kit is not configured correctly.',
    advice: 'Read `error.problems`: each names the option or environment variable and what it must be.',
  },
  not_mounted: {
    family: 'configuration',
    status: 500,
    title: 'A guard or `auth.session()` ran on a request that never passed the kit.',
    advice: 'Mount the kit before your routes: `app.use(auth)`.',
  },
  guard_missing: {
    family: 'configuration',
    status: 500,
    title: 'The session was read on a route that no guard protects.',
    advice: 'Put `auth.requireAuth()` or another guard before the handler, or use `await auth.session(…)`.',
  },
  guard_not_awaited: {
    family: 'configuration',
    status: 500,
    title: 'A guard was called and nobody waits for its answer, so the page is shown to everybody.',
    advice: 'Write `await` before it. Route handlers and server actions are safer in `auth.route` and `auth.action`.',
  },
  static_page: {
    family: 'configuration',
    status: 500,
    title: 'A page that is rendered once for everybody asked who is calling.',
    advice:
      "Remove `dynamic = 'force-static'` from the page or its layouts, or ask in the browser with `useSession()`.",
  },
  cookies_read_only: {
    family: 'configuration',
    status: 500,
    title: 'The session cannot be ended here, because no cookie can leave from here.',
    advice: 'Use a form that posts to the logout route, or call `auth.logout()` in a server action or route handler.',
  },
  edge_runtime: {
    family: 'configuration',
    status: 500,
    title: 'The middleware runs where it cannot hear of logouts, so it cannot say who is calling.',
    advice: "Add `runtime: 'nodejs'` to `config` in middleware.ts.",
  },
  body_already_read: {
    family: 'configuration',
    status: 500,
    title: 'Another middleware consumed the body of a kit route and left nothing to read.',
    advice: 'Move `app.use(auth)` above the body parser that is mounted before it, or let that parser set `req.body`.',
  },
  headers_already_sent: {
    family: 'configuration',
    status: 500,
    title: 'The session changed after the response headers had left.',
    advice:
      'Call guards, `auth.session()`, `auth.accessToken()` and `auth.logout()` before the first byte of the response.',
  },

  // A login that did not finish.
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
  organization_mismatch: {
    family: 'login',
    status: 400,
    title: 'You signed in to another organization than the one that was asked for.',
    advice: 'Start the login again and choose the organization you were sent to.',
  },

  // Tokens.
  token_invalid: {
    family: 'token',
    status: 401,
    title: 'A token did not pass validation.',
    advice: '`error.reason` says which check failed.',
  },
  logout_token_invalid: {
    family: 'token',
    status: 400,
    title: 'The logout token did not pass validation.',
    advice: '`error.reason` says which step of OIDC Back-Channel Logout §2.6 failed.',
  },

  // Refresh and session.
  unauthenticated: {
    family: 'session',
    status: 401,
    title: 'Sign in to continue.',
    advice: 'Send the person to the login route, or the request with a valid session cookie.',
  },
  refresh_required: {
    family: 'session',
    status: 401,
    title: 'The session must be refreshed, and this response cannot carry the new cookie.',
    advice: 'Repeat the request as a page load or an ordinary GET, or send the browser through the refresh route.',
  },
  forbidden: {
    family: 'session',
    status: 403,
    title: 'You are signed in, but this is not open to you.',
    advice: 'Ask an administrator of your organization for access. The answer to programs names the permissions.',
  },
  refresh_rejected: {
    family: 'refresh',
    status: 401,
    title: 'The login service ended this session.',
    advice: 'Sign in again.',
  },
  refresh_unavailable: {
    family: 'refresh',
    status: 503,
    title: 'The login service did not answer; the session is kept.',
    advice: 'Repeat the request in a moment.',
  },
  permissions_unavailable: {
    family: 'session',
    status: 503,
    title: 'The permissions of this session could not be read.',
    advice: 'Repeat the request in a moment; if it persists, check the function given as `permissions`.',
  },
  session_too_large: {
    family: 'session',
    status: 500,
    title: 'The session does not fit into cookies.',
    advice: 'Shorten custom claims or permissions in the tokens, or raise `session.cookieBudget`.',
  },

  // The provider.
  keys_unavailable: {
    family: 'provider',
    status: 503,
    title: "The provider's signing keys could not be fetched.",
    advice: 'Check that this server reaches the environment URL; known keys keep working for a day.',
  },
  discovery_failed: {
    family: 'provider',
    status: 503,
    title: "The provider's metadata could not be used.",
    advice: 'Its `issuer` must equal the configured one and its endpoints must lie on the same origin.',
  },

  // Requests to the kit's own routes.
  origin_not_allowed: {
    family: 'request',
    status: 403,
    title: 'This action must be started from the app itself.',
    advice: 'Use a form or link on a page of the app; requests from other sites are refused.',
  },
  method_not_allowed: {
    family: 'request',
    status: 405,
    title: 'This address does not answer that method.',
    advice: 'See the `Allow` header of the answer.',
  },
  payload_too_large: {
    family: 'request',
    status: 413,
    title: 'The request body is too large.',
    advice: 'The kit reads at most 32 KB on its own routes.',
  },
  body_unreadable: {
    family: 'request',
    status: 400,
    title: 'The request body is not text, or broke off.',
    advice: 'Send the whole form, in UTF-8.',
  },
  unsupported_media_type: {
    family: 'request',
    status: 415,
    title: 'The request body has the wrong content type.',
    advice: 'Send `application/x-www-form-urlencoded`.',
  },
  revocation_unavailable: {
    family: 'request',
    status: 400,
    title: 'The logout could not be recorded.',
    advice: 'Send it again: the logout token was not used up.',
  },
} as const satisfies Record<string, ErrorEntry>

/** A stable error code; `switch (error.code)` narrows over the whole table. */
export type ErrorCode = keyof typeof errorCodes

type CodesOf<F extends ErrorFamily> = {
  [C in ErrorCode]: (typeof errorCodes)[C]['family'] extends F ? C : never
}[ErrorCode]

export type ConfigurationErrorCode = CodesOf<'configuration'>
export type LoginErrorCode = CodesOf<'login'>
export type TokenErrorCode = CodesOf<'token'>
export type RefreshErrorCode = CodesOf<'refresh'>
export type SessionErrorCode = CodesOf<'session'>
export type ProviderErrorCode = CodesOf<'provider'>
export type RequestErrorCode = CodesOf<'request'>
