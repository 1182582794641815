import type { Environment } from '../environment.js'
import type { ScimDirectory } from '../state/directories.js'
import type { DirectoryUser } from '../state/directories-records.js'

/** The roles that somebody has by their groups; none where no group of theirs is mapped. */
export function rolesOf(environment: Environment, { id }: ScimDirectory, user: DirectoryUser): readonly string[] {
  const { roleAssignments = [] } = environment.directories.find(id) ?? {}
  const groups = environment.directories.records.groupsOf(user).map((group) => group.id)
  const found = roleAssignments.filter(({ groupId }) => groups.includes(groupId)).map(({ roleName }) => roleName)
  return [...new Set(found)]
}

/**
 * Changes groups or what they are mapped to, and then the roles of those whose mapped roles are others by that. Whoever
 * loses the last one falls back to the organization's default; whoever had none by a group keeps what they have.
 */
export function reassigning<T>(environment: Environment, directory: ScimDirectory, change: () => T): T {
  const { records } = environment.directories
  const before = new Map(records.users(directory.id).map((user) => [user.id, rolesOf(environment, directory, user)]))
  const result = change()
  for (const user of records.users(directory.id)) {
    const roles = rolesOf(environment, directory, user)
    if (user.active && String(before.get(user.id) ?? '') !== String(roles)) give(environment, directory, user, roles)
  }
  return result
}

function give(
  { directory, settings }: Environment,
  { organizationId }: ScimDirectory,
  { email }: DirectoryUser,
  roles: readonly string[],
): void {
  const userId = directory.userByEmail(email)?.id ?? ''
  const membership = directory.people.membership(userId, organizationId)
  if (settings.product === 'modular-sso' || membership === undefined) return
  const wanted = roles.length === 0 ? [directory.memberRole(organizationId)] : roles
  if (String(membership.roles) !== String(wanted)) directory.setMember(userId, organizationId, wanted)
}
