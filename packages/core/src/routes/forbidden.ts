import type { ErrorPages } from '../guards/error-page.js'
import { isOrganizationId, type Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import type { ReturnTarget } from '../http/return-target.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { Route } from './route.js'

/**
 * `GET forbidden`: the 403 page, for what can send a person somewhere and cannot choose a status itself, such as a
 * React Server Component. `errorPage` replaces it like every page of the kit. Where another organization of the person
 * would help, it offers to switch.
 */
export function forbiddenRoute(input: {
  readonly options: Pick<ResolvedOptions, 'paths'>
  readonly base: BaseUrl
  readonly refusals: Refusals
  readonly errorPages: ErrorPages
  readonly returnTarget: ReturnTarget
}): Route {
  const { options, base, refusals, errorPages, returnTarget } = input
  return {
    async get({ request, query, kind }) {
      const [organizationId] = query.getAll('organization_id')
      if (kind !== 'navigation' || !isOrganizationId(organizationId))
        return refusals.refuse(request, { why: 'forbidden', requirement: {} })
      const url = new URL(urlUnder(base, options.paths.switchOrganization))
      url.searchParams.set('return_to', returnTarget(query.getAll('return_to'), 'forbidden'))
      url.searchParams.set('organization_id', organizationId)
      return errorPages({ code: 'wrong_organization', retry: { href: url.href, label: 'Switch organization' } })
    },
  }
}
