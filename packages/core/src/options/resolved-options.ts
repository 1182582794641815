import type { Clock } from './clock.js'
import type { WebhookListener } from './plugin.js'
import type {
  LoginOptions,
  LogoutOptions,
  LogoutTokenOptions,
  PermissionSource,
  RevocationOptions,
  RoutePaths,
  ScalegateOptions,
  SessionOptions,
  TimeoutOptions,
  TransactionOptions,
  WebhookOptions,
} from './scalegate-options.js'
import type { Store } from './store.js'

/** Options after defaults, environment and validation: complete, normalised and frozen. */
export interface ResolvedOptions {
  readonly product: 'full_stack_auth' | 'modular_sso'
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly cookieSecrets: readonly string[]
  readonly baseUrl: string
  readonly basePath: string
  readonly paths: RoutePaths
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  readonly endpoints: 'scalekit' | 'discovery'
  readonly permissions: 'token' | PermissionSource
  readonly session: Required<Omit<SessionOptions, 'domain'>> & { readonly domain: string | undefined }
  readonly store: Store | undefined
  readonly revocation: Required<RevocationOptions>
  readonly transaction: Required<TransactionOptions>
  readonly login: Required<Omit<LoginOptions, 'page'>> & { readonly page: string | undefined }
  readonly logout: Required<LogoutOptions>
  readonly logoutToken: Required<LogoutTokenOptions>
  readonly timeouts: Required<TimeoutOptions>
  readonly clockSkew: number
  readonly onLogin: ScalegateOptions<unknown>['onLogin']
  readonly onSessionsEnded: ScalegateOptions['onSessionsEnded']
  readonly webhooks: Omit<WebhookOptions, 'secret'> & {
    readonly secrets: readonly string[]
    /** Who hears of an event before `on` and `onOther`, in this order. */
    readonly listeners: readonly WebhookListener[]
  }
  /** Paths of the app that plugins answer. */
  readonly pluginPaths: readonly string[]
  readonly observers: readonly NonNullable<ScalegateOptions['onEvent']>[]
  readonly errorPage: ScalegateOptions['errorPage']
  readonly fetch: NonNullable<ScalegateOptions['fetch']>
  readonly clock: Clock
}
