import type { CookieAttributes, CookieJar } from '../cookies/cookie-jar.js'
import type { ErrorPages } from '../guards/error-page.js'
import type { Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { seeOther } from '../http/redirect.js'
import { sanitizeReturnTo } from '../http/return-to.js'
import type { Emit } from '../model/events.js'
import type { ResolvedOptions } from '../options/scalegate-options.js'
import type { Authenticator } from '../session/authentication.js'
import type { Route, RouteRequest } from './route.js'

/** A page that sends its visitor here more often than this within the window is not helped by one more refresh. */
const maxVisits = 3
const visitWindow = 30

/**
 * `GET refresh`: refreshes where cookies can be written, and goes back to `return_to`. For pages that can read a
 * session but not store one, such as React Server Components.
 */
export function refreshRoute(input: {
  readonly options: Pick<ResolvedOptions, 'paths' | 'login'>
  readonly base: BaseUrl
  readonly excluded: readonly string[]
  readonly authenticator: Authenticator
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
  readonly visits: { readonly name: string; readonly attributes: Omit<CookieAttributes, 'maxAge'> }
  readonly emit: Emit
}): Route {
  const { options, base, excluded, authenticator, refusals, errorPages, visits, emit } = input
  return {
    async get({ request, query, kind, jar }: RouteRequest): Promise<Response> {
      if (kind !== 'navigation') return refusals.refuse(request, { why: 'stale' })
      const returnTo = wanted(query)
      const again = { href: base.origin + returnTo, label: 'Try again' }
      if (countVisit(jar) > maxVisits)
        return errorPages({
          code: 'refresh_unavailable',
          retry: again,
          headers: { 'Retry-After': String(visitWindow) },
        })
      try {
        const caller = await authenticator.authenticate(jar, { kind, method: 'GET', refresh: 'always' })
        if (caller.status === 'authenticated') return seeOther(base.origin + returnTo)
        const login = new URL(urlUnder(base, options.paths.login))
        login.searchParams.set('return_to', returnTo)
        return seeOther(login.href)
      } catch (error) {
        return refusals.unavailable(request, error)
      }
    },
  }

  function wanted(query: URLSearchParams): string {
    const targets = query.getAll('return_to')
    const returnTo = targets.length === 1 ? sanitizeReturnTo(targets[0], { base, excluded }) : undefined
    if (returnTo === undefined && targets.length > 0) emit('return_to_refused', { route: 'refresh' })
    return returnTo ?? base.path + options.login.returnTo
  }

  /** Counts in a short-lived cookie of this browser; whoever forges it stops only their own loop. */
  function countVisit(jar: CookieJar): number {
    const before = /^[1-9]$/.test(jar.all.get(visits.name) ?? '') ? Number(jar.all.get(visits.name)) : 0
    const count = Math.min(before + 1, 9)
    jar.set(visits.name, String(count), { ...visits.attributes, maxAge: visitWindow })
    return count
  }
}
