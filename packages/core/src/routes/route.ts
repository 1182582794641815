import type { CookieJar } from '../cookies/cookie-jar.js'
import type { RequestKind } from '../http/navigation.js'

/** One request to a route of the kit. */
export interface RouteRequest {
  readonly request: Request
  readonly query: URLSearchParams
  readonly kind: RequestKind
  /** Collects what the answer sets. */
  readonly jar: CookieJar
  /** What the framework gave for this request, for the hooks of the app. */
  readonly at: unknown
}

export type RouteHandler = (input: RouteRequest) => Promise<Response>

/** The methods a route answers. HEAD and OPTIONS never reach it: the router answers them. */
export interface Route {
  readonly get?: RouteHandler
  readonly post?: RouteHandler
}
