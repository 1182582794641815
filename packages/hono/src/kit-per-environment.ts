import {
  createScalegate,
  type Environment,
  environmentNames,
  processEnvironment,
  type Scalegate,
  type ScalegateOptions,
} from '@scalegate/core'
import type { Context } from 'hono'

/** The kits of one app, which differ in their environment alone. */
export interface Kits {
  /** The kit for the variables of a request, as `env(c)` gives them. */
  readonly of: (variables: Readonly<Record<string, unknown>> | undefined) => Scalegate<Context>
  /** The kit of the latest request; before the first one, that of the process. */
  readonly latest: () => Scalegate<Context>
  /** The helpers of plugins. They may be asked for while a module is loaded, and serve the environment of the first request. */
  readonly helpers: () => Scalegate<Context>['plugins']
}

/** One app has one environment. Room for more is for tests and for hosts that change a variable; it must have an end. */
const capacity = 8

/**
 * Makes a kit for each distinct set of values: where Hono runs, variables may come with the request and not with the
 * process.
 *
 * @throws ConfigurationError configuration_invalid for options that are wrong whatever the environment says.
 */
export function kitPerEnvironment(options: ScalegateOptions<Context>): Kits {
  const kits = new Map<string, Scalegate<Context>>()
  let latest = createScalegate(options)
  let known: Environment | undefined
  const { plugins } = createScalegate(options, () => known ?? processEnvironment())
  return {
    of(variables) {
      const environment = Object.fromEntries(environmentNames.map((name) => [name, textOf(variables?.[name])]))
      const key = JSON.stringify(environment)
      const kit = kits.get(key) ?? createScalegate(options, () => environment)
      // The one used last stands at the end, so that the first is the one to forget.
      kits.delete(key)
      kits.set(key, kit)
      for (const oldest of [...kits.keys()].slice(0, -capacity)) kits.delete(oldest)
      latest = kit
      known ??= environment
      return kit
    },
    latest: () => latest,
    helpers: () => plugins,
  }
}

/** A binding of the platform may have any shape; a variable is text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
