import { type AuthContext, ConfigurationError, type IncomingRequest, type Scalegate } from '@scalegate/core'
import { cookies, headers } from 'next/headers.js'
import { connection } from 'next/server.js'
import { nextCookies } from './next-cookies.js'
import { visitedPath } from './visited-path.js'

/** The caller of the page, layout, route handler or server action that is running now. */
export type CurrentContext = () => Promise<AuthContext>

/**
 * One context for a request, shared by its layouts, pages and components. A server action and the page that is rendered
 * after it have one each, because the action may have written cookies.
 */
export function createCurrentContext(kit: Scalegate): CurrentContext {
  const contexts = new WeakMap<object, AuthContext>()
  return async () => {
    // With `cacheComponents` a page is rendered ahead as far as it asks for nothing of a request; the kit reads the clock.
    await connection()
    const [store, sent] = await Promise.all([cookies(), headers()])
    const known = contexts.get(store)
    if (known !== undefined) return known
    // A request has headers. `force-static` hides them, and would show one page to everybody.
    if (sent.keys().next().done) throw new ConfigurationError('static_page')
    const jar = nextCookies(store, sent.get('cookie'))
    const request: IncomingRequest = {
      // Where cookies can be written something was posted: a server action. A page has been asked for.
      method: jar.writable ? 'POST' : 'GET',
      url: visitedPath(sent),
      headers: sent,
    }
    const context = kit.context(request, jar, { answers: 'redirects' })
    contexts.set(store, context)
    return context
  }
}
