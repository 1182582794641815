import { ConfigurationError, type ConfigurationProblem } from '../errors/scalegate-error.js'
import type { Fetch } from '../http/fetch-json.js'
import { normaliseAddress } from '../options/addresses.js'
import { type Clock, systemClock } from '../options/clock.js'
import type { Environment, EnvironmentName } from '../options/environment.js'
import { nearMiss } from '../options/near-miss.js'
import type { Setting } from '../options/read-settings.js'

/** What a management client is made from. */
export interface ManagementClientOptions {
  /** @defaultValue `SCALEKIT_ENVIRONMENT_URL` */
  readonly environmentUrl?: string
  /** @defaultValue `SCALEKIT_CLIENT_ID` */
  readonly clientId?: string
  /** @defaultValue `SCALEKIT_CLIENT_SECRET` */
  readonly clientSecret?: string
  /** @defaultValue the global one, looked up at each call */
  readonly fetch?: Fetch
  /** NumericDate seconds; decides when the access token is renewed. */
  readonly clock?: Clock
  readonly timeouts?: {
    /** Seconds for one method, retries and waits included; each page of a list has them anew. @defaultValue 30 */
    readonly call?: number
    /** Seconds for one attempt, and for the access token. @defaultValue 10 */
    readonly attempt?: number
  }
  /** Attempts after the first that failed and may pass; 0 to 10. @defaultValue 3 */
  readonly retries?: number
}

export interface ResolvedClientOptions {
  readonly environmentUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly fetch: Fetch
  readonly clock: Clock
  readonly timeouts: { readonly call: number; readonly attempt: number }
  readonly retries: number
}

const variables = {
  environmentUrl: ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENV_URL'],
  clientId: ['SCALEKIT_CLIENT_ID'],
  clientSecret: ['SCALEKIT_CLIENT_SECRET'],
} as const satisfies Record<string, readonly EnvironmentName[]>

const known = ['environmentUrl', 'clientId', 'clientSecret', 'fetch', 'clock', 'timeouts', 'retries']

/** Code wins over the environment, as in the kit; every problem is reported at once. */
export function resolveClientOptions(
  options: ManagementClientOptions,
  environment: Environment,
): ResolvedClientOptions {
  const problems: ConfigurationProblem[] = []
  const report = (path: string, message: string) => void problems.push({ path, message })
  for (const name of unknown(options, known)) report(name, misspelt(name, known))
  for (const name of unknown(options.timeouts ?? {}, ['call', 'attempt']))
    report(`timeouts.${name}`, misspelt(name, ['call', 'attempt']))

  const setting = (option: keyof typeof variables): Setting | undefined => {
    const given = options[option]
    if (typeof given === 'string' && given.trim() !== '') return { path: option, value: given }
    // Another client's variable that is missing must not turn it into this one's.
    if (option in options) {
      report(option, `must be a non-empty string; leave it out to read ${variables[option][0]}`)
      return undefined
    }
    const found = variables[option].find((name) => environment[name]?.trim())
    if (found !== undefined) return { path: found, value: environment[found]?.trim() ?? '' }
    report(variables[option][0], `is missing: set it, or pass \`${option}\``)
    return undefined
  }
  const number = (path: string, value: number | undefined, standard: number, min: number, max: number): number => {
    if (value === undefined) return standard
    if (!(value >= min && value <= max)) report(path, `must be a number from ${min} to ${max}`)
    return value
  }
  const callable = (name: 'fetch' | 'clock') => {
    if (options[name] !== undefined && typeof options[name] !== 'function') report(name, 'must be a function')
  }

  callable('fetch')
  callable('clock')
  const environmentUrl = normaliseAddress(setting('environmentUrl'), 'issuer', report)
  const clientId = setting('clientId')?.value
  const clientSecret = setting('clientSecret')?.value
  const timeouts = {
    call: number('timeouts.call', options.timeouts?.call, 30, 0.1, 600),
    attempt: number('timeouts.attempt', options.timeouts?.attempt, 10, 0.1, 600),
  }
  const retries = number('retries', options.retries, 3, 0, 10)
  if (problems.length > 0 || environmentUrl === undefined || clientId === undefined || clientSecret === undefined) {
    throw new ConfigurationError('configuration_invalid', problems)
  }
  return {
    environmentUrl,
    clientId,
    clientSecret,
    // Looked up at each call, so that one that is replaced later is seen.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock: options.clock ?? systemClock,
    timeouts,
    retries,
  }
}

function unknown(given: object, names: readonly string[]): readonly string[] {
  return Object.keys(given).filter((name) => !names.includes(name))
}

function misspelt(name: string, names: readonly string[]): string {
  const close = nearMiss(name, names)
  return `is no option${close === undefined ? '' : `; did you mean \`${close}\`?`}`
}
