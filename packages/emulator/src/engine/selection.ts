import type { Settings } from '../settings.js'
import { isActive } from '../state/connections.js'
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
  /** Of an invitation link. It does not choose here: an invitation has a page of its own. */
  readonly invitation_token?: string | undefined
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

/** A connection of an organization, and whose address to begin with there. */
type ConnectionTarget = Target & { readonly kind: 'connection' }

/** What happens next. `grant` needs no page; the others each have one, but `refused` goes back to the app. */
export type Selection =
  | { readonly kind: 'grant'; readonly organization: Organization }
  | { readonly kind: 'login'; readonly target: Target }
  | { readonly kind: 'sso'; readonly target: ConnectionTarget }
  | { readonly kind: 'organization'; readonly organizations: readonly Organization[] }
  | { readonly kind: 'sign-up' }
  | { readonly kind: 'refused'; readonly error: string; readonly description: string }

interface Request {
  readonly params: SelectionParams
  /** The browser's live Scalekit session. */
  readonly session: Session | undefined
  readonly directory: Directory
  readonly settings: Pick<Settings, 'product' | 'foreignOrganization'>
  /** NumericDate seconds. */
  readonly now: number
}

/** Decides what an authorization request leads to. Documented behaviour where there is any (Scalekit: "initiate login"). */
export function select({ params, session, directory, settings, now }: Request): Selection {
  const target = targetOf(params, directory)
  if ('error' in target) return { kind: 'refused', ...target }
  if (settings.product === 'modular-sso') return selectConnection(target, params, directory)

  const prompts = new Set(params.prompt?.split(' '))
  if (prompts.has('create')) return { kind: 'sign-up' }
  if (session === undefined || prompts.has('login') || isTooOld(session, params, now)) {
    return selectLogin(target, params.login_hint ?? '', directory)
  }
  const foreign = settings.foreignOrganization
  return selectWithSession({ target, session, directory, foreign, choose: prompts.has('select_account') })
}

/** Modular SSO: no users, no sessions, no page of its own; every request is sent on to a connection. */
function selectConnection(target: Target, params: SelectionParams, directory: Directory): Selection {
  if (target.kind === 'connection') return { kind: 'sso', target }
  if (target.kind === 'provider') return { kind: 'login', target }
  if (target.kind === 'anything') {
    const hinted = params.domain ?? params.domain_hint ?? params.login_hint
    return hinted === undefined
      ? { kind: 'refused', error: 'invalid_connection_selector', description: 'the request names no connection' }
      : { kind: 'refused', error: 'domain_not_found', description: 'no connection belongs to this domain' }
  }
  const { organization } = target
  const { id, features } = organization
  const configured = directory.connections.of(id).filter(({ status }) => status === 'COMPLETED')
  if (configured.length === 0) {
    return { kind: 'refused', error: 'no_configured_connections', description: `${id} has no connection` }
  }
  if (features.sso !== true) return { kind: 'refused', ...inactive }
  const connection = directory.connections.activeOf(id)
  if (connection === undefined) {
    return { kind: 'refused', error: 'no_active_connections', description: `no connection of ${id} is enabled` }
  }
  const email = params.login_hint ?? ''
  return { kind: 'sso', target: { kind: 'connection', organization, connectionId: connection.id, email } }
}

/** Somebody has to prove who they are: at the connection that was asked for or that the organization insists on. */
function selectLogin(target: Target, email: string, directory: Directory): Selection {
  if (target.kind === 'connection') return { kind: 'sso', target }
  const connectionId = target.kind === 'organization' ? requiredConnection(target.organization, directory) : undefined
  if (target.kind !== 'organization' || connectionId === undefined) return { kind: 'login', target }
  return { kind: 'sso', target: { kind: 'connection', organization: target.organization, connectionId, email } }
}

/** The connection that everybody has to come through; undefined where SSO is not required, or not possible. */
export function requiredConnection(
  { id, ssoRequired, features }: Organization,
  { connections }: Directory,
): string | undefined {
  return ssoRequired === true && features.sso === true ? connections.activeOf(id)?.id : undefined
}

function selectWithSession(request: {
  readonly target: Target
  readonly session: Session
  readonly directory: Directory
  readonly foreign: Settings['foreignOrganization']
  readonly choose: boolean
}): Selection {
  const { target, session, directory, foreign, choose } = request
  const organizations = directory.organizationsOf(session.userId)
  const isMember = (id: string) => organizations.some((organization) => organization.id === id)
  const current = organizations.find((organization) => organization.id === session.organizationId)
  const email = directory.user(session.userId)?.email ?? ''
  const enter = (organization: Organization): Selection => {
    const connectionId = requiredConnection(organization, directory)
    if (connectionId === undefined || session.amr.includes(connectionId)) return { kind: 'grant', organization }
    return { kind: 'sso', target: { kind: 'connection', organization, connectionId, email } }
  }

  if (target.kind === 'connection') {
    // Whoever comes from a tile of the identity provider may not be the one whose session the browser holds.
    const hinted = target.email === '' || target.email.toLowerCase() === email.toLowerCase()
    const proven = hinted && session.amr.includes(target.connectionId) && isMember(target.organization.id)
    return proven ? { kind: 'grant', organization: target.organization } : { kind: 'sso', target }
  }
  if (target.kind === 'organization') {
    if (isMember(target.organization.id)) return enter(target.organization)
    const other = foreign === 'other' ? (current ?? organizations[0]) : undefined
    return other === undefined ? notMember(target.organization) : enter(other)
  }
  const [only] = organizations
  if (only === undefined) return { kind: 'login', target }
  if (organizations.length === 1) return enter(only)
  return choose || current === undefined ? { kind: 'organization', organizations } : enter(current)
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

const inactive = { error: 'connection_not_active', description: 'this connection is not active' }

function connection(
  connectionId: string,
  params: SelectionParams,
  directory: Directory,
): Target | { readonly error: string; readonly description: string } {
  const organization = directory.organizationOfConnection(connectionId)
  if (organization === undefined) return { error: 'invalid_connection_id', description: 'no such connection' }
  const connection = directory.connections.find(connectionId)
  if (connection === undefined || !isActive(connection) || organization.features.sso !== true) return inactive
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
  const connection = directory.connections.activeOf(organization?.id ?? '')
  if (organization === undefined || connection === undefined || organization.features.sso !== true) return undefined
  return { organization, connectionId: connection.id }
}

/** The part of an e-mail address after the last `@`; empty when there is none. */
export function domainOf(email: string): string {
  const at = email.lastIndexOf('@')
  return at === -1 ? '' : email.slice(at + 1).trim()
}

function isTooOld(session: Session, params: SelectionParams, now: number): boolean {
  return params.max_age !== undefined && now - session.authenticatedAt > Number(params.max_age)
}
