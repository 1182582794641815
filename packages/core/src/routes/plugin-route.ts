import type { CookieJar } from '../cookies/cookie-jar.js'
import { errorCodes } from '../errors/error-codes.js'
import { isPluginError } from '../errors/plugin-error.js'
import { isScalegateError, RequestError, type ScalegateError, SessionError } from '../errors/scalegate-error.js'
import type { ErrorPages } from '../guards/error-page.js'
import type { BaseUrl } from '../http/base-url.js'
import { html, htmlPage } from '../http/html-page.js'
import { problem } from '../http/problem.js'
import { readFields } from '../http/read-fields.js'
import { seeOther } from '../http/redirect.js'
import type { ReturnTarget } from '../http/return-target.js'
import { isSameOrigin } from '../http/same-origin.js'
import type { Requirement } from '../model/requirement.js'
import type { Session } from '../model/session.js'
import type { Fields, OpenPluginCall, PluginEndpoint, PluginRoute } from '../options/plugin.js'
import type { Route, RouteHandler, RouteRequest } from './route.js'

const maxBodyBytes = 16 * 1024

/** A session to go on with, or the answer to send instead. */
export type Authorize = (
  request: Request,
  jar: CookieJar,
  requirement: Requirement,
) => Promise<
  | { readonly session: Session; readonly refusal?: undefined }
  | { readonly session?: undefined; readonly refusal: Response }
>

/**
 * A route of a plugin, as a route of the kit: what every one of them needs is done here and cannot be forgotten. Who may
 * call and where from is decided before the plugin hears of it, and a caller of one organization cannot name another
 * (attack rows 311, 331, 336).
 */
export function pluginRoute(
  route: PluginRoute,
  input: {
    readonly name: string
    readonly base: BaseUrl
    readonly authorize: Authorize
    readonly returnTarget: ReturnTarget
    readonly errorPages: ErrorPages
  },
): Route {
  const { name, base, authorize, returnTarget, errorPages } = input
  return {
    ...(route.get === undefined ? {} : { get: handler(route.get) }),
    ...(route.post === undefined ? {} : { post: handler(route.post) }),
  }

  function handler(endpoint: PluginEndpoint): RouteHandler {
    return async (route) => {
      const { request, query, jar } = route
      if (request.method === 'POST' && !isSameOrigin(request, base)) throw new RequestError('origin_not_allowed')
      const form: { returnTo: readonly string[] } = { returnTo: [] }
      try {
        if (endpoint.open === true) return await endpoint.answer(callOf(route, form, undefined))
        const { session, refusal } = await authorize(request, jar, endpoint.requires)
        if (session === undefined) return refusal
        assertOwnOrganization(query.getAll('organization_id'), session)
        return await endpoint.answer({ ...callOf(route, form, session), session })
      } catch (error) {
        return refused(error, route, form.returnTo)
      }
    }
  }

  /** `form` is where a body that was read leaves the page to go back to. */
  function callOf(
    { request, query, kind, at }: RouteRequest,
    form: { returnTo: readonly string[] },
    session: Session | undefined,
  ): OpenPluginCall {
    const navigates = kind === 'navigation'
    let reading: Promise<Fields> | undefined
    const read = async (): Promise<Fields> => {
      const fields = await readFields(request, maxBodyBytes)
      form.returnTo = fields.all('return_to')
      if (session !== undefined) assertOwnOrganization(fields.all('organization_id'), session)
      return fields
    }
    return {
      request,
      query,
      navigates,
      at,
      fields() {
        reading ??= read()
        return reading
      },
      done: (result, { status = 200 } = {}) =>
        navigates ? seeOther(back(request, form.returnTo)) : Response.json(result, { status }),
      leave({ href, title, label }) {
        const body = html`<p><a href="${href}">${label}</a></p>`
        return htmlPage({ status: 200, title, heading: title, body, continueTo: href })
      },
    }
  }

  /** The page that was asked for, else the one on which the form stood, else the start page. */
  function back(request: Request, asked: readonly string[]): string {
    const page = request.headers.get('referer')
    return base.origin + returnTarget(asked.length > 0 || page === null ? asked : [page], name)
  }

  /** Errors of the kit and of plugins have a status. What only a developer can mend, the framework must hear of. */
  function refused(error: unknown, { request, kind }: RouteRequest, asked: readonly string[]): Response {
    // The router tells it: there is no page for a request that cannot be read.
    if (error instanceof RequestError) throw error
    const known = isPluginError(error) ? error : isScalegateError(error) ? withTitle(error) : undefined
    if (known === undefined || known.status === 500) throw error
    const { code, status, title, field, headers = {} } = known
    if (kind !== 'navigation')
      return problem({ code, status, title }, { headers, ...(field === undefined ? {} : { members: { field } }) })
    const retry = { href: back(request, asked), label: 'Go back' }
    return errorPages({ code, entry: { status, title, advice: '' }, headers, retry })
  }
}

interface Refused {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly field?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

function withTitle(error: ScalegateError): Refused {
  const { headers } = error as { readonly headers?: Readonly<Record<string, string>> }
  return { code: error.code, status: error.status, title: errorCodes[error.code].title, ...(headers && { headers }) }
}

/** @throws SessionError wrong_organization */
function assertOwnOrganization(named: readonly string[], session: Session): void {
  if (named.some((id) => id !== session.organizationId)) throw new SessionError('wrong_organization')
}
