import { RequestError } from '../errors/scalegate-error.js'
import type { Refusals } from '../guards/refusal.js'
import type { Authenticator } from '../session/authentication.js'
import { sessionOf } from '../session/session-record.js'
import type { Route } from './route.js'

/**
 * `GET session`: `{ "session": … }` for the app's own pages, `null` for a stranger. Other sites get 403, and no
 * CORS header invites them (attack row 355).
 */
export function sessionRoute(input: { readonly authenticator: Authenticator; readonly refusals: Refusals }): Route {
  const { authenticator, refusals } = input
  return {
    async get({ request, jar, kind }) {
      const site = request.headers.get('sec-fetch-site')
      if (site === 'cross-site' || site === 'same-site') throw new RequestError('origin_not_allowed')
      try {
        const caller = await authenticator.authenticate(jar, { kind, method: 'GET' })
        const session = caller.status === 'authenticated' ? sessionOf(caller.opened, caller.stale) : null
        return Response.json(
          { session },
          { headers: { 'Cross-Origin-Resource-Policy': 'same-origin', 'X-Content-Type-Options': 'nosniff' } },
        )
      } catch (error) {
        return refusals.unavailable(request, error)
      }
    },
  }
}
