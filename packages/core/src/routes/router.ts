import { collectingJar } from '../cookies/cookie-jar.js'
import { errorCodes } from '../errors/error-codes.js'
import { RequestError } from '../errors/scalegate-error.js'
import { type BaseUrl, externalPath } from '../http/base-url.js'
import { applyPrivateCaching } from '../http/cache-headers.js'
import { requestKind } from '../http/navigation.js'
import { problem } from '../http/problem.js'
import type { Route, RouteHandler } from './route.js'

/** Path of the app → route. */
export interface Router {
  /** True where an address is the kit's own. */
  readonly owns: (url: string) => boolean
  /** The answer, or undefined where the address is the app's. */
  readonly route: (request: Request, at?: unknown) => Promise<Response | undefined>
}

/**
 * Finds the route by the path as the browser sees it and writes the cookies it collected onto the answer.
 * HEAD, OPTIONS and prefetch never reach a handler: link scanners and browsers guessing ahead must not start a
 * login, spend a code or end a session (attack rows 1, 3, 66, 210).
 */
export function createRouter(base: BaseUrl, routes: ReadonlyMap<string, Route>): Router {
  const byPath = new Map([...routes].map(([path, route]) => [base.path + path, route]))
  const find = (url: string) => {
    const path = externalPath(base, url)
    const found = path === undefined ? undefined : byPath.get(path.pathname)
    return path === undefined || found === undefined ? undefined : { found, query: new URLSearchParams(path.search) }
  }
  return {
    owns: (url) => find(url) !== undefined,
    async route(request, at) {
      const match = find(request.url)
      if (match === undefined) return undefined
      const chosen = choose(match.found, request)
      if (chosen instanceof Response) return chosen
      const jar = collectingJar(request.headers.get('cookie'))
      const answer = await chosen({ request, query: match.query, kind: requestKind(request), jar, at }).catch(refused)
      const headers = new Headers(answer.headers)
      for (const cookie of jar.setCookies()) headers.append('set-cookie', cookie)
      applyPrivateCaching(headers)
      return new Response(answer.body, { status: answer.status, headers })
    },
  }
}

function choose(route: Route, request: Request): RouteHandler | Response {
  const allow = allowed(route)
  switch (request.method) {
    case 'GET':
      if (route.get === undefined) return methodNotAllowed(allow)
      return requestKind(request) === 'prefetch' ? nothing() : route.get
    case 'POST':
      return route.post ?? methodNotAllowed(allow)
    case 'HEAD':
      return route.get === undefined ? methodNotAllowed(allow) : nothing()
    case 'OPTIONS':
      // No CORS headers: the kit's routes are for the app's own pages and for the provider.
      return nothing({ allow })
    default:
      return methodNotAllowed(allow)
  }
}

/** A refusal of the request itself, told to a program; pages are the routes' own business. */
function refused(error: unknown): Response {
  if (!(error instanceof RequestError)) throw error
  const { status, title } = errorCodes[error.code]
  // The body was not read to its end, so the connection cannot carry another request.
  const headers = error.code === 'payload_too_large' ? { Connection: 'close' } : {}
  return problem({ code: error.code, status, title }, { headers })
}

function methodNotAllowed(allow: string): Response {
  const { status, title } = errorCodes.method_not_allowed
  return problem({ code: 'method_not_allowed', status, title }, { headers: { Allow: allow } })
}

function nothing(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers: { 'Cache-Control': 'private, no-store', ...headers } })
}

function allowed(route: Route): string {
  return [
    ...(route.get === undefined ? [] : ['GET', 'HEAD']),
    ...(route.post === undefined ? [] : ['POST']),
    'OPTIONS',
  ].join(', ')
}
