import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { idOfName } from '../ids.js'
import type { WebhookEventType } from './catalog.js'
import { directoryGroupJson, directoryJson, directoryUserJson, formerDirectoryUserJson } from './directory-data.js'
import { connectionJson, domainJson, organizationJson } from './organization-data.js'
import { permissionJson, roleJson } from './role-data.js'
import type { Subject } from './subject.js'
import { sessionJson, userJson } from './user-data.js'

type Json = Readonly<Record<string, unknown>>

/** What `data` is made of. */
interface Source {
  readonly environment: Environment
  readonly subject: Subject
  /** `occurred_at` */
  readonly at: string
}

type Maker = (source: Source) => Json

const organization: Maker = ({ subject }) => organizationJson(subject.organization)

const membership: Maker = ({ environment, subject }) => ({
  organization: organizationJson(subject.organization),
  user: userJson(environment, subject),
})

const visit =
  (event: 'login' | 'logout'): Maker =>
  ({ environment, subject }) => ({
    user: userJson(environment, subject),
    user_session: sessionJson(environment, subject, event, now()),
  })

const domain =
  (status: Parameters<typeof domainJson>[2]['status']): Maker =>
  ({ environment, subject, at }) =>
    domainJson(environment.environmentId, subject.organization, { status, at })

const directory =
  (enabled: boolean): Maker =>
  ({ subject, at }) =>
    directoryJson(subject.organization, { enabled, at })

const directoryUser: Maker = ({ environment, subject }) =>
  directoryUserJson(subject, environment.directory.rolesOf(subject.user.id, subject.organization.id))

const directoryGroup: Maker = ({ subject }) => directoryGroupJson(subject.organization)

const connection =
  (enabled?: boolean): Maker =>
  ({ subject }) =>
    connectionJson(subject.organization, enabled)

/** The role that somebody who signs up does not get, where the seed has one. */
const role: Maker = ({ environment }) => roleJson(environment.directory.roles.of().at(-1))

const permission: Maker = ({ environment, subject }) => {
  const { user, organization: place } = subject
  const { directory } = environment
  const name = directory.permissionsOf(user.id, place.id).at(-1) ?? 'projects:read'
  return permissionJson(directory.roles.permission(name) ?? { id: idOfName('perm', name), name, description: name })
}

const makers: Readonly<Record<WebhookEventType, Maker>> = {
  'organization.created': organization,
  'organization.updated': organization,
  'organization.deleted': (source) => ({ ...organization(source), deleted_at: source.at }),
  'organization.domain_created': domain('PENDING'),
  'organization.domain_deleted': domain('VERIFIED'),
  'organization.domain_dns_verification_success': domain('VERIFIED'),
  'organization.domain_dns_verification_failed': domain('FAILED'),
  'user.signup': membership,
  'user.login': visit('login'),
  'user.logout': visit('logout'),
  'user.organization_invitation': membership,
  'user.organization_membership_created': membership,
  'user.organization_membership_updated': membership,
  'user.organization_membership_deleted': membership,
  'organization.directory_enabled': directory(true),
  'organization.directory_disabled': directory(false),
  'organization.directory.user_created': directoryUser,
  'organization.directory.user_updated': directoryUser,
  'organization.directory.user_deleted': ({ subject }) => formerDirectoryUserJson(subject),
  'organization.directory.group_created': directoryGroup,
  'organization.directory.group_updated': directoryGroup,
  'organization.directory.group_deleted': directoryGroup,
  'organization.sso_created': connection(),
  'organization.sso_enabled': connection(true),
  'organization.sso_disabled': connection(false),
  'organization.sso_deleted': connection(),
  'role.created': role,
  'role.updated': role,
  'role.deleted': role,
  'permission.created': permission,
  'permission.updated': permission,
  'permission.deleted': permission,
}

/** `data` of an event, about people and organizations that the environment knows. */
export function eventData(type: WebhookEventType, source: Source): Json {
  return makers[type](source)
}
