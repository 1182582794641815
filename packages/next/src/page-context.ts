import { type AuthContext, ConfigurationError, type CookieJar, type Scalegate } from '@scalegate/core'
import { cookies, headers } from 'next/headers.js'
import { connection, type NextRequest } from 'next/server.js'
import { type CookieStore, nextCookies } from './next-cookies.js'
import { visitedPath } from './visited-path.js'

/** The caller of the page, layout, route handler or server action that is running now. */
export interface CurrentContext {
  (): Promise<AuthContext>
  /** From now on the jar of a request, by its store: of a handler that knows when its answer leaves. */
  readonly use: (store: CookieStore, jar: CookieJar) => void
}

/**
 * One context for a request, shared by its layouts, pages and components. A server action and the page that is rendered
 * after it have one each, because the action may have written cookies.
 */
export function createCurrentContext(kit: Scalegate<NextRequest>): CurrentContext {
  const contexts = new WeakMap<CookieStore, AuthContext>()
  const jars = new WeakMap<CookieStore, CookieJar>()

  const current = async () => {
    // With `cacheComponents` a page is rendered ahead as far as it asks for nothing of a request; the kit reads the clock.
    await connection()
    const [store, sent] = await Promise.all([cookies(), headers()])
    const known = contexts.get(store)
    if (known !== undefined) return known
    // A request has headers. `force-static` hides them, and would show one page to everybody.
    if (sent.keys().next().done) throw new ConfigurationError('static_page')
    const method = isAction(sent) ? 'POST' : 'GET'
    const jar = jars.get(store) ?? jarOf(store, sent)
    const context = kit.context({ method, url: visitedPath(sent), headers: sent }, jar, { answers: 'redirects' })
    contexts.set(store, context)
    return context
  }
  return Object.assign(current, { use: (store: CookieStore, jar: CookieJar) => void jars.set(store, jar) })
}

/**
 * Nothing is refreshed but in a server action. Next takes cookies in a route handler as well, for ever: what is set when
 * the answer has left, as in a stream, is lost without a word, and with it the rotated token.
 */
function jarOf(store: CookieStore, sent: Headers): CookieJar {
  const jar = nextCookies(store, sent.get('cookie'))
  return { ...jar, writable: jar.writable && isAction(sent) }
}

/** A server action: called by Next's router, or posted by a form of a page without scripts. */
function isAction(sent: Headers): boolean {
  return sent.has('next-action') || /^multipart\/form-data\b/i.test(sent.get('content-type') ?? '')
}
