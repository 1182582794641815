import type { Refusals } from '../guards/refusal.js'
import type { Route } from './route.js'

/**
 * `GET forbidden`: the 403 page, for what can send a person somewhere and cannot choose a status itself, such as a
 * React Server Component. `errorPage` replaces it like every page of the kit.
 */
export function forbiddenRoute(input: { readonly refusals: Refusals }): Route {
  const { refusals } = input
  return { get: async ({ request }) => refusals.refuse(request, { why: 'forbidden', requirement: {} }) }
}
