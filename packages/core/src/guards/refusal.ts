import { errorCodes } from '../errors/error-codes.js'
import { isOutage } from '../errors/scalegate-error.js'
import { type BaseUrl, externalPath, urlUnder } from '../http/base-url.js'
import { html, htmlPage } from '../http/html-page.js'
import type { IncomingRequest } from '../http/incoming-request.js'
import { requestKind } from '../http/navigation.js'
import { isPostedForm, markPostedForm } from '../http/posted-form.js'
import { problem } from '../http/problem.js'
import { seeOther } from '../http/redirect.js'
import { sanitizeReturnTo } from '../http/return-to.js'
import type { RoutePaths } from '../options/scalegate-options.js'
import { bearerChallenge, stepUpChallenge } from './challenge.js'
import type { ErrorPages } from './error-page.js'
import type { Requirement } from './requirement.js'

/** Why a request may not go on. */
export type Refusal =
  | { readonly why: 'anonymous' }
  | { readonly why: 'stale' }
  | {
      readonly why: 'forbidden'
      readonly requirement: Requirement
      /** What of it is not met. */
      readonly unmet?: keyof Requirement | undefined
      /** The check that said no. */
      readonly check?: string
    }
  /** The person must prove once more who they are. */
  | { readonly why: 'login_too_old'; readonly seconds: number; readonly organizationId: string | undefined }

/**
 * What can be answered: any status, or, in a React Server Component or a server action, nothing but another address to
 * go to.
 */
export type Answers = 'any' | 'redirects'

export interface Refusals {
  /** The `Response` that says no. */
  readonly refuse: (request: IncomingRequest, refusal: Refusal, answers?: Answers) => Response
  /**
   * The answer where a caller is known and cannot be decided now; rethrows every other error, and this one where the
   * only answer would take the person away from a form that was posted.
   */
  readonly unavailable: (request: IncomingRequest, error: unknown, answers?: Answers) => Response
}

/**
 * The one place that chooses between 303, 401, 403 and 503. A person navigating is taken to the login and back; a
 * program is told 401 and never redirected; somebody known without the permission gets 403 and never the login,
 * which would only bring them back here.
 */
export function createRefusals(input: {
  readonly base: BaseUrl
  readonly paths: RoutePaths
  readonly excluded: readonly string[]
  readonly errorPages: ErrorPages
}): Refusals {
  const { base, paths, excluded, errorPages } = input
  const loginUrl = urlUnder(base, paths.login)

  return { refuse, unavailable }

  function refuse(request: IncomingRequest, refusal: Refusal, answers: Answers = 'any'): Response {
    if (answers === 'redirects') return seeOther(elsewhere(request, refusal))
    const navigates = requestKind(request) === 'navigation'
    switch (refusal.why) {
      case 'anonymous':
        return navigates ? detour(request, paths.login) : unauthorized('unauthenticated')
      case 'stale':
        return navigates ? detour(request, paths.refresh) : unauthorized('refresh_required')
      case 'login_too_old':
        return navigates
          ? movedOrMoving(request, stepUp(thereAndBack(request, paths.login), refusal))
          : stepUpRequired(refusal)
      case 'forbidden': {
        const { requirement, unmet, check } = refusal
        const { organizationId } = requirement
        return unmet === 'organizationId' && isOrganizationId(organizationId)
          ? wrongOrganization(request, organizationId, navigates)
          : forbidden(requirement, navigates, check)
      }
    }
  }

  function detour(request: IncomingRequest, path: string): Response {
    return movedOrMoving(request, thereAndBack(request, path))
  }

  function movedOrMoving(request: IncomingRequest, href: string): Response {
    return request.method === 'POST' ? movingOn(href) : seeOther(href)
  }

  /** The same person in the same organization, and a proof of a moment ago. */
  function stepUp(login: string, { organizationId }: Extract<Refusal, { why: 'login_too_old' }>): string {
    const url = new URL(login)
    url.searchParams.set('prompt', 'login')
    if (organizationId !== undefined) url.searchParams.set('organization_id', organizationId)
    return url.href
  }

  /** RFC 9470 §3. Where a program is to come back to is its own business. */
  function stepUpRequired(refusal: Extract<Refusal, { why: 'login_too_old' }>): Response {
    const { status, title } = errorCodes.recent_login_required
    const headers = { 'WWW-Authenticate': stepUpChallenge(refusal.seconds) }
    const members = { login_url: stepUp(loginUrl, refusal), max_age: refusal.seconds }
    return problem({ code: 'recent_login_required', status, title }, { headers, members })
  }

  function wrongOrganization(request: IncomingRequest, organizationId: string, navigates: boolean): Response {
    const { status, title } = errorCodes.wrong_organization
    if (navigates) {
      const href = inOrganization(thereAndBack(request, paths.switchOrganization), organizationId)
      return errorPages({ code: 'wrong_organization', retry: { href, label: 'Switch organization' } })
    }
    const headers = { 'WWW-Authenticate': bearerChallenge('insufficient_scope') }
    const members = { switch_url: inOrganization(urlUnder(base, paths.switchOrganization), organizationId) }
    return problem({ code: 'wrong_organization', status, title }, { headers, members })
  }

  /** Where a person goes who is refused in a place that has no status of its own. */
  function elsewhere(request: IncomingRequest, refusal: Refusal): string {
    if (refusal.why === 'forbidden') return forbiddenUrl(request, refusal)
    if (refusal.why === 'stale') return thereAndBack(request, paths.refresh)
    const back = thereAndBack(request, paths.login)
    const login = new URL(refusal.why === 'login_too_old' ? stepUp(back, refusal) : back)
    if (isPostedForm(request)) markPostedForm(login)
    return login.href
  }

  /** With the organization to switch to, where that would help. */
  function forbiddenUrl(request: IncomingRequest, refusal: Extract<Refusal, { why: 'forbidden' }>): string {
    const { organizationId } = refusal.requirement
    if (refusal.unmet !== 'organizationId' || !isOrganizationId(organizationId)) return urlUnder(base, paths.forbidden)
    return inOrganization(thereAndBack(request, paths.forbidden), organizationId)
  }

  function thereAndBack(request: IncomingRequest, path: string): string {
    const url = new URL(urlUnder(base, path))
    const back = returnTo(request)
    if (back !== undefined) url.searchParams.set('return_to', back)
    return url.href
  }

  /** The path to come back to after a detour, or undefined where there is none. */
  function returnTo(request: IncomingRequest): string | undefined {
    // A form that was posted cannot be repeated by a redirect; the page it stood on can be shown again.
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sanitizeReturnTo(request.headers.get('referer'), { base, excluded })
    const path = externalPath(base, request.url)
    return path === undefined ? undefined : sanitizeReturnTo(path.pathname + path.search, { base, excluded })
  }

  function unauthorized(code: 'unauthenticated' | 'refresh_required'): Response {
    const { status, title } = errorCodes[code]
    const members =
      code === 'unauthenticated' ? { login_url: loginUrl } : { refresh_url: urlUnder(base, paths.refresh) }
    return problem({ code, status, title }, { headers: { 'WWW-Authenticate': bearerChallenge() }, members })
  }

  function forbidden(requirement: Requirement, navigates: boolean, check: string | undefined): Response {
    const { status, title } = errorCodes.forbidden
    const headers = { 'WWW-Authenticate': bearerChallenge('insufficient_scope') }
    if (navigates)
      return errorPages({ code: 'forbidden', retry: { href: urlUnder(base, '/'), label: 'Go to the start page' } })
    const { permissions, anyPermission, roles } = requirement
    // Whoever fails a check has the rest.
    const members =
      check !== undefined
        ? { check }
        : {
            ...(permissions === undefined ? {} : { permissions }),
            ...(anyPermission === undefined ? {} : { any_permission: anyPermission }),
            ...(roles === undefined ? {} : { roles }),
          }
    return problem({ code: 'forbidden', status, title }, { headers, members })
  }

  function unavailable(request: IncomingRequest, error: unknown, answers: Answers = 'any'): Response {
    if (!isOutage(error)) throw error
    if (answers === 'redirects') {
      if (request.method === 'POST') throw error
      // It tries once more where cookies can be written, and answers 503 if it must.
      return seeOther(thereAndBack(request, paths.refresh))
    }
    const { code, status } = error
    const headers = { 'Retry-After': retryAfterOf(error) }
    if (requestKind(request) !== 'navigation')
      return problem({ code, status, title: errorCodes[code].title }, { headers })
    const href = base.origin + (returnTo(request) ?? `${base.path}/`)
    return errorPages({ code, headers, retry: { href, label: 'Try again' } })
  }
}

function inOrganization(address: string, organizationId: string): string {
  const url = new URL(address)
  url.searchParams.set('organization_id', organizationId)
  return url.href
}

/** What is to be a parameter of the next address, and may come from the address of this one. */
export function isOrganizationId(id: unknown): id is string {
  return typeof id === 'string' && /^org_[A-Za-z0-9]{1,64}$/.test(id)
}

/**
 * A page for a form that was posted: `form-action 'self'`, helmet's default, blocks a post that redirects to another
 * site in the end, and the person would see nothing happen (findings.md G6).
 */
function movingOn(href: string): Response {
  const { status, title } = errorCodes.unauthenticated
  const body = html`<p><a href="${href}">Log in</a></p>`
  const headers = { 'WWW-Authenticate': bearerChallenge() }
  return htmlPage({ status, title, heading: title, body, continueTo: href, headers })
}

function retryAfterOf(error: object): string {
  const { headers } = error as { readonly headers?: Readonly<Record<string, string>> }
  return headers?.['Retry-After'] ?? '5'
}
