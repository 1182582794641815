import { ConfigurationError } from '../errors/scalegate-error.js'
import type { Plugin, PluginApis } from '../options/plugin.js'

/**
 * Puts the helpers of plugins onto what an adapter gives the app. Read through `apis` at each access, because where the
 * environment comes with the request another kit may answer.
 *
 * @throws ConfigurationError configuration_invalid for a plugin with the name of something the kit has itself.
 */
export function plugInto<Auth extends object, Plugins extends readonly Plugin[]>(
  auth: Auth,
  plugins: Plugins,
  apis: () => Readonly<Record<string, object>>,
): Auth & PluginApis<Plugins> {
  const problems = plugins
    .filter(({ name }) => name in auth)
    .map(({ name }) => ({ path: 'plugins', message: `the name "${name}" is taken by the kit itself` }))
  if (problems.length > 0) throw new ConfigurationError('configuration_invalid', problems)
  for (const { name } of plugins) {
    Object.defineProperty(auth, name, { get: () => apis()[name], enumerable: true })
  }
  return auth as Auth & PluginApis<Plugins>
}
