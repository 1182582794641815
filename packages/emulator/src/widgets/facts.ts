import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import type { WidgetsPage } from '../pages/index.js'
import { ownLimits } from '../state/organizations.js'
import { nameOf } from '../state/people.js'
import type { Session } from '../state/sessions.js'

type Facts = WidgetsPage['facts']

/** What an open widget shows, from the emulator's state. */
export function factsOf(environment: Environment, session: Session, widgetId: string): Facts {
  const { directory } = environment
  const organization = directory.organization(session.organizationId)
  const user = directory.user(session.userId)
  if (organization === undefined || user === undefined) return []
  const domains = directory.domains.of(organization.id)
  const allowed = domains.filter(({ type }) => type === 'ALLOWED_EMAIL_DOMAIN')
  const proven = domains.filter(({ type }) => type === 'ORGANIZATION_DOMAIN')
  const own = ownLimits(organization)
  const limits = environment.sessions.limitsOf(own === undefined ? {} : { limits: own })
  const facts: Readonly<Record<string, Facts>> = {
    settings: [
      { label: 'Name', value: organization.name },
      { label: 'Id', value: organization.id },
      { label: 'Allowed e-mail domains', value: allowed.map(({ name }) => name).join(', ') || 'none' },
    ],
    members: directory.membersOf(organization.id).map((member) => ({
      label: nameOf(member),
      value: `${member.email}: ${directory.rolesOf(member.id, organization.id).join(', ')}`,
    })),
    sso: [{ label: 'Connection', value: directory.connections.activeOf(organization.id)?.id ?? 'none' }],
    scim: environment.directories.of(organization.id).map(({ name, enabled }) => ({
      label: name,
      value: enabled ? 'enabled' : 'disabled',
    })),
    'session-policy': [
      { label: 'Source', value: own === undefined ? 'application' : 'custom' },
      { label: 'Absolute limit', value: `${limits.absolute} s` },
      { label: 'Idle limit', value: `${limits.idle} s` },
    ],
    domains: proven.map(({ name, status }) => ({ label: name, value: status.toLowerCase() })),
    profile: [
      { label: 'Name', value: nameOf(user) },
      { label: 'E-mail', value: user.email },
    ],
    security: environment.sessions.all
      .filter((own) => own.userId === user.id && environment.sessions.isLive(own))
      .map((own) => ({ label: own.id, value: `since ${rfc3339(own.createdAt)}` })),
  }
  return facts[widgetId] ?? []
}
