import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import { namePart } from '../scim/resources.js'
import type { ScimDirectory } from '../state/directories.js'
import type { DirectoryGroup, DirectoryRecords, DirectoryUser } from '../state/directories-records.js'
import { given, type Json } from './json.js'

/** Where a directory provider sends its SCIM requests. */
export function endpointOf({ url }: Environment, directoryId: string): string {
  return `${url}/api/v1/directories/${directoryId}/scim/v2`
}

/** `directoriesDirectory`. */
export function directoryJson(environment: Environment, directory: ScimDirectory): Json {
  const { id, name, organizationId, provider, enabled, lastSyncedAt } = directory
  const { records } = environment.directories
  const [users, groups] = [records.users(id), records.groups(id)]
  const synced = lastSyncedAt === undefined ? undefined : rfc3339(lastSyncedAt)
  return {
    id,
    name,
    directory_type: 'SCIM',
    directory_provider: provider,
    organization_id: organizationId,
    enabled,
    status: lastSyncedAt === undefined ? 'IN_PROGRESS' : 'COMPLETED',
    directory_endpoint: endpointOf(environment, id),
    total_users: users.length,
    total_groups: groups.length,
    groups_tracked: 'ALL',
    ...given('last_synced_at', synced),
    secrets: directory.secrets.map((secret) => ({
      id: secret.id,
      directory_id: id,
      secret_suffix: secret.suffix,
      create_time: rfc3339(secret.createdAt),
      expire_time: rfc3339(secret.expiresAt),
      ...given('last_used_time', secret.lastUsedAt === undefined ? undefined : rfc3339(secret.lastUsedAt)),
      // `INACTIVE` is the only word in the OpenAPI description; the SDK has `ACTIVE`, too.
      status: 'ACTIVE',
    })),
    role_assignments: {
      assignments: directory.roleAssignments.map(({ groupId, roleName }) => ({
        group_id: groupId,
        role_name: roleName,
      })),
    },
    attribute_mappings: { attributes: [] },
    stats: {
      total_users: users.length,
      total_groups: groups.length,
      ...given('user_updated_at', latest(users)),
      ...given('group_updated_at', latest(groups)),
    },
  }
}

/** `directoriesDirectoryUser`. */
export function directoryUserJson(records: DirectoryRecords, user: DirectoryUser, detail: boolean): Json {
  return {
    id: user.id,
    email: user.email,
    emails: emailsOf(user),
    given_name: namePart(user, 'givenName'),
    family_name: namePart(user, 'familyName'),
    preferred_username: user.userName,
    groups: records.groupsOf(user).map((group) => directoryGroupJson(group, false)),
    updated_at: rfc3339(user.updatedAt),
    ...(detail ? { user_detail: user.attributes } : {}),
  }
}

/** `directoriesDirectoryGroup`. */
export function directoryGroupJson(group: DirectoryGroup, detail: boolean): Json {
  return {
    id: group.id,
    display_name: group.displayName,
    total_users: group.members.length,
    updated_at: rfc3339(group.updatedAt),
    ...(detail ? { group_detail: { ...group.attributes, members: group.members.map((value) => ({ value })) } } : {}),
  }
}

function emailsOf({ email, attributes }: DirectoryUser): readonly string[] {
  const emails = Array.isArray(attributes.emails) ? attributes.emails : []
  const values = emails.flatMap((entry: { readonly value?: unknown }) =>
    typeof entry?.value === 'string' ? [entry.value] : [],
  )
  return values.length === 0 ? [email] : values
}

function latest(records: readonly { readonly updatedAt: number }[]): string | undefined {
  return records.length === 0 ? undefined : rfc3339(Math.max(...records.map(({ updatedAt }) => updatedAt)))
}
