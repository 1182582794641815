import type { ErrorEntry, ErrorFamily } from './error-entry.js'
import { loginErrorCodes } from './login-error-codes.js'
import { managementErrorCodes } from './management-error-codes.js'

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
    advice:
      'Move `app.use(auth)` above the body parser that is mounted before it, or let it keep the bytes: `express.raw()`, `express.text()`, or `verify` with `req.rawBody`.',
  },
  headers_already_sent: {
    family: 'configuration',
    status: 500,
    title: 'The session changed after the response headers had left.',
    advice:
      'Call guards, `auth.session()`, `auth.accessToken()` and `auth.logout()` before the first byte of the response.',
  },

  ...loginErrorCodes,

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
  wrong_organization: {
    family: 'session',
    status: 403,
    title: 'You are signed in to another organization than the one this belongs to.',
    advice: 'Switch the organization by the switch route, and come back.',
  },
  recent_login_required: {
    family: 'session',
    status: 401,
    title: 'Sign in once more to continue.',
    advice: 'Send the person to `login_url`: what they ask for needs a login of a short while ago (RFC 9470).',
  },
  access_token_expired: {
    family: 'session',
    status: 401,
    title: 'The access token has ended, and there is none to follow it.',
    advice: 'Modular SSO gives one access token for each login. Read what you need of it in `onLogin`.',
  },
  bearer_missing: {
    family: 'session',
    status: 401,
    title: 'This address needs an access token.',
    advice: 'Send `Authorization: Bearer …` with one access token (RFC 6750 §2.1).',
  },
  insufficient_scope: {
    family: 'session',
    status: 403,
    title: 'The access token does not allow this.',
    advice: 'Ask for a token with the scopes or permissions that the answer names.',
  },
  caller_not_allowed: {
    family: 'session',
    status: 403,
    title: 'This address is not for this kind of caller.',
    advice: 'Users and machines have tokens of their own; `requireBearer({ callers })` says whose are taken.',
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

  // The store.
  store_unavailable: {
    family: 'store',
    status: 503,
    title: 'Your session could not be looked up just now. Nothing has ended.',
    advice: 'Repeat the request in a moment. The event `store_unavailable` says when it began.',
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
    advice: 'The kit reads at most 32 KB of a form, 16 KB of a call to a plugin and 1 MB of a webhook.',
  },
  body_unreadable: {
    family: 'request',
    status: 400,
    title: 'The request body is not text, or broke off.',
    advice: 'Send the whole body; a form in UTF-8.',
  },
  unsupported_media_type: {
    family: 'request',
    status: 415,
    title: 'The request body has the wrong content type.',
    advice:
      'Send a form as `application/x-www-form-urlencoded`, and no body compressed; plugins take `application/json` too.',
  },
  fields_invalid: {
    family: 'request',
    status: 400,
    title: 'The fields of the request are not what they must be.',
    advice: 'Send each field as text; several values as a list in JSON, or as a repeated field of a form.',
  },
  signature_invalid: {
    family: 'request',
    status: 400,
    title: 'The webhook is not signed with a secret of this app.',
    advice: 'Compare `SCALEKIT_WEBHOOK_SECRET` with the signing secret of the endpoint in the Scalekit dashboard.',
  },
  timestamp_out_of_range: {
    family: 'request',
    status: 400,
    title: 'The webhook is more than five minutes old, or from the future.',
    advice: 'Compare the clock of this server with the true time.',
  },
  webhook_invalid: {
    family: 'request',
    status: 400,
    title: 'The webhook is signed, but it is not an event.',
    advice: 'An event is a JSON object with `id`, `type`, `occurred_at` and `data`; one that ends sessions says whose.',
  },
  deliveries_unavailable: {
    family: 'request',
    status: 503,
    title: 'Nobody can say now whether this webhook was handled before.',
    advice: 'Send it again: nothing was done with it.',
  },
  revocation_store_required: {
    family: 'request',
    status: 400,
    title: 'A logout that is heard here would not be heard everywhere.',
    advice: 'Give the kit a `store` that all its processes share, such as `redisStore` of `@scalegate/redis`.',
  },
  revocation_unavailable: {
    family: 'request',
    status: 400,
    title: 'The logout could not be recorded.',
    advice: 'Send it again: the logout token was not used up.',
  },

  ...managementErrorCodes,
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
export type StoreErrorCode = CodesOf<'store'>
export type ProviderErrorCode = CodesOf<'provider'>
export type RequestErrorCode = CodesOf<'request'>
export type ManagementErrorCode = CodesOf<'management'>
