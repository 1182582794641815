import type { Environment } from '../environment.js'
import type { ScimDirectory } from '../state/directories.js'
import type { DirectoryUser } from '../state/directories-records.js'
import { ScimError } from './error.js'
import { formerUserData, userData } from './event-data.js'
import { applyPatch } from './patch.js'
import { deprovision, provision } from './provision.js'
import { readUser, type UserContent } from './resources.js'

/**
 * Adds somebody to a directory, and to the organization.
 *
 * @throws ScimError 400 or 409.
 */
export function createUser(environment: Environment, directory: ScimDirectory, body: unknown): DirectoryUser {
  const content = readUser(body)
  refuseStrangers(environment, directory, content)
  refuseTwins(environment, directory, content)
  const user = environment.directories.records.addUser({ ...content, directoryId: directory.id })
  happened(environment, directory, 'organization.directory.user_created', user)
  if (user.active) provision(environment, directory, user)
  return user
}

/**
 * Replaces everything that is known of somebody (PUT).
 *
 * @throws ScimError 400, 404 or 409.
 */
export function replaceUser(environment: Environment, directory: ScimDirectory, id: string, body: unknown) {
  const before = userOf(environment, directory, id)
  return update(environment, directory, before, readUser(body))
}

/**
 * Changes some of what is known of somebody (PATCH).
 *
 * @throws ScimError 400, 404 or 409.
 */
export function patchUser(environment: Environment, directory: ScimDirectory, id: string, body: unknown) {
  const before = userOf(environment, directory, id)
  return update(environment, directory, before, readUser(applyPatch(before.attributes, body)))
}

/**
 * Takes somebody out of a directory: the membership becomes inactive, and the sessions end.
 *
 * @throws ScimError 404.
 */
export async function removeUser(environment: Environment, directory: ScimDirectory, id: string): Promise<void> {
  const user = userOf(environment, directory, id)
  environment.directories.records.removeUser(id)
  const data = formerUserData(directory, user)
  environment.directories.synced(directory.id)
  const { organizationId } = directory
  environment.webhooks.happened({ type: 'organization.directory.user_deleted', organizationId, data })
  await deprovision(environment, directory, user.email)
}

/** @throws ScimError 404. */
export function userOf(environment: Environment, { id: directoryId }: ScimDirectory, id: string): DirectoryUser {
  const user = environment.directories.records.user(directoryId, id)
  if (user === undefined) throw new ScimError(404, `no such user: ${id.slice(0, 100)}`)
  return user
}

async function update(
  environment: Environment,
  directory: ScimDirectory,
  before: DirectoryUser,
  content: UserContent,
): Promise<DirectoryUser> {
  if (content.email !== before.email) {
    throw new ScimError(400, 'the e-mail address cannot be changed: it identifies the person', 'mutability')
  }
  refuseStrangers(environment, directory, content)
  refuseTwins(environment, directory, content, before.id)
  const user = environment.directories.records.replaceUser(before, { ...content, directoryId: directory.id })
  happened(environment, directory, 'organization.directory.user_updated', user)
  if (user.active) provision(environment, directory, user)
  else await deprovision(environment, directory, user.email)
  return user
}

/** Scalekit lets a directory manage those only whose e-mail domain the organization owns. */
function refuseStrangers({ directory }: Environment, { organizationId }: ScimDirectory, { email }: UserContent): void {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (directory.domains.ownedBy(organizationId).includes(domain)) return
  throw new ScimError(400, `${domain} is no verified domain of the organization; add it there first`, 'invalidValue')
}

function refuseTwins(
  environment: Environment,
  { id: directoryId }: ScimDirectory,
  content: UserContent,
  own?: string,
): void {
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()
  const twin = environment.directories.records
    .users(directoryId)
    .find(({ id, userName, email }) => id !== own && (isSame(userName, content.userName) || email === content.email))
  if (twin !== undefined) throw new ScimError(409, 'a user with this userName or e-mail address exists', 'uniqueness')
}

function happened(
  environment: Environment,
  directory: ScimDirectory,
  type: 'organization.directory.user_created' | 'organization.directory.user_updated',
  user: DirectoryUser,
): void {
  environment.directories.synced(directory.id)
  const { organizationId } = directory
  environment.webhooks.happened({ type, organizationId, data: userData(environment, directory, user) })
}
