import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { endMembership } from '../logout/end-session.js'
import type { ScimDirectory } from '../state/directories.js'
import type { DirectoryUser } from '../state/directories-records.js'
import { isActive } from '../state/people.js'
import { namePart, textOf } from './resources.js'
import { rolesOf } from './roles.js'

/**
 * Makes the account and the membership of somebody whom the directory has, or brings them up to date. The directory is
 * the last to write, so that it also brings back whom it had switched off.
 */
export function provision(environment: Environment, directory: ScimDirectory, user: DirectoryUser): void {
  // Modular SSO keeps no users: there the app does all of this, by webhooks.
  if (environment.settings.product === 'modular-sso') return
  const { organizationId } = directory
  const { people } = environment.directory
  const id = account(environment, user)
  const membership = people.membership(id, organizationId)
  const mapped = rolesOf(environment, directory, user)
  const standard = membership?.roles ?? [environment.directory.memberRole(organizationId)]
  const roles = mapped.length === 0 ? standard : mapped
  if (membership === undefined) {
    people.setMembership(id, organizationId, { roles, provisioning: 'direct_provision' })
  } else if (membership.status === 'PENDING_INVITE') {
    environment.directory.accept(id, organizationId, { roles, at: now() })
  } else if (!isActive(membership) || String(roles) !== String(membership.roles)) {
    people.setMembership(id, organizationId, { roles, status: undefined })
  }
}

/** Switches a membership off, as Scalekit does where a directory removes somebody, and ends the sessions there. */
export async function deprovision(environment: Environment, directory: ScimDirectory, email: string): Promise<void> {
  const { people } = environment.directory
  const userId = people.ofEmail(email)?.id
  const membership = people.membership(userId ?? '', directory.organizationId)
  if (environment.settings.product === 'modular-sso' || userId === undefined) return
  if (membership === undefined || !isActive(membership)) return
  people.setMembership(userId, directory.organizationId, { status: 'INACTIVE' })
  await endMembership(environment, userId, directory.organizationId)
}

/** The account of an address, with the profile that the directory has. */
function account({ directory }: Environment, user: DirectoryUser): string {
  const { attributes, email, userName } = user
  const names = { givenName: namePart(user, 'givenName'), familyName: namePart(user, 'familyName') }
  const known = directory.userByEmail(email)
  const profile = { ...known?.profile, preferredUsername: userName }
  const locale = textOf(attributes, 'locale')
  const about = { profile, ...(locale === undefined ? {} : { locale }) }
  if (known === undefined) return directory.addUser({ email, ...names, ...about }).id
  const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name !== ''))
  directory.people.update(known.id, { ...given, ...about })
  return known.id
}
