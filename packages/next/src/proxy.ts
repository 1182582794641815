import {
  applyPrivateCaching,
  type CollectingJar,
  ConfigurationError,
  type CookieAttributes,
  collectingJar,
  isOutage,
  type Scalegate,
  type Session,
} from '@scalegate/core'
import { type NextFetchEvent, type NextRequest, NextResponse } from 'next/server.js'
import { externalPath } from './external-path.js'
import { ownRouteInProxy } from './own-routes.js'
import { goesOn, withOverlay } from './request-overlay.js'
import { tellVisitedPath } from './visited-path.js'

/** What a proxy handler is told beside the request. */
export interface ProxyInfo {
  /**
   * The session, or null for a stranger. Null as well where it cannot be decided now, so a proxy that leads strangers away
   * leads away somebody signed in during an outage; and it may be `stale`. Reading it makes the answer private.
   *
   * @throws ConfigurationError edge_runtime in a middleware of Next 15 without `runtime: 'nodejs'`.
   */
  readonly session: Session | null
  readonly event: NextFetchEvent
}

/** The app's own proxy, such as that of next-intl. What it answers is kept. */
export type ProxyHandler = (
  request: NextRequest,
  info: ProxyInfo,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing at all
) => Response | null | undefined | void | Promise<Response | null | undefined | void>

/**
 * The proxy refreshes the session, so that the pages of the same request see the new one, and tells them their address.
 * It guards nothing: a page is protected where it is written (findings.md §2; CVE-2025-29927).
 */
export function createProxy(
  kit: Scalegate<NextRequest>,
  handler?: ProxyHandler,
): (request: NextRequest, event: NextFetchEvent) => Promise<Response> {
  return async (request, event) => {
    const own = await ownRouteInProxy(kit, request)
    if (own !== undefined) return own
    const jar = requestJar(request)
    const context = kit.context({ method: request.method, url: externalPath(request), headers: request.headers }, jar)
    const session = hearsLogouts ? await undecidedAsNull(context.session()) : null
    // To somebody signed in the answer is private, whatever the page is: nobody knows yet whether it will ask.
    let isPersonal = session !== null || jar.setCookies().length > 0
    const info: ProxyInfo = {
      event,
      get session() {
        if (!hearsLogouts) throw new ConfigurationError('edge_runtime')
        isPersonal = true
        return session
      },
    }
    tellVisitedPath(request.headers, externalPath(request))
    const answer = withOverlay((await handler?.(request, info)) ?? NextResponse.next(), request.headers)
    for (const cookie of jar.setCookies()) answer.headers.append('set-cookie', cookie)
    if (isPersonal) keepPrivate(answer.headers)
    return answer
  }
}

/** `Vary` is left to the page or handler behind the proxy, which says its own: Next puts the two together. */
function keepPrivate(headers: Headers): void {
  const vary = headers.get('vary')
  applyPrivateCaching(headers)
  if (!goesOn(headers)) return
  if (vary === null) headers.delete('vary')
  else headers.set('vary', vary)
}

/** The edge runtime of Next 15 is a world of its own, in which no back-channel logout ever arrives. */
const hearsLogouts = process.env.NEXT_RUNTIME !== 'edge'

/** A jar that also shows what is set to the rest of the request: the handler, and the page behind it. */
function requestJar(request: NextRequest): CollectingJar {
  const jar = collectingJar(request.headers.get('cookie'))
  return {
    ...jar,
    set(name: string, value: string, attributes: CookieAttributes) {
      jar.set(name, value, attributes)
      if (attributes.maxAge === 0) request.cookies.delete(name)
      else request.cookies.set(name, value)
    },
  }
}

/** An outage is the page's to answer; public pages do not notice it. */
async function undecidedAsNull(asked: Promise<Session | null>): Promise<Session | null> {
  try {
    return await asked
  } catch (error) {
    if (isOutage(error)) return null
    throw error
  }
}
