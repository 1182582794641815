import type { DirectoryUser } from '@scalegate/core/management'
import type { WebhookEvent } from '@scalegate/core/plugin'
import { fingerprintOf } from './fingerprint.js'
import { type RoleMapping, rolesOf } from './role-mapping.js'

/** Who is gone, or no longer active. */
export interface FormerPerson {
  /** `diruser_…`: the directory's own, and no `usr_…` of somebody who logs in. */
  readonly id: string
  readonly organizationId: string
  /** As the directory has it; undefined where it does not say. */
  readonly email?: string
}

/** A person as the customer's directory knows them, the same from an event and from a list. */
export interface DirectoryPerson extends FormerPerson {
  readonly active: boolean
  readonly givenName?: string
  readonly familyName?: string
  readonly preferredUsername?: string
  /** Empty too where Scalekit does not speak of groups. */
  readonly groups: readonly PersonGroup[]
  /** What the option `roles` makes of the groups. */
  readonly roles: readonly string[]
  /** Changes with everything above. Keep it and give it back in `users.list`, and `reconcile` sees every difference. */
  readonly fingerprint: string
  /** All that was sent: `data` of the event, or the directory's own record (`user_detail`). Names as sent. */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A group somebody is in. */
export interface PersonGroup {
  /** `dirgroup_…` */
  readonly id: string
  readonly name?: string
}

type ChangedUser = Extract<WebhookEvent, { type: 'organization.directory.user_updated' }>['data']

/** `data` of `user_created` and `user_updated`. */
export async function personOfEvent(
  data: ChangedUser,
  organizationId: string,
  mapping: RoleMapping | undefined,
): Promise<DirectoryPerson> {
  return complete(mapping, {
    ...former(data.id, organizationId, data.email),
    // An older page of Scalekit's documents shows events that do not say it.
    active: !isFalse(data.active),
    ...names(data.given_name, data.family_name, data.preferred_username),
    groups: (data.groups ?? []).map(({ id, name }) => groupOf(id, name)),
    attributes: { ...data },
  })
}

/** An entry of the list of a directory, asked for with its details: only they say who is inactive. */
export async function personOfRecord(
  user: DirectoryUser,
  organizationId: string,
  mapping: RoleMapping | undefined,
): Promise<DirectoryPerson> {
  return complete(mapping, {
    ...former(user.id, organizationId, user.email),
    active: !isFalse(user.userDetail?.active),
    ...names(user.givenName, user.familyName, user.preferredUsername),
    groups: (user.groups ?? []).map(({ id, displayName }) => groupOf(id, displayName)),
    attributes: user.userDetail ?? {},
  })
}

export function former(id: string, organizationId: string, email: string | undefined): FormerPerson {
  return { id, organizationId, ...(email ? { email } : {}) }
}

async function complete(
  mapping: RoleMapping | undefined,
  person: Omit<DirectoryPerson, 'roles' | 'fingerprint'>,
): Promise<DirectoryPerson> {
  const roles = rolesOf(mapping, person)
  const { attributes, ...compared } = person
  const groups = person.groups.map(({ id, name }) => [id, name ?? '']).sort(byId)
  const fingerprint = await fingerprintOf({ ...compared, groups, roles: [...roles].sort() })
  return Object.freeze({ ...person, roles, fingerprint })
}

function byId([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one < other ? -1 : 1
}

function names(givenName?: string, familyName?: string, preferredUsername?: string) {
  return {
    ...(givenName ? { givenName } : {}),
    ...(familyName ? { familyName } : {}),
    ...(preferredUsername ? { preferredUsername } : {}),
  }
}

function groupOf(id: string, name: string | undefined): PersonGroup {
  return { id, ...(name ? { name } : {}) }
}

/** Microsoft Entra ID is known to send `"False"`, and the record is passed on as the directory wrote it. */
function isFalse(active: unknown): boolean {
  return active === false || (typeof active === 'string' && active.toLowerCase() === 'false')
}
