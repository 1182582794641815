import { createAuthContext } from '../context/auth-context.js'
import { sha256Base64url } from '../crypto/sha256.js'
import { ConfigurationError, type ConfigurationProblem } from '../errors/scalegate-error.js'
import { requirement } from '../guards/requirement.js'
import { urlUnder } from '../http/base-url.js'
import type { Requirement } from '../model/requirement.js'
import { isAppPath } from '../options/check-options.js'
import type {
  Plugin,
  PluginEndpoint,
  PluginKit,
  PluginParts,
  PluginRoute,
  PluginSettings,
  SharedTexts,
} from '../options/plugin.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { Store } from '../options/store.js'
import { createSessionTerminator } from '../revocation/session-terminator.js'
import { pluginRoute } from '../routes/plugin-route.js'
import type { Route } from '../routes/route.js'
import { memoryStore } from '../state/memory-store.js'
import type { Services } from './services.js'

/** A plugin that has been set up. */
export interface PluggedIn {
  readonly name: string
  readonly parts: PluginParts
}

/** Members of functions and objects: the kit of Express and Hono is a function. */
const taken = ['name', 'length', 'prototype', 'arguments', 'caller', 'constructor', 'then']

/**
 * Sets up each plugin, before the environment is known. What it gets asks the running kit at each call.
 *
 * @throws ConfigurationError configuration_invalid for names that are odd or given twice, and routes that no address can have.
 */
export function setUpPlugins(plugins: readonly Plugin[], running: () => Services): readonly PluggedIn[] {
  const problems: ConfigurationProblem[] = []
  const names = new Set<string>()
  const set = plugins.flatMap((plugin, index) => {
    const path = `plugins.${index}`
    const { name } = plugin
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name) || taken.includes(name))
      problems.push({ path, message: 'has a name that is none: letters and digits, the first one small' })
    else if (names.has(name)) problems.push({ path, message: `is another plugin with the name "${name}"` })
    else {
      names.add(name)
      const parts = plugin.setUp(pluginKit(name, running))
      const { routes = {} } = parts
      const odd = routeProblems(routes, path)
      problems.push(...odd)
      return odd.length > 0 ? [] : [{ name, parts: { ...parts, routes: checkedRoutes(routes) } }]
    }
    return []
  })
  if (problems.length > 0) throw new ConfigurationError('configuration_invalid', problems)
  return set
}

/** Path of the app → route, of every plugin. @throws ConfigurationError configuration_invalid where two claim one path. */
export function pluginRoutes(plugins: readonly PluggedIn[], services: Services): ReadonlyMap<string, Route> {
  const { basePath } = services.options
  const routes = new Map<string, Route>()
  const problems: ConfigurationProblem[] = []
  const kits = new Set<string>(Object.values(services.options.paths))
  for (const { name, parts } of plugins) {
    for (const [route, endpoints] of Object.entries(parts.routes ?? {})) {
      const path = pathOf(route, basePath)
      if (kits.has(path) || routes.has(path))
        problems.push({ path: `plugins.${name}`, message: `has the route ${path}, which is taken` })
      routes.set(
        path,
        pluginRoute(endpoints, {
          ...services,
          name,
          authorize: (request, jar, asked) => createAuthContext(services, request, jar).authorize(asked),
        }),
      )
    }
  }
  if (problems.length > 0) throw new ConfigurationError('configuration_invalid', problems)
  return routes
}

/** The options with what plugins answer and want to hear. */
export function withPlugins(options: ResolvedOptions, plugins: readonly PluggedIn[]): ResolvedOptions {
  const listeners = plugins.map(({ name, parts: { on, onOther } }) => ({ name, on, onOther }))
  const observers = plugins.flatMap(({ parts: { onEvent } }) => onEvent ?? [])
  // A route on a path of the app may be a page, and there are pages of the app below it: people are led back there.
  const routes = plugins.flatMap(({ parts }) => Object.keys(parts.routes ?? {}))
  const own = routes.filter((route) => !route.startsWith('/'))
  return {
    ...options,
    observers: [...options.observers, ...observers],
    pluginPaths: own.map((route) => pathOf(route, options.basePath)),
    webhooks: { ...options.webhooks, listeners },
  }
}

/** The helpers of each plugin by its name. */
export function pluginApis(plugins: readonly PluggedIn[]): Readonly<Record<string, object>> {
  return Object.freeze(Object.fromEntries(plugins.map(({ name, parts }) => [name, Object.freeze(parts.api ?? {})])))
}

function pluginKit(name: string, running: () => Services): PluginKit {
  return Object.freeze({
    settings(): PluginSettings {
      // Picked, because the options hold the secrets of the app.
      const { issuer, clientId, product, baseUrl, paths, fetch, timeouts } = running().options
      return { issuer, clientId, product, baseUrl, paths, fetch, timeouts }
    },
    clock: () => running().clock(),
    urlOf(route: string) {
      const { base, options } = running()
      return urlUnder(base, pathOf(route, options.basePath))
    },
    managementToken: (refused) => running().managementToken(refused),
    slot: <T>(slot: string, create: () => T) => running().state.slot(`plugin ${name} ${slot}`, create),
    shared: sharedTexts(name, running),
    report(event: string, details = {}) {
      running().emit('plugin', { plugin: name, event, details })
    },
    endSessions: (ended) => createSessionTerminator(running())(ended, 'plugin'),
    refreshSessions({ userId, organizationId }) {
      const subject = { sub: userId, ...(organizationId === undefined ? {} : { organization: organizationId }) }
      return running().marks.refreshAfter(subject)
    },
  } satisfies PluginKit)
}

/** Two plugins of one app, and two apps on one store, must not meet. */
function sharedTexts(plugin: string, running: () => Services): SharedTexts {
  const store = () => {
    const { shared, state, clock } = running()
    return shared.store ?? state.slot<Store>('plugin texts', () => memoryStore({ clock }))
  }
  const keyOf = async (name: string) => {
    const { issuer, clientId } = running().options
    return `plugin:${await sha256Base64url(JSON.stringify([issuer, clientId, plugin, name]))}`
  }
  return Object.freeze({
    get: async (name) => store().get(await keyOf(name)),
    set: async (name, ...write) => store().set(await keyOf(name), ...write),
    delete: async (name, ...condition) => store().delete(await keyOf(name), ...condition),
  } satisfies SharedTexts)
}

/** Requirements are checked when the plugin is set up, as those of guards are at their creation. */
function checkedRoutes(routes: Readonly<Record<string, PluginRoute>>): Readonly<Record<string, PluginRoute>> {
  const checked = (route: PluginRoute): PluginRoute =>
    Object.fromEntries(
      endpointsOf(route).map(([method, endpoint]) => [
        method,
        endpoint.open === true ? endpoint : guarded(endpoint, requirement(endpoint.requires)),
      ]),
    )
  return Object.fromEntries(Object.entries(routes).map(([path, route]) => [path, checked(route)]))
}

/** Called through the endpoint, which may be an object of a class. */
function guarded(endpoint: Extract<PluginEndpoint, { requires: Requirement }>, requires: Requirement): PluginEndpoint {
  return { requires, answer: (call) => endpoint.answer(call) }
}

function routeProblems(routes: Readonly<Record<string, PluginRoute>>, path: string): readonly ConfigurationProblem[] {
  return Object.entries(routes).flatMap(([route, endpoints]) => [
    ...(isAppPath(pathOf(route, '/auth'))
      ? []
      : [{ path, message: `has a route with the address "${route}", which is none` }]),
    ...endpointsOf(endpoints)
      .filter(([, endpoint]) => (endpoint.open === true) === (endpoint.requires !== undefined))
      .map(([method]) => ({
        path,
        message: `has the route "${route}", whose ${method} is neither guarded nor open, or both`,
      })),
  ])
}

function endpointsOf({ get, post }: PluginRoute): readonly (readonly ['get' | 'post', PluginEndpoint])[] {
  return [
    ...(get === undefined ? [] : [['get', get] as const]),
    ...(post === undefined ? [] : [['post', post] as const]),
  ]
}

function pathOf(route: string, basePath: string): string {
  if (route.startsWith('/')) return route
  return `${basePath === '/' ? '' : basePath}/${route}`
}
