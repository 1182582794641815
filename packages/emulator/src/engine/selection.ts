import type { Directory, Organization } from '../state/directory.js'
import type { Session } from '../state/sessions.js'

/** The parameters of an authorization request that choose who signs in, where and how. Wire names. */
export interface SelectionParams {
  readonly organization_id?: string | undefined
  readonly connection_id?: string | undefined
  readonly domain?: string | undefined
  readonly domain_hint?: string | undefined
  readonly login_hint?: string | undefined
  readonly provider?: string | undefined
  readonly prompt?: string | undefined
  readonly max_age?: string | undefined
}

/** What the request asked for, by the precedence provider, connection, organization, domain, login hint. */
export type Target =
  | { readonly kind: 'anything'; readonly loginHint?: string }
  | { readonly kind: 'provider'; readonly provider: string }
  | { readonly kind: 'organization'; readonly organization: Organization }
  | {
      readonly kind: 'connection'
      readonly organization: Organization
      readonly connectionId: string
      readonly email: string
    }

/** What happens next. `grant` needs no page; the others each have one, but `refused` goes back to the app. */
export type Selection =
  | { readonly kind: 'grant'; readonly organization: Organization }
  | { readonly kind: 'login'; readonly target: Target }
  | { readonly kind: 'sso'; readonly target: Target & { readonly kind: 'connection' } }
  | { readonly kind: 'organization'; readonly organizations: readonly Organization[] }
  | { readonly kind: 'sign-up' }
  | { readonly kind: 'refused'; readonly error: string; readonly description: string }

interface Request {
  readonly params: SelectionParams
  /** The browser's live Scalekit session. */
  readonly session: Session | undefined
  readonly directory: Directory
  /** NumericDate seconds. */
  readonly now: number
}

/** Decides what an authorization request leads to. Documented behaviour where there is any (Scalekit: "initiate login"). */
export function select({ params, session, directory, now }: Request): Selection {
  const target = targetOf(params, directory)
  if ('error' in target) return { kind: 'refused', ...target }

  const prompts = new Set(params.prompt?.split(' '))
  if (prompts.has('create')) return { kind: 'sign-up' }
  if (session === undefined || prompts.has('login') || isTooOld(session, params, now)) {
    return target.kind === 'connection' ? { kind: 'sso', target } : { kind: 'login', target }
  }
  return selectWithSession({ target, session, directory, choose: prompts.has('select_account') })
}

function selectWithSession(request: {
  readonly target: Target
  readonly session: Session
  readonly directory: Directory
  readonly choose: boolean
}): Selection {
  const { target, session, directory, choose } = request
  const organizations = directory.organizationsOf(session.userId)
  const isMember = (id: string) => organizations.some((organization) => organization.id === id)

  if (target.kind === 'connection') {
    const proven = session.amr.includes(target.connectionId) && isMember(target.organization.id)
    return proven ? { kind: 'grant', organization: target.organization } : { kind: 'sso', target }
  }
  if (target.kind === 'organization') {
    if (!isMember(target.organization.id)) return notMember(target.organization)
    return { kind: 'grant', organization: target.organization }
  }
  const [only] = organizations
  if (only === undefined) return { kind: 'login', target }
  if (organizations.length === 1) return { kind: 'grant', organization: only }
  const current = organizations.find((organization) => organization.id === session.organizationId)
  if (choose || current === undefined) return { kind: 'organization', organizations }
  return { kind: 'grant', organization: current }
}

/** The refusal of somebody who is no member of the organization that was asked for. */
export function notMember(organization: Organization): Selection & { readonly kind: 'refused' } {
  return {
    kind: 'refused',
    error: 'access_denied',
    description: `the user is not a member of ${organization.id}`,
  }
}

/**
 * Reads the target. A connection or organization that does not exist fails the request rather than falling through;
 * a domain or login hint that matches nothing means the ordinary login page.
 */
function targetOf(
  params: SelectionParams,
  directory: Directory,
): Target | { readonly error: string; readonly description: string } {
  if (params.provider !== undefined) {
    if (!directory.isProvider(params.provider)) {
      return { error: 'invalid_connection_selector', description: 'no such social provider' }
    }
    return { kind: 'provider', provider: params.provider }
  }
  if (params.connection_id !== undefined) return connection(params.connection_id, params, directory)
  if (params.organization_id !== undefined) {
    const organization = directory.organization(params.organization_id)
    if (organization === undefined) return { error: 'invalid_organization_id', description: 'no such organization' }
    return { kind: 'organization', organization }
  }
  return byDomain(params, directory)
}

function connection(
  connectionId: string,
  params: SelectionParams,
  directory: Directory,
): Target | { readonly error: string; readonly description: string } {
  const organization = directory.organizationOfConnection(connectionId)
  if (organization === undefined) return { error: 'invalid_connection_id', description: 'no such connection' }
  if (organization.features.sso !== true) {
    return { error: 'connection_not_active', description: 'single sign-on is off for this organization' }
  }
  return { kind: 'connection', organization, connectionId, email: params.login_hint ?? '' }
}

function byDomain(params: SelectionParams, directory: Directory): Target {
  const hint = params.login_hint
  const domain = params.domain ?? params.domain_hint ?? domainOf(hint ?? '')
  const found = connectionOfDomain(domain, directory)
  if (found !== undefined) return { kind: 'connection', ...found, email: hint ?? '' }
  return { kind: 'anything', ...(hint === undefined ? {} : { loginHint: hint }) }
}

/** Home-realm discovery: the SSO connection that an e-mail domain signs in with. */
export function connectionOfDomain(
  domain: string,
  directory: Directory,
): { readonly organization: Organization; readonly connectionId: string } | undefined {
  const organization = directory.organizationOfDomain(domain)
  if (organization?.connectionId === undefined || organization.features.sso !== true) return undefined
  return { organization, connectionId: organization.connectionId }
}

/** The part of an e-mail address after the last `@`; empty when there is none. */
export function domainOf(email: string): string {
  const at = email.lastIndexOf('@')
  return at === -1 ? '' : email.slice(at + 1).trim()
}

function isTooOld(session: Session, params: SelectionParams, now: number): boolean {
  return params.max_age !== undefined && now - session.authenticatedAt > Number(params.max_age)
}
