import type { BaseUrl } from './base-url.js'
import type { IncomingRequest } from './incoming-request.js'

/**
 * Who may start a state change: `app`, a page of this app only; `app_or_user`, also the person who types the address
 * or opens a bookmark. A typed address is no attack, but a `POST` never comes from one.
 */
export type Initiator = 'app' | 'app_or_user'

/**
 * True where a page of this app made the request, for routes that change state (CSRF; OWASP ASVS 3.5.1).
 *
 * The first of `Sec-Fetch-Site`, `Origin` and `Referer` that is present decides, and no weaker one is asked after it.
 * A request with none of them is refused: a browser that would send the cookie sends at least one of them on a form.
 */
export function isSameOrigin(request: IncomingRequest, base: BaseUrl, initiator: Initiator = 'app'): boolean {
  const { headers } = request
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || (site === 'none' && initiator === 'app_or_user')
  const origin = headers.get('origin')
  if (origin !== null) return origin === base.origin
  const referer = headers.get('referer') ?? ''
  return URL.canParse(referer) && new URL(referer).href.startsWith(`${base.origin}/`)
}
