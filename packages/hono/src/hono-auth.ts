import {
  type AccessTokenOptions,
  type AuthContext,
  type BearerRequirement,
  bearerRequirement,
  type Caller,
  type Check,
  type CheckedPermission,
  ConfigurationError,
  type LogoutCall,
  type OrganizationFeature,
  type Permission,
  type Plugin,
  type PluginApis,
  plugInto,
  type Requirement,
  type Role,
  requirement,
  type ScalegateOptions,
  type Session,
  type Widget,
} from '@scalegate/core'
import type { Context, MiddlewareHandler } from 'hono'
import { env } from 'hono/adapter'
import { kitPerEnvironment } from './kit-per-environment.js'
import { kitRequest } from './kit-request.js'
import { kitResponse } from './kit-response.js'
import { responseCookies } from './response-cookies.js'
import { type SessionVariable, sessionVariable } from './session-variable.js'

/** The options of the kit, and those of Hono. */
export interface HonoOptions<Property extends string = 'auth'> extends ScalegateOptions<Context> {
  /** The variable of the context that holds the session behind a guard: `c.var[property]`. @defaultValue `auth` */
  readonly property?: Property
}

/** What guards add to the context, for `new Hono<ScalegateEnv>()` and for types of your own handlers. */
export interface ScalegateEnv<Property extends string = 'auth'> {
  readonly Variables: Readonly<Record<Property, Session>>
}

/** A guard, as a middleware of any route. It types `c.var.auth` for the handlers behind it. */
export type Guard<Property extends string = 'auth'> = MiddlewareHandler<ScalegateEnv<Property>>

/** The kit for one Hono app: the middleware to mount, and its guards and readers. */
export interface HonoAuth<Property extends string = 'auth'> extends Guard<Property> {
  /** Lets signed-in people through. Others: 303 to the login for page loads, 401 problem+json for programs. */
  requireAuth(): Guard<Property>
  /** Lets people through who have each of these permissions; 403 for signed-in people without. Throws at creation for an empty or misspelt list. */
  requirePermission<const Name extends Permission>(...permissions: readonly CheckedPermission<Name>[]): Guard<Property>
  /** Lets people through who have at least one of these permissions. */
  requireAnyPermission<const Name extends Permission>(
    ...permissions: readonly CheckedPermission<Name>[]
  ): Guard<Property>
  /** Lets people through who have at least one of these roles. */
  requireRole(...roles: readonly Role[]): Guard<Property>
  /** Lets people through whose session acts in this organization, given or computed from the request. */
  requireOrganization(organization: string | ((c: Context) => string | undefined)): Guard<Property>
  /**
   * Lets people through who proved who they are within these seconds, 30 or more. Others sign in once more
   * (`prompt=login`) and come back; programs get 401 `recent_login_required` (RFC 9470).
   *
   * > [!WARNING]
   * > Scalekit does not document `auth_time`. Without it a login that asked for `prompt=login` counts, and whoever sits at the
   * > browser can take that word out of the address of the login service. It keeps honest sessions short; it is no lock.
   */
  requireRecentLogin(seconds: number): Guard<Property>
  /** Lets people through for whom each check holds, such as those that plugins make. Throws at creation for an empty list. */
  require(...checks: readonly Check[]): Guard<Property>
  /** Asks Scalekit for the session as it is now; put it before a permission guard whose removal must bite at once. */
  requireFresh(): Guard<Property>
  /**
   * For APIs: lets calls through that bring an access token for this audience (RFC 6750), and answers others with 401, 403
   * or 503, never with a redirect. Read the caller by `bearer(c)`. Throws at creation for an empty or misspelt list.
   */
  requireBearer(requirement: BearerRequirement): MiddlewareHandler
  /** Who is calling, behind `requireBearer`. Throws `guard_missing` without it. */
  bearer(c: Context): Caller
  /** The session of this request, or null for a stranger. Throws `refresh_unavailable` (503) where it cannot be decided now. */
  session(c: Context): Promise<Session | null>
  /**
   * The access token of the person, refreshed if it is about to expire.
   *
   * @throws SessionError unauthenticated for a stranger, refresh_required where no cookie can be stored;
   * RefreshError refresh_unavailable (503).
   */
  accessToken(c: Context, options?: AccessTokenOptions): Promise<string>
  /**
   * The session as Scalekit sees it now: asks in any case, so that what was taken away is gone.
   *
   * @throws SessionError unauthenticated, refresh_required; RefreshError refresh_unavailable (503).
   */
  fresh(c: Context): Promise<Session>
  /**
   * Ends the session here and gives the address at which the browser ends it at Scalekit. After a form post answer with
   * a page that leads there, not with a redirect: a policy of `form-action 'self'` would block it.
   *
   * @throws ConfigurationError headers_already_sent
   */
  logout(c: Context, options?: LogoutCall): Promise<URL>
  /** The hosted widgets this person can use, for a settings menu. */
  widgetsFor(session: Session, options?: { readonly features?: readonly OrganizationFeature[] }): readonly Widget[]
}

/**
 * Makes the kit for a Hono app; mount it with `app.use(auth)` before your routes and before other middleware, so that
 * it has the last word on whether a response may be cached.
 *
 * The environment is read with each request, by `env(c)` of Hono: a wrong one is an error of the first request.
 *
 * @throws ConfigurationError configuration_invalid for wrong options.
 */
export function scalegate<
  const Property extends string = 'auth',
  const Plugins extends readonly Plugin[] = readonly [],
>(options: HonoOptions<Property> & { readonly plugins?: Plugins } = {}): HonoAuth<Property> & PluginApis<Plugins> {
  const { property = 'auth', ...kitOptions } = options
  const kits = kitPerEnvironment(kitOptions)
  const visits = new WeakMap<Context, { readonly context: AuthContext; readonly variable: SessionVariable }>()
  const callers = new WeakMap<Context, Caller>()

  const visitOf = (c: Context) => {
    const visit = visits.get(c)
    if (visit === undefined) throw new ConfigurationError('not_mounted')
    return visit
  }

  const scalegateMiddleware: Guard<Property> = async (c, next) => {
    // Mounted on an app and on a part of it: one request is still one view of the caller.
    if (visits.has(c)) return next()
    const kit = kits.of(env(c))
    const response = kit.owns(c.req.url) ? await kit.handle(await kitRequest(c.req), c) : undefined
    if (response !== undefined) return kitResponse(c, response)
    const cookies = responseCookies(c)
    const context = kit.context(c.req.raw, cookies)
    visits.set(c, { context, variable: sessionVariable(c, property) })
    await next().catch(cookies.announce)
    cookies.write(context.isPersonal)
  }

  function guard(ask: (c: Context) => Requirement): Guard<Property> {
    const scalegateGuard: Guard<Property> = async (c, next) => {
      const { context, variable } = visitOf(c)
      const { session, refusal } = await context.authorize(() => ask(c))
      if (refusal !== undefined) return kitResponse(c, refusal)
      variable.reveal(session)
      return next()
    }
    return scalegateGuard
  }

  function bearerGuard(asked: BearerRequirement): MiddlewareHandler {
    const checked = bearerRequirement(asked)
    return async function scalegateBearerGuard(c, next) {
      const { caller, refusal } = await visitOf(c).context.authorizeBearer(checked)
      if (refusal !== undefined) return kitResponse(c, refusal)
      callers.set(c, caller)
      return next()
    }
  }

  const callerOf = (c: Context): Caller => {
    const caller = callers.get(c)
    if (caller === undefined)
      throw new ConfigurationError('guard_missing', [], '`auth.bearer()` needs `requireBearer`.')
    return caller
  }

  function fixed(asked: Requirement): Guard<Property> {
    const checked = requirement(asked)
    return guard(() => checked)
  }

  const auth = Object.assign(scalegateMiddleware, {
    requireAuth: () => fixed({}),
    requirePermission: (...permissions: readonly string[]) => fixed({ permissions }),
    requireAnyPermission: (...anyPermission: readonly string[]) => fixed({ anyPermission }),
    requireRole: (...roles: readonly string[]) => fixed({ roles }),
    requireOrganization: (organization: string | ((c: Context) => string | undefined)) =>
      typeof organization === 'function'
        ? guard((c) => ({ organizationId: organization(c) }))
        : fixed({ organizationId: organization }),
    requireRecentLogin: (recentLogin: number) => fixed({ recentLogin }),
    require: (...checks: readonly Check[]) => fixed({ checks }),
    requireFresh: () => fixed({ fresh: true }),
    requireBearer: bearerGuard,
    bearer: callerOf,
    session: async (c: Context) => visitOf(c).context.session(),
    accessToken: async (c: Context, tokenOptions?: AccessTokenOptions) => visitOf(c).context.accessToken(tokenOptions),
    fresh: async (c: Context) => visitOf(c).context.fresh(),
    logout: async (c: Context, call?: LogoutCall) => visitOf(c).context.logout(call),
    widgetsFor: (session: Session, widgetOptions?: { readonly features?: readonly OrganizationFeature[] }) =>
      kits.latest().widgetsFor(session, widgetOptions),
  })
  return plugInto(auth, (kitOptions.plugins ?? []) as unknown as Plugins, kits.helpers)
}
