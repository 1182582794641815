import { type AuthContext, type ContextOptions, createAuthContext } from '../context/auth-context.js'
import type { CookieJar } from '../cookies/cookie-jar.js'
import type { OrganizationFeature, Widget } from '../guards/widgets.js'
import { widgetsFor } from '../guards/widgets.js'
import { urlUnder } from '../http/base-url.js'
import type { IncomingRequest } from '../http/incoming-request.js'
import type { Session } from '../model/session.js'
import { type Environment, processEnvironment } from '../options/environment.js'
import { assertOptions, resolveOptions } from '../options/resolve-options.js'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { createRouter } from '../routes/router.js'
import { type PluggedIn, pluginApis, pluginRoutes, setUpPlugins, withPlugins } from './plugins.js'
import { createRoutes } from './routes.js'
import { createServices, type Services } from './services.js'

/** The kit without a framework: two verbs, and what adapters need around them. */
export interface Scalegate<At = Request> {
  /**
   * True where the address of a request is one of the kit's own routes, so that adapters need not convert any other
   * request. Takes `request.url` or a raw request target.
   */
  owns(url: string): boolean
  /**
   * Answers the kit's own routes. `undefined`: the path is not ours, let the app answer. `at` is what hooks get beside
   * their subject; without it they get the request.
   */
  handle(request: Request, at?: At): Promise<Response | undefined>
  /** Binds one request of the app. Nothing is read, unsealed or refreshed until the context is asked. */
  context(request: IncomingRequest, cookies: CookieJar, options?: ContextOptions): AuthContext
  /**
   * Reads the environment now instead of at the first request, so that a bad one stops the start of the app.
   *
   * @throws ConfigurationError configuration_invalid with every problem at once.
   */
  validate(): void
  /** The helpers of the plugins, by their names. */
  readonly plugins: Readonly<Record<string, object>>
  /** The hosted widgets to offer this person in a menu (protocol.md §8). */
  widgetsFor(session: Session, options?: { readonly features?: readonly OrganizationFeature[] }): readonly Widget[]
}

interface Running {
  readonly services: Services
  readonly owns: (url: string) => boolean
  readonly route: (request: Request, at: unknown) => Promise<Response | undefined>
}

/**
 * Makes the kit. Options given here are checked now; the environment is read at the first use, so that a build
 * that only imports the module needs no secrets.
 *
 * @throws ConfigurationError configuration_invalid for options that are wrong whatever the environment says.
 */
export function createScalegate<At = Request>(
  options: ScalegateOptions<At> = {},
  environment: () => Environment = processEnvironment,
): Scalegate<At> {
  assertOptions(options)
  let running: Running | undefined
  const run = (): Running => {
    running ??= start(options, environment(), plugins)
    return running
  }
  const plugins = setUpPlugins(options.plugins ?? [], () => run().services)
  return {
    plugins: pluginApis(plugins),
    owns: (url) => run().owns(url),
    handle: async (request, at) => run().route(request, at ?? request),
    context: (request, cookies, where) => createAuthContext(run().services, request, cookies, where),
    validate: () => void run(),
    widgetsFor(session, { features } = {}) {
      const { base, options: resolved } = run().services
      const href = urlUnder(base, resolved.paths.widgets)
      return widgetsFor(session, { href, ...(features === undefined ? {} : { features }) })
    },
  }
}

function start(options: ScalegateOptions<never>, environment: Environment, plugins: readonly PluggedIn[]): Running {
  const services = createServices(withPlugins(resolveOptions(options, environment), plugins))
  const routes = new Map([...createRoutes(services), ...pluginRoutes(plugins, services)])
  if (services.options.webhooks.secrets.length === 0)
    services.emit('webhooks_off', { variable: 'SCALEKIT_WEBHOOK_SECRET' })
  return { services, ...createRouter(services.base, routes) }
}
