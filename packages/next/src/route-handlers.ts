import {
  type AuthContext,
  applyPrivateCaching,
  type BearerRequirement,
  type Caller,
  type CookieJar,
  type Requirement,
  type Scalegate,
  type Session,
} from '@scalegate/core'
import { cookies } from 'next/headers.js'
import { connection, type NextRequest } from 'next/server.js'
import { externalPath } from './external-path.js'
import { nextCookies } from './next-cookies.js'
import type { CurrentContext } from './page-context.js'

/** Parameters of a dynamic route, by name. */
export type RouteParams = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a guarded route handler gets beside the request. */
export interface RouteExtra<Params> {
  readonly session: Session
  /** Resolved: no further `await`. */
  readonly params: Params
}

export type RouteHandler<Params> = (request: NextRequest, extra: RouteExtra<Params>) => Response | Promise<Response>

/** A route handler as Next calls it. */
export type NextRouteHandler<Params> = (
  request: NextRequest,
  context: { readonly params: Promise<Params> },
) => Promise<Response>

/** A route handler that runs for callers who meet the requirement; others get 303, 401, 403 or 503. */
export function guardedRoute<Params>(
  kit: Scalegate<NextRequest>,
  current: CurrentContext,
  ask: (request: NextRequest, params: Params) => Requirement,
  handler: RouteHandler<Params>,
): NextRouteHandler<Params> {
  return inContext<Params>(kit, current, async (context, request, params) => {
    const { session, refusal } = await context.authorize(() => ask(request, params))
    return refusal ?? handler(request, { session, params })
  })
}

/** What a route handler behind an access token gets beside the request. */
export interface BearerExtra<Params> {
  readonly caller: Caller
  /** Resolved: no further `await`. */
  readonly params: Params
}

export type BearerHandler<Params> = (request: NextRequest, extra: BearerExtra<Params>) => Response | Promise<Response>

/** A route handler that runs for callers with an access token; others get 401, 403 or 503. */
export function bearerRoute<Params>(
  kit: Scalegate<NextRequest>,
  current: CurrentContext,
  requirement: BearerRequirement,
  handler: BearerHandler<Params>,
): NextRouteHandler<Params> {
  return inContext<Params>(kit, current, async (context, request, params) => {
    const { caller, refusal } = await context.authorizeBearer(requirement)
    return refusal ?? handler(request, { caller, params })
  })
}

function inContext<Params>(
  kit: Scalegate<NextRequest>,
  current: CurrentContext,
  answer: (context: AuthContext, request: NextRequest, params: Params) => Promise<Response>,
): NextRouteHandler<Params> {
  return async (request, extra) => {
    await connection()
    // Next gives none to a static route.
    const params = (await extra?.params) ?? ({} as Params)
    const store = await cookies()
    const { jar, close } = untilClosed(nextCookies(store, request.headers.get('cookie')))
    current.use(store, jar)
    const { method, headers } = request
    const context = kit.context({ method, url: externalPath(request), headers }, jar)
    try {
      return personal(await answer(context, request, params), context)
    } finally {
      close()
    }
  }
}

/** A stream goes on when the handler has returned, and what is set then is lost: no token may be spent for it. */
function untilClosed(jar: CookieJar): { readonly jar: CookieJar; readonly close: () => void } {
  let open = true
  const closable = {
    ...jar,
    get writable() {
      return open && jar.writable
    },
  }
  return {
    jar: closable,
    close() {
      open = false
    },
  }
}

/** Next puts the cookies onto the answer; that nobody may keep it is ours to say. */
function personal(answer: Response, { isPersonal }: AuthContext): Response {
  if (!isPersonal) return answer
  // Rebuilt, because the headers of a redirect or of an answer passed on are immutable.
  const headers = new Headers(answer.headers)
  applyPrivateCaching(headers)
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers })
}
