import { isAppPath } from './check-options.js'
import { type Environment, type EnvironmentName, environmentNames } from './environment.js'
import { nearMiss } from './near-miss.js'
import type { ScalegateOptions } from './scalegate-options.js'

/** A value and the name under which it was given: an option or a variable. */
export interface Setting {
  readonly path: string
  readonly value: string
}

export type Report = (path: string, message: string) => void

/** The five things that have no default, each from code or from the environment. */
export interface Settings {
  readonly issuer: Setting | undefined
  readonly clientId: Setting | undefined
  readonly clientSecret: Setting | undefined
  readonly cookieSecrets: readonly Setting[]
  readonly baseUrl: Setting | undefined
  /** None: the webhooks route does not exist. */
  readonly webhookSecrets: readonly Setting[]
  /** Set where only `REDIRECT_URI` is known and its path is not the kit's own. */
  readonly callbackPath: string | undefined
}

/** Values that people leave behind from templates (attack row 369). */
const placeholder = /^(undefined|null|change[-_]?me|replace[-_]?me|todo|x{3,}|<.*>|your[-_ ].*|sk_test_x+|\.\.\.)$/i

export function readSettings(options: ScalegateOptions<never>, environment: Environment, report: Report): Settings {
  const fromEnvironment = (name: EnvironmentName): Setting | undefined => {
    const value = environment[name]?.trim()
    return value ? { path: name, value } : undefined
  }
  const setting = (option: keyof ScalegateOptions, ...names: EnvironmentName[]): Setting | undefined => {
    const given = options[option]
    if (typeof given === 'string') return { path: option, value: given }
    return names.map(fromEnvironment).find((found) => found !== undefined)
  }
  const required = (
    option: keyof ScalegateOptions,
    ...names: [EnvironmentName, ...EnvironmentName[]]
  ): Setting | undefined => {
    if (option in options && options[option] === undefined) {
      // Another kit's variable that is missing must not turn it into this environment's.
      report(option, `is undefined; leave it out to read ${names[0]}`)
      return undefined
    }
    const found = setting(option, ...names)
    if (found === undefined) {
      // Reported once: a wrong type in code is already a problem of its own.
      if (options[option] === undefined)
        report(names[0], `is missing: set it, or pass \`${option}\`${lookalike(names[0], environment)}`)
      return undefined
    }
    if (!placeholder.test(found.value)) return found
    report(found.path, 'still holds a placeholder')
    return undefined
  }

  const redirectUri =
    !('baseUrl' in options) && !environment.APP_BASE_URL?.trim() ? fromEnvironment('REDIRECT_URI') : undefined
  const derived = redirectUri === undefined ? undefined : baseOfRedirectUri(redirectUri, options)
  const { callbackPath } = derived ?? {}
  if (options.webhooks !== undefined && 'secret' in options.webhooks && options.webhooks.secret === undefined)
    report('webhooks.secret', 'is undefined; leave it out to read SCALEKIT_WEBHOOK_SECRET')
  const webhookSecret = options.webhooks?.secret
  // A callback at `/` would answer the start page.
  if (callbackPath !== undefined && (callbackPath === '/' || !isAppPath(callbackPath)))
    report('REDIRECT_URI', 'must be the address of the callback route, such as https://app.example/auth/callback')
  return {
    issuer: required('issuer', 'SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENV_URL'),
    clientId: required('clientId', 'SCALEKIT_CLIENT_ID'),
    clientSecret: required('clientSecret', 'SCALEKIT_CLIENT_SECRET'),
    cookieSecrets: listed('cookieSecret', options.cookieSecret, () =>
      required('cookieSecret', 'COOKIE_ENCRYPTION_SECRET'),
    ),
    webhookSecrets: listed('webhooks.secret', webhookSecret, () =>
      typeof webhookSecret === 'string'
        ? { path: 'webhooks.secret', value: webhookSecret }
        : fromEnvironment('SCALEKIT_WEBHOOK_SECRET'),
    ),
    baseUrl: derived?.base ?? required('baseUrl', 'APP_BASE_URL'),
    callbackPath,
  }
}

/** Secrets that rotate: a list in code, or one text of the environment, separated by commas. */
function listed(
  path: string,
  given: string | readonly string[] | undefined,
  read: () => Setting | undefined,
): readonly Setting[] {
  if (typeof given === 'object') return given.map((value, index) => ({ path: `${path}.${index}`, value }))
  const found = read()
  if (found === undefined) return []
  if (typeof given === 'string') return [found]
  return found.value
    .split(',')
    .map((value) => ({ path: found.path, value: value.trim() }))
    .filter(({ value }) => value !== '')
}

/** `https://app.example/auth/callback` → the base `https://app.example`; another path becomes the callback route itself. */
function baseOfRedirectUri(
  redirectUri: Setting,
  options: ScalegateOptions<never>,
): { base: Setting; callbackPath: string | undefined } {
  const { path, value } = redirectUri
  if (!URL.canParse(value)) return { base: redirectUri, callbackPath: undefined }
  const { origin, pathname, search, hash } = new URL(value)
  const own = options.paths?.callback ?? `${options.basePath ?? '/auth'}/callback`
  if (search !== '' || hash !== '') return { base: redirectUri, callbackPath: undefined }
  if (pathname.endsWith(own))
    return { base: { path, value: origin + pathname.slice(0, -own.length) }, callbackPath: undefined }
  return { base: { path, value: origin }, callbackPath: pathname }
}

/** A variable that is set and looks like the missing one. */
function lookalike(missing: EnvironmentName, environment: Environment): string {
  const others = Object.keys(environment).filter((name) => !(environmentNames as readonly string[]).includes(name))
  const close = nearMiss(missing, others)
  return close === undefined ? '' : ` (did you mean it by ${close}, which is set?)`
}
