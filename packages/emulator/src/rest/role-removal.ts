import type { Environment } from '../environment.js'
import type { Role } from '../state/roles.js'
import { invalid, RestError } from './errors.js'

/**
 * Deletes a role; whoever has it, extends it or gets it by default is given the replacement. Without one a role of the
 * environment that is in use stays, and people lose a role of an organization.
 */
export function removeRole(environment: Environment, role: Role, replacementName: string | undefined): void {
  const { roles, people } = environment.directory
  const replacement = replacementOf(environment, role, replacementName)
  if (replacement === undefined) refuseInUse(environment, role)
  for (const dependent of roles.dependentsOf(role)) {
    const isItself = dependent.id === replacement?.id
    roles.update(dependent, { extends: isItself ? role.extends : replacement?.name })
  }
  for (const { userId, organizationId, names } of holdersOf(environment, role)) {
    const kept = names.flatMap((name) => (name === role.name ? (replacement?.name ?? []) : name))
    people.setMembership(userId, organizationId, { roles: [...new Set(kept)] })
  }
  inheritDefaults(environment, role, replacement)
  roles.remove(role)
}

/** How many people have a role, in the named organization or in any. */
export function countHolders(environment: Environment, role: Role, organizationId?: string): number {
  const holders = holdersOf(environment, role).filter(
    (holder) => organizationId === undefined || holder.organizationId === organizationId,
  )
  return new Set(holders.map(({ userId }) => userId)).size
}

function replacementOf({ directory }: Environment, role: Role, name: string | undefined): Role | undefined {
  if (name === undefined) return undefined
  const found = directory.roles.find(name, role.organizationId)
  if (found !== undefined && found.id !== role.id) return found
  throw invalid({ field: 'reassign_role_name', constraint: 'exists', description: `names no other role: ${name}` })
}

function refuseInUse(environment: Environment, role: Role): void {
  const { directory } = environment
  const refuse = (why: string) => {
    throw new RestError('FAILED_PRECONDITION', `the role ${why}; name another one as reassign_role_name`)
  }
  if (directory.roles.dependentsOf(role).length > 0) refuse('is extended by others')
  if (role.organizationId !== undefined) return
  if (countHolders(environment, role) > 0) refuse('is given to users')
  if ([directory.roles.creatorRole, directory.roles.memberRole].includes(role.name)) refuse('is a default')
}

function holdersOf({ directory }: Environment, role: Role) {
  return directory.users.flatMap(({ id: userId, memberships }) =>
    memberships.flatMap(({ organization: organizationId, roles: names }) => {
      const isHeld = names.includes(role.name) && directory.roles.find(role.name, organizationId)?.id === role.id
      return isHeld ? [{ userId, organizationId, names }] : []
    }),
  )
}

function inheritDefaults({ directory }: Environment, role: Role, replacement: Role | undefined): void {
  const { roles, customers } = directory
  for (const { id, memberRole } of directory.organizations) {
    if (memberRole !== role.name || roles.find(memberRole, id)?.id !== role.id) continue
    customers.update(id, { memberRole: replacement?.name })
  }
  if (replacement === undefined || role.organizationId !== undefined) return
  if (roles.creatorRole === role.name) roles.creatorRole = replacement.name
  if (roles.memberRole === role.name) roles.memberRole = replacement.name
}
