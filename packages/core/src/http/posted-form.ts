import type { IncomingRequest } from './incoming-request.js'
import { requestKind } from './navigation.js'

/**
 * Says on an address of our own that a posted form was redirected to it. `form-action 'self'` watches a form's redirects
 * to their end, so whoever leaves the site from here must do so by a page and not by one more redirect (findings.md G6).
 */
const parameter = 'posted_form'

/** True for a form that a browser has posted by itself; a script that posts is not watched. */
export function isPostedForm(request: IncomingRequest): boolean {
  return request.method === 'POST' && requestKind(request) === 'navigation'
}

export function markPostedForm(url: URL): void {
  url.searchParams.set(parameter, '1')
}

/** The query without the mark, or undefined where there is none. */
export function withoutPostedForm(query: URLSearchParams): URLSearchParams | undefined {
  if (!query.has(parameter)) return undefined
  const rest = new URLSearchParams(query)
  rest.delete(parameter)
  return rest
}
