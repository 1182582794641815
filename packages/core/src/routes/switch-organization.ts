import type { LoginRefusals } from '../guards/login-refusal.js'
import type { Refusals } from '../guards/refusal.js'
import { type BaseUrl, urlUnder } from '../http/base-url.js'
import { seeOther } from '../http/redirect.js'
import type { ReturnTarget } from '../http/return-target.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { type AuthorizationSelectors, readParameter } from '../protocol/authorization-request.js'
import type { Authenticator } from '../session/authentication.js'
import { knownSession } from '../session/known-session.js'
import { sessionOf } from '../session/session-record.js'
import type { LoginStarter } from '../transaction/login-starter.js'
import type { Route, RouteRequest } from './route.js'

/**
 * `GET switch-organization?organization_id=…`, or without it to choose: into another organization by a new authorization
 * request (protocol.md §11), because a token speaks of one organization only. The session stays until the callback
 * replaces it; a login that ends in another organization than the asked one is refused there.
 */
export function switchOrganizationRoute(input: {
  readonly options: Pick<ResolvedOptions, 'paths' | 'product'>
  readonly base: BaseUrl
  readonly returnTarget: ReturnTarget
  readonly authenticator: Authenticator
  readonly startLogin: LoginStarter
  readonly refusals: Refusals
  readonly loginRefused: LoginRefusals
}): Route {
  const { options, base, returnTarget, authenticator, startLogin, refusals, loginRefused } = input
  const retry = { href: urlUnder(base, options.paths.login), label: 'Log in' }

  return { get: (route) => lead(route).catch((error: unknown) => loginRefused(error, retry)) }

  async function lead({ request, query, kind, jar }: RouteRequest): Promise<Response> {
    if (kind !== 'navigation') return refusals.refuse(request, { why: 'anonymous' })
    const organizationId = readParameter(query, 'organization_id')
    const returnTo = returnTarget(query.getAll('return_to'), 'switch-organization')
    if (organizationId !== undefined && (await currentOrganization(jar)) === organizationId)
      return seeOther(base.origin + returnTo)
    const selectors = selectorsOf(organizationId)
    if (selectors === undefined) return seeOther(loginUrl(returnTo))
    return seeOther((await startLogin(jar, { returnTo, selectors, extra: {}, by: 'switch' })).href)
  }

  /** Undefined: modular SSO has no picker, so the login route asks who is there. */
  function selectorsOf(organizationId: string | undefined): AuthorizationSelectors | undefined {
    const asked = organizationId === undefined ? {} : { organizationId }
    if (options.product === 'full_stack_auth') return { prompt: 'select_account', ...asked }
    return organizationId === undefined ? undefined : asked
  }

  async function currentOrganization(jar: RouteRequest['jar']): Promise<string | undefined> {
    const opened = await knownSession(authenticator, jar)
    return opened && sessionOf(opened).organizationId
  }

  function loginUrl(returnTo: string): string {
    const url = new URL(retry.href)
    url.searchParams.set('return_to', returnTo)
    return url.href
  }
}
