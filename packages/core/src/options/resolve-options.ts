import { ConfigurationError, type ConfigurationProblem } from '../errors/scalegate-error.js'
import { normaliseAddress } from './addresses.js'
import { optionProblems } from './check-options.js'
import { systemClock } from './clock.js'
import type { Environment } from './environment.js'
import { readSettings } from './read-settings.js'
import type { ResolvedOptions } from './resolved-options.js'
import type { RoutePaths, ScalegateOptions } from './scalegate-options.js'
import { secretProblems } from './secret-quality.js'
import { webhookSecretProblem } from './webhook-secret.js'

const day = 86_400
const defaultScopes = {
  full_stack_auth: ['openid', 'profile', 'email', 'offline_access'],
  // There are no refresh tokens to ask for (protocol.md §2).
  modular_sso: ['openid', 'profile', 'email'],
} as const

/**
 * Options and environment → everything the kit needs, complete and frozen. Code wins over the environment.
 *
 * @throws {@link ConfigurationError} configuration_invalid with every problem of both sources.
 */
export function resolveOptions(options: ScalegateOptions<never>, environment: Environment): ResolvedOptions {
  const problems: ConfigurationProblem[] = [...optionProblems(options)]
  const report = (path: string, message: string) => problems.push({ path, message })

  const settings = readSettings(options, environment, report)
  const issuer = normaliseAddress(settings.issuer, 'issuer', report)
  const baseUrl = normaliseAddress(settings.baseUrl, 'base', report)
  for (const { path, message } of secretProblems(settings.cookieSecrets, settings.clientSecret?.value))
    report(path, message)
  for (const { path, value } of settings.webhookSecrets) {
    const problem = webhookSecretProblem(value)
    if (problem !== undefined) report(path, problem)
  }

  const paths = routePaths(options, settings.callbackPath)
  const taken = new Map<string, string>()
  for (const [name, path] of Object.entries(paths)) {
    const other = taken.get(path)
    if (other !== undefined) report(`paths.${name}`, `is the same path as paths.${other}`)
    taken.set(path, name)
  }
  const login = {
    returnTo: '/',
    forward: 'unreserved' as const,
    page: undefined,
    idpInitiatedIssuers: [],
    ...given(options.login),
  }
  // It would begin again where it ends, or end at once.
  for (const name of ['returnTo', 'page'] as const)
    if (taken.has(login[name] ?? '')) report(`login.${name}`, 'is a route of the kit itself')

  const session = {
    cookieName: 'scalegate',
    storage: 'cookie' as const,
    domain: undefined,
    sameSite: 'lax' as const,
    absolute: 7 * day,
    idle: day,
    refreshBefore: 30,
    cookieBudget: 12_288,
    ...given(options.session),
  }
  if (session.storage === 'store' && options.store === undefined)
    report('session.storage', '"store" needs a `store`, such as `redisStore(client)` of @scalegate/redis')
  const secure = baseUrl?.startsWith('https:') ?? true
  if (session.sameSite === 'none' && !secure)
    report('session.sameSite', '"none" needs an https base URL, or browsers drop the cookie')
  const host = baseUrl === undefined ? undefined : new URL(baseUrl).hostname
  if (
    session.domain !== undefined &&
    host !== undefined &&
    host !== session.domain &&
    !host.endsWith(`.${session.domain}`)
  ) {
    report('session.domain', 'is not a parent of the host of the base URL, so browsers would refuse the cookie')
  }

  if (
    problems.length > 0 ||
    issuer === undefined ||
    baseUrl === undefined ||
    !settings.clientId ||
    !settings.clientSecret
  ) {
    throw new ConfigurationError('configuration_invalid', problems)
  }
  const clientId = settings.clientId.value
  const product = options.product ?? 'full_stack_auth'
  return frozen({
    product,
    issuer,
    clientId,
    clientSecret: settings.clientSecret.value,
    cookieSecrets: settings.cookieSecrets.map(({ value }) => value),
    baseUrl,
    basePath: options.basePath ?? '/auth',
    paths,
    scopes: [...(options.scopes ?? defaultScopes[product])],
    audience: [options.audience ?? clientId].flat(),
    endpoints: options.endpoints ?? 'scalekit',
    permissions: options.permissions ?? 'token',
    session,
    store: options.store,
    revocation: { maxStaleness: session.storage === 'store' ? 0 : 2, failOpenFor: 0, ...given(options.revocation) },
    transaction: { lifetime: 600, max: 5, ...given(options.transaction) },
    login: { ...login, forward: login.forward === 'unreserved' ? login.forward : Object.freeze([...login.forward]) },
    logout: { returnTo: '/', ...given(options.logout) },
    logoutToken: { typ: 'compat' as const, exp: 'required' as const, ...given(options.logoutToken) },
    timeouts: { exchange: 10, refresh: 8, keys: 5, ...given(options.timeouts) },
    clockSkew: options.clockSkew ?? 60,
    // What the framework gives is the adapter's to know.
    onLogin: options.onLogin as ResolvedOptions['onLogin'],
    onSessionsEnded: options.onSessionsEnded,
    webhooks: {
      ...given({
        on: options.webhooks?.on,
        onOther: options.webhooks?.onOther,
        deliveries: options.webhooks?.deliveries,
      }),
      secrets: Object.freeze(settings.webhookSecrets.map(({ value }) => value)),
      listeners: [],
    },
    pluginPaths: [],
    observers: options.onEvent === undefined ? [] : [options.onEvent],
    errorPage: options.errorPage,
    // Wrapped: some platforms refuse `fetch` called as a method of another object, and tests replace the global.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: options.clock ?? systemClock,
  })
}

/** Checks what can be checked before the environment is known. */
export function assertOptions(options: ScalegateOptions<never>): void {
  const problems = optionProblems(options)
  if (problems.length > 0) throw new ConfigurationError('configuration_invalid', problems)
}

function routePaths(options: ScalegateOptions<never>, callbackPath: string | undefined): RoutePaths {
  const under = (name: string) => `${options.basePath === '/' ? '' : (options.basePath ?? '/auth')}/${name}`
  return {
    login: under('login'),
    callback: callbackPath ?? under('callback'),
    refresh: under('refresh'),
    logout: under('logout'),
    backchannelLogout: under('backchannel-logout'),
    session: under('session'),
    widgets: under('widgets'),
    forbidden: under('forbidden'),
    switchOrganization: under('switch-organization'),
    webhooks: under('webhooks'),
    ...given(options.paths),
  }
}

/** The members that have a value: one that is `undefined` is as good as absent and must not undo a default. */
function given<T extends object>(members: T | undefined): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members ?? {}).filter(([, value]) => value !== undefined)) as never
}

/** Frozen with its groups and lists. All of them were made here; none is the caller's own object. */
function frozen(options: ResolvedOptions): ResolvedOptions {
  // The store is the app's object, and may change inside.
  const { store: _theirs, ...ours } = options
  for (const member of Object.values(ours)) if (typeof member === 'object') Object.freeze(member)
  return Object.freeze(options)
}
