import type { VisitCounter } from '../cookies/visit-counter.js'
import type { ErrorPages } from '../guards/error-page.js'
import type { Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { seeOther } from '../http/redirect.js'
import type { ReturnTarget } from '../http/return-target.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { Authenticator } from '../session/authentication.js'
import type { Route, RouteRequest } from './route.js'

/** A page that sends its visitor here more often than this within the window is not helped by one more refresh. */
const maxVisits = 3

/**
 * `GET refresh`: refreshes where cookies can be written, and goes back to `return_to`. For pages that can read a
 * session but not store one, such as React Server Components.
 */
export function refreshRoute(input: {
  readonly options: Pick<ResolvedOptions, 'paths'>
  readonly base: BaseUrl
  readonly returnTarget: ReturnTarget
  readonly authenticator: Authenticator
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
  readonly visits: { readonly refresh: VisitCounter }
}): Route {
  const { options, base, returnTarget, authenticator, refusals, errorPages, visits } = input
  return {
    async get({ request, query, kind, jar }: RouteRequest): Promise<Response> {
      if (kind !== 'navigation') return refusals.refuse(request, { why: 'stale' })
      const returnTo = returnTarget(query.getAll('return_to'), 'refresh')
      const again = { href: base.origin + returnTo, label: 'Try again' }
      if (visits.refresh.count(jar) > maxVisits)
        return errorPages({
          code: 'refresh_unavailable',
          retry: again,
          headers: { 'Retry-After': String(visits.refresh.window) },
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
}
