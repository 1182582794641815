import type { Scalegate } from '@scalegate/core'
import { connection, type NextRequest, NextResponse } from 'next/server.js'
import { routePath } from './external-path.js'

/** The kit's own routes, for `app/auth/[...scalegate]/route.ts`. */
export function ownRoutes(kit: Scalegate<NextRequest>): (request: NextRequest) => Promise<Response> {
  return async (request) => {
    // Says that this is about one request, before anything of the environment is read: a build has no secrets.
    await connection()
    return (await kit.handle(webRequest(request), request)) ?? new Response(null, { status: 404 })
  }
}

/** What a route file with `GET` and `POST` answers. */
const answeredThere: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS']

/**
 * What the proxy does on a route of the kit, or undefined where it is none. The route reads and writes the session
 * itself, and no proxy of the app may lead it elsewhere, to a language say. Only other methods are answered here: Next
 * says 405 without the `Allow` that belongs to it (RFC 9110 §15.5.6).
 */
export async function ownRouteInProxy(
  kit: Scalegate<NextRequest>,
  request: NextRequest,
): Promise<Response | undefined> {
  if (!kit.owns(routePath(request))) return undefined
  return answeredThere.includes(request.method) ? NextResponse.next() : kit.handle(webRequest(request), request)
}

function webRequest(request: NextRequest): Request {
  const { method, headers, body, url } = request
  const init = { method, headers, ...(body === null ? {} : { body, duplex: 'half' }) } as RequestInit
  return new Request(new URL(routePath(request), url), init)
}
