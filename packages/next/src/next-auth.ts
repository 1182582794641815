import {
  type AccessTokenOptions,
  type BearerRequirement,
  bearerRequirement,
  type Check,
  type CheckedPermission,
  createScalegate,
  type LogoutCall,
  type OrganizationFeature,
  type Permission,
  type Plugin,
  type PluginApis,
  plugInto,
  type Role,
  requirement,
  type ScalegateOptions,
  type Session,
  type Widget,
} from '@scalegate/core'
import type { NextFetchEvent, NextRequest } from 'next/server.js'
import { asked, type GuardedBy, type WellSpelt } from './asked.js'
import { coded } from './coded-errors.js'
import { ownRoutes } from './own-routes.js'
import { createCurrentContext } from './page-context.js'
import { createPageGuard } from './page-guard.js'
import { createProxy, type ProxyHandler } from './proxy.js'
import {
  type BearerHandler,
  bearerRoute,
  guardedRoute,
  type NextRouteHandler,
  type RouteHandler,
  type RouteParams,
} from './route-handlers.js'
import { guardedAction } from './server-action.js'

/** The kit for one Next app. Called, it gives the session of the request that is running. */
export interface NextAuth {
  /**
   * The session, or null for a stranger: in pages, layouts, route handlers and server actions. In a Server
   * Component, and in a route handler without `route`, it may be `stale`, because nothing is refreshed there; the guards
   * of pages go round by the refresh route.
   *
   * Errors of the kit carry their code as `digest`, which `error.tsx` gets.
   *
   * @throws ConfigurationError static_page in a page that is rendered once for everybody; in a server action also
   * RefreshError refresh_unavailable, SessionError permissions_unavailable: known, but not to be decided now.
   */
  (): Promise<Session | null>
  /** The kit's own routes: `export const { GET, POST } = auth.handlers` in `app/auth/[...scalegate]/route.ts`. */
  readonly handlers: {
    readonly GET: (request: NextRequest) => Promise<Response>
    readonly POST: (request: NextRequest) => Promise<Response>
  }
  /**
   * For pages and layouts: the session of a signed-in person. Strangers go to the login and come back; without the proxy
   * they come back to the start page. Always `await` it; in development a forgotten one reports itself
   * (`guard_not_awaited`). A route handler is guarded by `route`, which can answer with a status.
   *
   * > [!WARNING]
   * > A layout's guard does not protect the pages in it: they are rendered beside it, what they render leaves with the
   * > layout's redirect, and a soft navigation does not run the layout again. Each page guards itself.
   */
  requireAuth(): Promise<Session>
  /** The session of a person who has each of these permissions; others go to the 403 page. Throws for an empty or misspelt list. */
  requirePermission<const Name extends Permission>(...permissions: readonly CheckedPermission<Name>[]): Promise<Session>
  /** The session of a person who has at least one of these permissions. */
  requireAnyPermission<const Name extends Permission>(
    ...permissions: readonly CheckedPermission<Name>[]
  ): Promise<Session>
  /** The session of a person who has at least one of these roles. */
  requireRole(...roles: readonly Role[]): Promise<Session>
  /** The session of a person who acts in this organization. Nothing, as a parameter may turn out to be, is 403. */
  requireOrganization(organizationId: string | undefined): Promise<Session>
  /**
   * The session of a person who proved who they are within these seconds, 30 or more. Others sign in once more
   * (`prompt=login`) and come back.
   *
   * > [!WARNING]
   * > Scalekit does not document `auth_time`. Without it a login that asked for `prompt=login` counts, and whoever sits at the
   * > browser can take that word out of the address of the login service. It keeps honest sessions short; it is no lock.
   */
  requireRecentLogin(seconds: number): Promise<Session>
  /** The session of a person for whom each check holds, such as those that plugins make. Throws for an empty list. */
  require(...checks: readonly Check[]): Promise<Session>
  /**
   * A guarded route handler, which also refreshes until it has answered. Strangers get 401 problem+json or, navigating,
   * the login; known people without what is asked 403. `{}` asks for a signed-in person.
   */
  route<Params = RouteParams, const Name extends Permission = Permission>(
    requirement: GuardedBy<Name, readonly [request: NextRequest, params: Params]> & WellSpelt<Name>,
    handler: RouteHandler<Params>,
  ): NextRouteHandler<Params>
  /**
   * For APIs: a route handler behind an access token for this audience (RFC 6750). Calls without one get 401, 403 or 503,
   * never a redirect. Throws at creation for an empty or misspelt list.
   */
  bearerRoute<Params = RouteParams>(
    requirement: BearerRequirement,
    handler: BearerHandler<Params>,
  ): NextRouteHandler<Params>
  /** A guarded server action: gets the session first, then what the form or the caller gives. `{}` asks for a signed-in person. */
  action<Args extends readonly unknown[], Result, const Name extends Permission = Permission>(
    requirement: GuardedBy<Name, Args> & WellSpelt<Name>,
    action: (session: Session, ...args: Args) => Result | Promise<Result>,
  ): (...args: Args) => Promise<Result>
  /**
   * For `proxy.ts`, or `middleware.ts` with `runtime: 'nodejs'` on Next 15: refreshes the session and tells pages their
   * address. Composes with another proxy: `auth.proxy(createMiddleware(routing))`.
   */
  proxy(handler?: ProxyHandler): (request: NextRequest, event: NextFetchEvent) => Promise<Response>
  /**
   * For `instrumentation.ts`: `export const register = auth.register`. With a bad environment the server says everything
   * that is wrong as it starts, and answers 500 to every page and route until it is right.
   *
   * @throws ConfigurationError configuration_invalid
   */
  readonly register: () => void
  /**
   * The access token of the person, refreshed if it is about to expire and this is a server action or `route`.
   *
   * @throws SessionError unauthenticated for a stranger, refresh_required where `auth()` may be stale;
   * RefreshError refresh_unavailable (503).
   */
  accessToken(options?: AccessTokenOptions): Promise<string>
  /**
   * In a server action or `route`: the session as Scalekit sees it now. It asks in any case, so that what was taken away is
   * gone; `fresh: true` in `route` and `action` does it before their own decision.
   *
   * @throws SessionError unauthenticated, refresh_required in a page; RefreshError refresh_unavailable (503).
   */
  fresh(): Promise<Session>
  /**
   * In a server action or route handler: ends the session here and gives the address at which the browser ends it at
   * Scalekit, for `redirect(url.href)`. A form that posts to `/auth/logout` does the same and works without scripts too,
   * where `form-action 'self'` would block the redirect of an action.
   *
   * @throws ConfigurationError cookies_read_only in a Server Component.
   */
  logout(options?: LogoutCall): Promise<URL>
  /** The hosted widgets this person can use, for a settings menu. */
  widgetsFor(session: Session, options?: { readonly features?: readonly OrganizationFeature[] }): readonly Widget[]
}

/**
 * Makes the kit for a Next app. It reads nothing of the environment until a request comes, so `next build` needs no
 * secrets.
 *
 * @throws ConfigurationError configuration_invalid for wrong options.
 */
export function scalegate<const Plugins extends readonly Plugin[] = readonly []>(
  options: ScalegateOptions<NextRequest> & { readonly plugins?: Plugins } = {},
): NextAuth & PluginApis<Plugins> {
  const kit = createScalegate(options)
  const current = createCurrentContext(kit)
  const guard = createPageGuard(current)
  const own = ownRoutes(kit)

  const session = coded(async () => (await current()).session())
  const auth = Object.assign(session, {
    handlers: { GET: own, POST: own },
    requireAuth: () => guard('requireAuth', {}),
    requirePermission: (...permissions: readonly string[]) => guard('requirePermission', requirement({ permissions })),
    requireAnyPermission: (...anyPermission: readonly string[]) =>
      guard('requireAnyPermission', requirement({ anyPermission })),
    requireRole: (...roles: readonly string[]) => guard('requireRole', requirement({ roles })),
    requireOrganization: (organizationId: string | undefined) => guard('requireOrganization', { organizationId }),
    requireRecentLogin: (recentLogin: number) => guard('requireRecentLogin', requirement({ recentLogin })),
    require: (...checks: readonly Check[]) => guard('require', requirement({ checks })),
    bearerRoute: <Params>(required: BearerRequirement, handler: BearerHandler<Params>) =>
      bearerRoute(kit, current, bearerRequirement(required), handler),
    route: <Params>(
      required: GuardedBy<Permission, readonly [request: NextRequest, params: Params]>,
      handler: RouteHandler<Params>,
    ) => guardedRoute(kit, current, asked(required), handler),
    action: <Args extends readonly unknown[], Result>(
      required: GuardedBy<Permission, Args>,
      action: (session: Session, ...args: Args) => Result | Promise<Result>,
    ) => guardedAction(current, asked(required), action),
    proxy: (handler?: ProxyHandler) => createProxy(kit, handler),
    register: () => kit.validate(),
    accessToken: coded(async (tokenOptions?: AccessTokenOptions) => (await current()).accessToken(tokenOptions)),
    fresh: coded(async () => (await current()).fresh()),
    logout: coded(async (call?: LogoutCall) => (await current()).logout(call)),
    widgetsFor: kit.widgetsFor,
  })
  return plugInto(auth, (options.plugins ?? []) as unknown as Plugins, () => kit.plugins)
}
