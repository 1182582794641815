import { now, rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import { type ControlPage, renderControl } from '../pages/index.js'
import type { Invitation } from '../state/invitations.js'
import { nameOf, statusOf } from '../state/people.js'
import { webhooksPage } from '../webhooks/page.js'
import { selfServeBoard } from './self-serve-page.js'

/** How much of the logs the page shows; the API gives them in full. */
const SHOWN = 50

/** `GET /_emulator`: the state for human eyes. */
export function controlPage(environment: Environment): string {
  const { directory, sessions } = environment
  const nameOfUser = (id: string) => {
    const user = directory.user(id)
    return user === undefined ? id : nameOf(user)
  }
  const nameOfOrganization = (id: string) => directory.organization(id)?.name ?? id
  const { logoutToken, accessTokenAudience, ...settings } = environment.settings
  const flat = Object.entries(logoutToken).map(([name, value]) => [`logoutToken.${name}`, value ?? 'none'] as const)
  return renderControl({
    environmentUrl: environment.url,
    clock: { now: rfc3339(now()), offset: environment.clock.offset },
    settings: {
      ...settings,
      accessTokenAudience: accessTokenAudience?.join(' ') ?? 'client id',
      ...Object.fromEntries(flat),
    },
    clients: directory.clients,
    machines: directory.machines.map(({ id, name, organization, scopes, audience = [] }) => ({
      id,
      name,
      organizationName: nameOfOrganization(organization),
      scopes,
      audience,
    })),
    invitations: { roles: directory.roleNames(), rows: environment.invitations.all.map(invitationRow(environment)) },
    organizations: directory.organizations.map(({ id, name, externalId, features, ssoRequired = false }) => ({
      id,
      name,
      ...(externalId === undefined ? {} : { externalId }),
      ...(directory.connections.of(id).length === 0 ? {} : { ssoRequired }),
      features: Object.entries(features).flatMap(([feature, enabled]) => (enabled ? [feature] : [])),
    })),
    members: members(environment),
    sessions: sessions.all.map((session) => ({
      id: session.id,
      userName: nameOfUser(session.userId),
      organizationName: nameOfOrganization(session.organizationId),
      startedAt: rfc3339(session.createdAt),
      status: session.status,
    })),
    faults: environment.faults.all.map((fault) => ({ ...fault, remaining: fault.remaining ?? 0 })),
    deliveries: environment.deliveries
      .since()
      .slice(-SHOWN)
      .map(({ at, url, kind, status, error }) => ({ at: rfc3339(at), url, kind, status: String(status ?? error) })),
    requests: environment.requests.since().slice(-SHOWN).map(requestRow),
    keys: environment.keys.published.map(({ kid }, index) => ({ kid, current: index === 0 })),
    webhooks: webhooksPage(environment),
    selfServe: selfServeBoard(environment),
  })
}

function members(environment: Environment): ControlPage['members'] {
  const { directory } = environment
  return directory.users.flatMap((user) =>
    user.memberships.map((membership) => ({
      userId: user.id,
      name: nameOf(user),
      email: user.email,
      organizationId: membership.organization,
      organizationName: directory.organization(membership.organization)?.name ?? membership.organization,
      status: statusOf(membership),
      roles: membership.roles,
      knownRoles: directory.roleNames(membership.organization),
    })),
  )
}

function invitationRow({ directory, invitations }: Environment) {
  return (invitation: Invitation): ControlPage['invitations']['rows'][number] => {
    const { id, email, organizationId, roles, inviterEmail, resentCount } = invitation
    return {
      path: `/invitations/${id}`,
      email,
      mails: resentCount + 1,
      ...(inviterEmail === undefined ? {} : { inviterEmail }),
      organizationName: directory.organization(organizationId)?.name ?? organizationId,
      roles,
      state: invitations.stateOf(invitation),
    }
  }
}

function requestRow(entry: ReturnType<Environment['requests']['since']>[number]): ControlPage['requests'][number] {
  const { id, at, method, path, status, durationMs, kind, grantType, error } = entry
  return {
    id: String(id),
    at: rfc3339(at),
    method,
    path,
    status,
    durationMs,
    kind: grantType === undefined ? kind : `${kind}: ${grantType}`,
    ...(error === undefined ? {} : { note: error }),
  }
}
