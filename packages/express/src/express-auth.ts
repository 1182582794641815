import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type AccessTokenOptions,
  type AuthContext,
  type BearerRequirement,
  bearerRequirement,
  type Caller,
  type Check,
  type CheckedPermission,
  ConfigurationError,
  createScalegate,
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
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { incomingRequest } from './incoming-request.js'
import { responseCookies } from './response-cookies.js'
import { sendWebResponse } from './send-web-response.js'
import { sessionProperty } from './session-property.js'
import { toWebRequest } from './to-web-request.js'

/** What hooks such as `onLogin` get of Express. */
export interface ExpressExchange {
  readonly req: Request
  readonly res: Response
}

/** The options of the kit, and those of Express. */
export interface ExpressOptions extends ScalegateOptions<ExpressExchange> {
  /** The property of the request that holds the session behind a guard. @defaultValue `auth` */
  readonly property?: string
}

/**
 * A guard, as a middleware of any route. It says nothing about `req.params`, so that the handlers behind it get them
 * from the path of their route.
 */
export type Guard = (req: IncomingMessage, res: ServerResponse, next: NextFunction) => void

/** The kit for one Express app: the middleware to mount, and its guards and readers. */
export interface ExpressAuth extends RequestHandler {
  /** Lets signed-in people through. Others: 303 to the login for page loads, 401 problem+json for programs. */
  requireAuth(): Guard
  /** Lets people through who have each of these permissions; 403 for signed-in people without. Throws at creation for an empty or misspelt list. */
  requirePermission<const Name extends Permission>(...permissions: readonly CheckedPermission<Name>[]): Guard
  /** Lets people through who have at least one of these permissions. */
  requireAnyPermission<const Name extends Permission>(...permissions: readonly CheckedPermission<Name>[]): Guard
  /** Lets people through who have at least one of these roles. */
  requireRole(...roles: readonly Role[]): Guard
  /** Lets people through whose session acts in this organization, given or computed from the request. */
  requireOrganization(organization: string | ((request: Request) => string | undefined)): Guard
  /**
   * Lets people through who proved who they are within these seconds, 30 or more. Others sign in once more
   * (`prompt=login`) and come back; programs get 401 `recent_login_required` (RFC 9470).
   *
   * > [!WARNING]
   * > Scalekit does not document `auth_time`. Without it a login that asked for `prompt=login` counts, and whoever sits at the
   * > browser can take that word out of the address of the login service. It keeps honest sessions short; it is no lock.
   */
  requireRecentLogin(seconds: number): Guard
  /** Lets people through for whom each check holds, such as those that plugins make. Throws at creation for an empty list. */
  require(...checks: readonly Check[]): Guard
  /** Asks Scalekit for the session as it is now; put it before a permission guard whose removal must bite at once. */
  requireFresh(): Guard
  /**
   * For APIs: lets calls through that bring an access token for this audience (RFC 6750), and answers others with 401, 403
   * or 503, never with a redirect. Read the caller by `bearer(req)`. Throws at creation for an empty or misspelt list.
   */
  requireBearer(requirement: BearerRequirement): Guard
  /** Who is calling, behind `requireBearer`. Throws `guard_missing` without it. */
  bearer(request: Request): Caller
  /** The session of this request, or null for a stranger. Throws `refresh_unavailable` (503) where it cannot be decided now. */
  session(request: Request): Promise<Session | null>
  /**
   * The access token of the person, refreshed if it is about to expire.
   *
   * @throws SessionError unauthenticated for a stranger, refresh_required where no cookie can be stored;
   * RefreshError refresh_unavailable (503).
   */
  accessToken(request: Request, options?: AccessTokenOptions): Promise<string>
  /**
   * The session as Scalekit sees it now: asks in any case, so that what was taken away is gone.
   *
   * @throws SessionError unauthenticated, refresh_required; RefreshError refresh_unavailable (503).
   */
  fresh(request: Request): Promise<Session>
  /**
   * Ends the session here and gives the address at which the browser ends it at Scalekit. After a form post answer with
   * a page that leads there, not with a redirect: `form-action 'self'`, helmet's default, would block it.
   *
   * @throws ConfigurationError headers_already_sent
   */
  logout(request: Request, options?: LogoutCall): Promise<URL>
  /** The hosted widgets this person can use, for a settings menu. */
  widgetsFor(session: Session, options?: { readonly features?: readonly OrganizationFeature[] }): readonly Widget[]
}

/**
 * Makes the kit for an Express app; mount it with `app.use(auth)` before your routes.
 *
 * @throws ConfigurationError configuration_invalid: here for wrong options, at `app.use` for a wrong environment.
 */
export function scalegate<const Plugins extends readonly Plugin[] = readonly []>(
  options: ExpressOptions & { readonly plugins?: Plugins } = {},
): ExpressAuth & PluginApis<Plugins> {
  const { property = 'auth', ...kitOptions } = options
  const kit = createScalegate(kitOptions)
  const exposed = sessionProperty(property)
  const contexts = new WeakMap<Request, AuthContext>()
  const callers = new WeakMap<Request, Caller>()

  const contextOf = (req: Request): AuthContext => {
    const context = contexts.get(req)
    if (context === undefined) throw new ConfigurationError('not_mounted')
    return context
  }

  function scalegateMiddleware(req: Request, res: Response, next: NextFunction): void {
    answer(req, res).then((answered) => (answered ? undefined : next()), next)
  }

  async function answer(req: Request, res: Response): Promise<boolean> {
    if (kit.owns(req.originalUrl)) {
      const response = await kit.handle(toWebRequest(req), { req, res })
      if (response !== undefined) {
        await sendWebResponse(res, response)
        return true
      }
    }
    const cookies = responseCookies(req, res)
    const context = kit.context(incomingRequest(req), cookies)
    cookies.onHeaders(() => context.isPersonal)
    contexts.set(req, context)
    exposed.guardMissing(req)
    return false
  }

  function guard(ask: (req: Request) => Requirement): Guard {
    return function scalegateGuard(incoming, outgoing, next): void {
      // Express calls it, so these are its own.
      const [req, res] = [incoming as Request, outgoing as Response]
      const decide = async (): Promise<boolean> => {
        const { session, refusal } = await contextOf(req).authorize(() => ask(req))
        if (refusal === undefined) exposed.reveal(req, session)
        else await sendWebResponse(res, refusal)
        return refusal === undefined
      }
      decide().then((allowed) => (allowed ? next() : undefined), next)
    }
  }

  function bearerGuard(asked: BearerRequirement): Guard {
    const checked = bearerRequirement(asked)
    return function scalegateBearerGuard(incoming, outgoing, next): void {
      const [req, res] = [incoming as Request, outgoing as Response]
      const decide = async (): Promise<boolean> => {
        const { caller, refusal } = await contextOf(req).authorizeBearer(checked)
        if (refusal === undefined) callers.set(req, caller)
        else await sendWebResponse(res, refusal)
        return refusal === undefined
      }
      decide().then((allowed) => (allowed ? next() : undefined), next)
    }
  }

  const callerOf = (req: Request): Caller => {
    const caller = callers.get(req)
    if (caller === undefined)
      throw new ConfigurationError('guard_missing', [], '`auth.bearer()` needs `requireBearer`.')
    return caller
  }

  function fixed(asked: Requirement): Guard {
    const checked = requirement(asked)
    return guard(() => checked)
  }

  const auth = Object.assign(scalegateMiddleware, {
    requireAuth: () => fixed({}),
    requirePermission: (...permissions: readonly string[]) => fixed({ permissions }),
    requireAnyPermission: (...anyPermission: readonly string[]) => fixed({ anyPermission }),
    requireRole: (...roles: readonly string[]) => fixed({ roles }),
    requireOrganization: (organization: string | ((request: Request) => string | undefined)) =>
      typeof organization === 'function'
        ? guard((req) => ({ organizationId: organization(req) }))
        : fixed({ organizationId: organization }),
    requireRecentLogin: (recentLogin: number) => fixed({ recentLogin }),
    require: (...checks: readonly Check[]) => fixed({ checks }),
    requireFresh: () => fixed({ fresh: true }),
    requireBearer: bearerGuard,
    bearer: callerOf,
    session: async (req: Request) => contextOf(req).session(),
    accessToken: async (req: Request, tokenOptions?: AccessTokenOptions) => contextOf(req).accessToken(tokenOptions),
    fresh: async (req: Request) => contextOf(req).fresh(),
    logout: async (req: Request, call?: LogoutCall) => contextOf(req).logout(call),
    widgetsFor: kit.widgetsFor,
  })
  const plugins = (kitOptions.plugins ?? []) as unknown as Plugins
  return plugInto(
    validatedOnMount(auth, scalegateMiddleware, () => kit.validate()),
    plugins,
    () => kit.plugins,
  )
}

/**
 * `app.use` treats what has `handle` and `set` as an application and tells it that it was mounted. That is the one
 * moment at which a bad environment can stop the start of the app instead of its first request.
 */
function validatedOnMount(auth: ExpressAuth, handle: RequestHandler, validate: () => void): ExpressAuth {
  return Object.defineProperties(auth, {
    handle: { value: handle },
    set: { value: () => auth },
    emit: { value: validate },
  })
}
