import type { Environment } from '../environment.js'
import type { ScimDirectory } from '../state/directories.js'
import type { DirectoryGroup } from '../state/directories-records.js'
import { ScimError } from './error.js'
import { groupData } from './event-data.js'
import { applyPatch } from './patch.js'
import { type GroupContent, readGroup } from './resources.js'
import { reassigning } from './roles.js'

/** @throws ScimError 400. */
export function createGroup(environment: Environment, directory: ScimDirectory, body: unknown): DirectoryGroup {
  const content = checked(environment, directory, readGroup(body))
  const { records } = environment.directories
  const group = records.addGroup({ ...content, directoryId: directory.id })
  happened(environment, directory, 'organization.directory.group_created', group)
  return group
}

/**
 * Replaces a group (PUT); members gain and lose the roles that it is mapped to.
 *
 * @throws ScimError 400 or 404.
 */
export function replaceGroup(
  environment: Environment,
  directory: ScimDirectory,
  id: string,
  body: unknown,
): DirectoryGroup {
  const before = groupOf(environment, directory, id)
  return update(environment, directory, before, readGroup(body))
}

/**
 * Changes a group (PATCH).
 *
 * @throws ScimError 400 or 404.
 */
export function patchGroup(
  environment: Environment,
  directory: ScimDirectory,
  id: string,
  body: unknown,
): DirectoryGroup {
  const before = groupOf(environment, directory, id)
  const members = before.members.map((value) => ({ value }))
  return update(environment, directory, before, readGroup(applyPatch({ ...before.attributes, members }, body)))
}

/** @throws ScimError 404. */
export function removeGroup(environment: Environment, directory: ScimDirectory, id: string): void {
  const group = groupOf(environment, directory, id)
  reassigning(environment, directory, () => {
    environment.directories.records.removeGroup(id)
    happened(environment, directory, 'organization.directory.group_deleted', group)
  })
}

/** @throws ScimError 404. */
export function groupOf(environment: Environment, { id: directoryId }: ScimDirectory, id: string): DirectoryGroup {
  const group = environment.directories.records.group(directoryId, id)
  if (group === undefined) throw new ScimError(404, `no such group: ${id.slice(0, 100)}`)
  return group
}

function update(
  environment: Environment,
  directory: ScimDirectory,
  before: DirectoryGroup,
  read: GroupContent,
): DirectoryGroup {
  const content = checked(environment, directory, read)
  return reassigning(environment, directory, () => {
    const group = environment.directories.records.replaceGroup(before, { ...content, directoryId: directory.id })
    happened(environment, directory, 'organization.directory.group_updated', group)
    return group
  })
}

/** Members are people of the same directory; groups in groups are not emulated. */
function checked(environment: Environment, directory: ScimDirectory, content: GroupContent): GroupContent {
  const stranger = content.members.find((id) => environment.directories.records.user(directory.id, id) === undefined)
  if (stranger === undefined) return content
  throw new ScimError(400, `members names nobody here: ${stranger.slice(0, 100)}`, 'invalidValue')
}

function happened(
  environment: Environment,
  directory: ScimDirectory,
  type:
    | 'organization.directory.group_created'
    | 'organization.directory.group_updated'
    | 'organization.directory.group_deleted',
  group: DirectoryGroup,
): void {
  environment.directories.synced(directory.id)
  const { organizationId } = directory
  environment.webhooks.happened({ type, organizationId, data: groupData(directory, group) })
}
