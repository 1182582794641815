import type { ErrorCode } from '../errors/error-codes.js'
import type { ScalegateEvent } from '../model/events.js'
import type { Session } from '../model/session.js'
import type { UnknownWebhookEvent, WebhookEvent, WebhookHandlers } from '../model/webhook-events.js'
import type { Clock } from './clock.js'
import type { DeliveryStore } from './delivery-store.js'
import type { Plugin } from './plugin.js'
import type { Store } from './store.js'

/** Paths of the kit's routes inside the app, each beginning with `/`. */
export interface RoutePaths {
  /** Starts a login; also the address to register as initiate login URL. @defaultValue `/auth/login` */
  readonly login: string
  /** The redirect URI to register. @defaultValue `/auth/callback` */
  readonly callback: string
  /** Refreshes the session and comes back. @defaultValue `/auth/refresh` */
  readonly refresh: string
  /** Ends the session here and at Scalekit. @defaultValue `/auth/logout` */
  readonly logout: string
  /** The back-channel logout URI to register. @defaultValue `/auth/backchannel-logout` */
  readonly backchannelLogout: string
  /** The caller's own session as JSON. @defaultValue `/auth/session` */
  readonly session: string
  /** Redirects to the hosted widgets. @defaultValue `/auth/widgets` */
  readonly widgets: string
  /** The 403 page, where a framework can send people but not a status. @defaultValue `/auth/forbidden` */
  readonly forbidden: string
  /** Leads into another organization of the same person. @defaultValue `/auth/switch-organization` */
  readonly switchOrganization: string
  /** The webhook endpoint to register; exists where there is a secret. @defaultValue `/auth/webhooks` */
  readonly webhooks: string
}

/** The session cookie and how long it lasts. */
export interface SessionOptions {
  /** Name of the cookie; `__Host-` is put before it on https. @defaultValue `scalegate` */
  readonly cookieName?: string
  /** Shares the cookie with subdomains of this domain; costs the `__Host-` prefix. @defaultValue none */
  readonly domain?: string
  /** `none` only for apps that live in another site's frame. @defaultValue `lax` */
  readonly sameSite?: 'lax' | 'none'
  /**
   * Where a session lies. `cookie`: all of it, sealed, in the browser. `store`: in `store`, sealed, and the browser has an
   * id of 256 random bits; cookies are small then, and no request brings an old session back.
   *
   * @defaultValue `cookie`
   */
  readonly storage?: 'cookie' | 'store'
  /** Seconds until a session ends whatever happens. @defaultValue 604800 (7 days) */
  readonly absolute?: number
  /** Seconds without a request after which a session ends. @defaultValue 86400 (1 day) */
  readonly idle?: number
  /** Seconds before the access token expires at which a request refreshes it. @defaultValue 30 */
  readonly refreshBefore?: number
  /**
   * Bytes the session may take; a longer one is refused (`session_too_large`). Where all cookies of a request take
   * more together, the event `cookie_budget_exceeded` says so before a server answers 431. @defaultValue 12288
   */
  readonly cookieBudget?: number
}

/** How fast a log-out reaches the other processes of the app. Without a `store` there is only this one. */
export interface RevocationOptions {
  /**
   * Seconds for which a process believes its own copy of the revocations without hearing from the store, which tells them
   * within milliseconds as long as it answers. Beyond it the store is asked at each request, and `0` always asks. From 0
   * to 60.
   *
   * @defaultValue 2, and 0 where sessions are in the store
   */
  readonly maxStaleness?: number
  /**
   * Seconds for which sessions are believed although the store cannot be asked; afterwards, and by default at once, the
   * answer is 503. A log-out that another process hears meanwhile is not seen here. Whole, up to 86400. @defaultValue 0
   */
  readonly failOpenFor?: number
}

/** A login in progress. */
export interface TransactionOptions {
  /** Seconds a person has to finish a login. @defaultValue 600 */
  readonly lifetime?: number
  /** Logins that may be in progress in one browser; older ones are dropped. @defaultValue 5 */
  readonly max?: number
}

/** The login route. */
export interface LoginOptions {
  /** Where a login ends that named no place of its own. @defaultValue `/` */
  readonly returnTo?: string
  /**
   * Further query parameters of the login route to pass to Scalekit. Those of invitation links are not documented, so
   * `unreserved` passes on whatever no standard reserves, at most ten of them. @defaultValue `unreserved`
   */
  readonly forward?: 'unreserved' | readonly string[]
  /**
   * The app's own page that asks for an e-mail address or organization, for logins that name none. It gets `return_to`,
   * and leads to the login route with `login_hint`, say. Modular SSO needs it. A form needs a hidden `posted_form=1`, so
   * that a policy of `form-action 'self'` (helmet's default) lets it leave the site. @defaultValue none
   */
  readonly page?: string
  /**
   * Further `iss` that the token of an IdP-initiated login may have, beside the environment URL and the address of the
   * app: Scalekit's documents show both kinds (protocol.md §5). @defaultValue none
   */
  readonly idpInitiatedIssuers?: readonly string[]
}

/** The logout route. */
export interface LogoutOptions {
  /** Path of the app to come back to; its absolute form must be registered at Scalekit. @defaultValue `/` */
  readonly returnTo?: string
}

/** How strictly logout tokens are read, where Scalekit documents nothing (protocol.md §6.2). */
export interface LogoutTokenOptions {
  /** `strict` accepts only `typ: logout+jwt`; `compat` also none and `JWT`. @defaultValue `compat` */
  readonly typ?: 'compat' | 'strict'
  /** Scalekit does not document the claim; `optional` falls back to the age of `iat`. @defaultValue `required` */
  readonly exp?: 'required' | 'optional'
}

/** Seconds after which a call to the provider is given up, retries included. */
export interface TimeoutOptions {
  /** Exchange of the authorization code. @defaultValue 10 */
  readonly exchange?: number
  /** Refresh of the tokens. @defaultValue 8 */
  readonly refresh?: number
  /** Signing keys and metadata. @defaultValue 5 */
  readonly keys?: number
}

/** What a permission source may use. */
export interface PermissionRequest {
  readonly userId: string
  readonly organizationId: string | undefined
  /** What the verified access token says. */
  readonly tokenPermissions: readonly string[]
  readonly accessToken: string
  readonly issuer: string
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>
  /** Seconds the source has; the kit gives up after them. */
  readonly deadline: number
  /** A client-credentials access token for Scalekit's REST API, cached until shortly before it expires. */
  readonly managementToken: (refused?: string) => Promise<string>
}

/** Gives the permissions of a session; asked at login and at each refresh, and kept in between. */
export type PermissionSource = (request: PermissionRequest) => Promise<readonly string[]>

/** A login that is complete but for the session cookie. */
export interface CompletedLogin {
  readonly session: Session
  /** The environment. `session.user.id` is unique together with it; an e-mail address identifies nobody. */
  readonly issuer: string
  /** The sanitised path the person will be sent to. */
  readonly returnTo: string
  /** Verified. Keep them on the server: the ID token is the hint of a later log-out at Scalekit. */
  readonly tokens: { readonly idToken: string; readonly accessToken: string; readonly refreshToken?: string }
}

/** What a login hook may decide. Nothing: the login goes on. */
export type LoginHookResult =
  // biome-ignore lint/suspicious/noConfusingVoidType: most hooks return nothing at all
  | void
  /** Another place to go to, within the rules of `return_to`. */
  | { readonly returnTo?: string; readonly deny?: never; readonly handOver?: never }
  /** Nobody is signed in; the person is told so (`login_denied`, 403). */
  | { readonly deny: true; readonly returnTo?: never; readonly handOver?: never }
  /** The app has made a session of its own, by a cookie it set itself: the kit makes none. */
  | { readonly handOver: true; readonly returnTo?: string; readonly deny?: never }

/** Whose sessions have ended. The instant is a NumericDate: sessions that logged in later go on. */
export type EndedSessions = { readonly at: number } & (
  | { readonly scope: 'sid'; readonly sid: string; readonly userId?: string }
  | { readonly scope: 'sub'; readonly userId: string }
  | { readonly scope: 'member'; readonly userId: string; readonly organizationId: string }
  | { readonly scope: 'organization'; readonly organizationId: string }
)

/** What an error page of your own is given. */
export interface ErrorPageModel {
  /** Of the kit's table, or of a plugin. */
  readonly code: ErrorCode | (string & {})
  readonly status: number
  readonly title: string
  readonly advice: string
  /** The way on: a new login, or the page itself again. Absolute and safe to print once escaped. */
  readonly retry: { readonly href: string; readonly label: string } | undefined
}

/** Receiving webhooks. */
export interface WebhookOptions {
  /** `whsec_…` of the endpoint; a list while it is rotated: either verifies. Environment: `SCALEKIT_WEBHOOK_SECRET`, separated by commas. */
  readonly secret?: string | readonly string[]
  /**
   * What the app does about events, by type. The answer is sent when the handler is done; if it throws, Scalekit sends
   * the event again, and a handler that succeeded is not run twice for one `webhook-id`.
   */
  readonly on?: WebhookHandlers
  /** Hears every event of a type that `on` has no handler for, also types that this version does not know. */
  readonly onOther?: (event: UnknownWebhookEvent | WebhookEvent) => void | Promise<void>
  /** Where handled webhook ids are remembered. @defaultValue the memory of this process */
  readonly deliveries?: DeliveryStore
}

/**
 * Every option of the kit. Whatever is not given here is read from the environment at first use;
 * what is given is checked at creation. All problems are reported at once (`configuration_invalid`).
 */
export interface ScalegateOptions<At = unknown> {
  /**
   * Which product the environment runs (Dashboard > Authentication > General). `full_stack_auth`: Scalekit owns users
   * and sessions. `modular_sso`: Scalekit only brokers enterprise logins, gives no refresh token and ends no session, so
   * a session lives as long as `session` says. A login of the other product is refused with `product_mismatch`.
   *
   * @defaultValue `full_stack_auth`
   */
  readonly product?: 'full_stack_auth' | 'modular_sso'
  /** The Scalekit environment URL, which is the issuer of its tokens. Environment: `SCALEKIT_ENVIRONMENT_URL`. */
  readonly issuer?: string
  /** Environment: `SCALEKIT_CLIENT_ID`. */
  readonly clientId?: string
  /** Environment: `SCALEKIT_CLIENT_SECRET`. */
  readonly clientSecret?: string
  /**
   * Seals the cookies: 32 bytes or more, e.g. from `openssl rand -base64 32`. A list rotates: the first seals,
   * all open. Environment: `COOKIE_ENCRYPTION_SECRET`, a list separated by commas.
   */
  readonly cookieSecret?: string | readonly string[]
  /**
   * The address of the app as browsers see it, with its path if it has one. Neither the `Host` header nor
   * forwarded headers are ever used. Environment: `APP_BASE_URL`, or `REDIRECT_URI`.
   */
  readonly baseUrl?: string
  /** Where the kit's routes live. @defaultValue `/auth` */
  readonly basePath?: string
  /** Own paths for single routes. */
  readonly paths?: Partial<RoutePaths>
  /**
   * Without `offline_access` nothing can be refreshed; modular SSO has none.
   *
   * @defaultValue `['openid', 'profile', 'email', 'offline_access']`, with modular SSO without the last
   */
  readonly scopes?: readonly string[]
  /** Accepted audiences of access tokens. @defaultValue the client id */
  readonly audience?: string | readonly string[]
  /** `scalekit` uses Scalekit's fixed paths and fetches nothing; `discovery` reads the provider's metadata. @defaultValue `scalekit` */
  readonly endpoints?: 'scalekit' | 'discovery'
  /** Where permissions come from: the access token, or a function such as `permissionsFromApi`. @defaultValue `token` */
  readonly permissions?: 'token' | PermissionSource
  readonly session?: SessionOptions
  /**
   * What several processes of the app share, such as `redisStore(client)` of `@scalegate/redis`: refreshes happen once,
   * a log-out that one hears ends the session in all, and what may be used once is used once.
   *
   * @defaultValue none: the memory of this process
   */
  readonly store?: Store
  /** How far sessions are believed while the store is silent; without one it means nothing. */
  readonly revocation?: RevocationOptions
  readonly transaction?: TransactionOptions
  readonly login?: LoginOptions
  readonly logout?: LogoutOptions
  readonly logoutToken?: LogoutTokenOptions
  readonly timeouts?: TimeoutOptions
  /** Seconds of clock difference to the provider that are forgiven. @defaultValue 60, at most 300 */
  readonly clockSkew?: number
  /**
   * Runs after a login is verified and before the session exists, e.g. to create the user in your own table, to refuse
   * them, or to hand the login over to a session system that the app already has. The second argument is what the
   * framework gave: `{ req, res }` on Express, the context on Hono, the `NextRequest` on Next.
   * If it throws there is no session and the error goes to the framework's handler.
   */
  readonly onLogin?: (login: CompletedLogin, at: At) => LoginHookResult | Promise<LoginHookResult>
  /**
   * Runs when Scalekit ends sessions, by back-channel logout or a webhook, for apps that keep sessions of their own
   * (`handOver`) or caches. If it throws, Scalekit is told to send it again.
   */
  readonly onSessionsEnded?: (ended: EndedSessions) => void | Promise<void>
  /** The webhooks route; it exists where a secret is given, here or in the environment. */
  readonly webhooks?: WebhookOptions
  /** What adds routes, webhook handlers and helpers: their helpers are on the kit, by the names of the plugins. */
  readonly plugins?: readonly Plugin[]
  /** Hears everything that happens, redacted. The kit itself prints nothing. */
  readonly onEvent?: (event: ScalegateEvent) => void
  /** Replaces the kit's HTML error pages: a complete document, sent with the given status. */
  readonly errorPage?: (page: ErrorPageModel) => string
  /** @defaultValue the global `fetch` */
  readonly fetch?: (input: string, init: RequestInit) => Promise<Response>
  /** @defaultValue the system clock */
  readonly clock?: Clock
}
