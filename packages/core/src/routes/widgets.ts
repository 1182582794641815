import type { ErrorPages } from '../guards/error-page.js'
import type { Refusals } from '../guards/refusal.js'
import { type WidgetId, widgetsFor } from '../guards/widgets.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { seeOther } from '../http/redirect.js'
import type { Authenticator } from '../session/authentication.js'
import { sessionOf } from '../session/session-record.js'
import type { Route } from './route.js'

/** The only documented deep link; every other widget is reached through the pages' own menu (protocol.md §8). */
const deepLinks: ReadonlyMap<string, string> = new Map<WidgetId, string>([['security', '/ui/profile/passkeys']])

/**
 * `GET widgets`, or `GET widgets?widget=members`: redirects a signed-in person to the hosted widgets. A widget this
 * person has no permission for is answered 403 here; nothing of the query reaches the address (attack row 323).
 */
export function widgetsRoute(input: {
  readonly issuer: string
  readonly base: BaseUrl
  readonly authenticator: Authenticator
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
}): Route {
  const { issuer, base, authenticator, refusals, errorPages } = input
  return {
    async get({ request, query, jar, kind }) {
      try {
        const caller = await authenticator.authenticate(jar, { kind, method: 'GET' })
        if (caller.status === 'anonymous') return refusals.refuse(request, { why: 'anonymous' })
        if (caller.stale) return refusals.refuse(request, { why: 'stale' })
        const widget = query.get('widget') ?? undefined
        const offered = widgetsFor(sessionOf(caller.opened), { href: '' })
        if (widget !== undefined && !offered.some(({ id }) => id === widget)) {
          return errorPages({ code: 'forbidden', retry: { href: urlUnder(base, '/'), label: 'Go to the start page' } })
        }
        return seeOther(issuer + (deepLinks.get(widget ?? '') ?? '/ui/'))
      } catch (error) {
        return refusals.unavailable(request, error)
      }
    },
  }
}
