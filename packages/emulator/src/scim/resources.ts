import { rfc3339 } from '../clock.js'
import type { Attributes, DirectoryGroup, DirectoryRecords, DirectoryUser } from '../state/directories-records.js'
import { ScimError } from './error.js'
import { keyOf } from './path.js'
import { schemas } from './schemas.js'

/** What a user's resource says, without what the server makes. */
export type UserContent = Pick<DirectoryUser, 'userName' | 'externalId' | 'email' | 'active' | 'attributes'>
/** What a group's resource says, without what the server makes. */
export type GroupContent = Pick<DirectoryGroup, 'displayName' | 'externalId' | 'members' | 'attributes'>

/**
 * Reads a user (RFC 7643 §4.1). `active` as text is Entra ID's habit.
 *
 * @throws ScimError `invalidSyntax` or `invalidValue`.
 */
export function readUser(body: unknown): UserContent {
  const attributes = content(body, ['groups'])
  const userName = textOf(attributes, 'userName')
  if (userName === undefined) throw new ScimError(400, 'userName must be a string that is not empty', 'invalidValue')
  const email = emailOf(attributes) ?? (isAddress(userName) ? userName : undefined)
  if (email === undefined)
    throw new ScimError(400, 'an e-mail address is needed, in emails or as userName', 'invalidValue')
  const active = attributes[keyOf(attributes, 'active')]
  const isOn = active === undefined || active === null || String(active).toLowerCase() === 'true'
  if (!isOn && String(active).toLowerCase() !== 'false')
    throw new ScimError(400, 'active must be true or false', 'invalidValue')
  const externalId = textOf(attributes, 'externalId')
  return {
    userName,
    email: email.toLowerCase(),
    active: isOn,
    attributes: { ...attributes, active: isOn },
    ...(externalId === undefined ? {} : { externalId }),
  }
}

/**
 * Reads a group (RFC 7643 §4.2).
 *
 * @throws ScimError `invalidSyntax` or `invalidValue`.
 */
export function readGroup(body: unknown): GroupContent {
  const { members, ...attributes } = withMembers(content(body, []))
  const displayName = textOf(attributes, 'displayName')
  if (displayName === undefined)
    throw new ScimError(400, 'displayName must be a string that is not empty', 'invalidValue')
  const externalId = textOf(attributes, 'externalId')
  const ids = (Array.isArray(members) ? members : []).map((member: unknown) =>
    typeof member === 'object' && member !== null ? (member as Attributes).value : member,
  )
  return {
    displayName,
    members: [...new Set(ids.map(String))],
    attributes,
    ...(externalId === undefined ? {} : { externalId }),
  }
}

/** A user's resource. `name.formatted` and the like are given back as they came. */
export function userResource(records: DirectoryRecords, user: DirectoryUser, base: string): Attributes {
  return {
    schemas: [schemas.user, ...(user.attributes[schemas.enterpriseUser] === undefined ? [] : [schemas.enterpriseUser])],
    id: user.id,
    ...user.attributes,
    groups: records
      .groupsOf(user)
      .map(({ id, displayName }) => ({ value: id, display: displayName, $ref: `${base}/Groups/${id}` })),
    meta: meta('User', user, `${base}/Users/${user.id}`),
  }
}

/** A group's resource. */
export function groupResource(records: DirectoryRecords, group: DirectoryGroup, base: string): Attributes {
  return {
    schemas: [schemas.group],
    id: group.id,
    ...group.attributes,
    members: group.members.map((id) => ({
      value: id,
      display: records.user(group.directoryId, id)?.userName ?? '',
      $ref: `${base}/Users/${id}`,
    })),
    meta: meta('Group', group, `${base}/Groups/${group.id}`),
  }
}

/** A part of a user's name. */
export function namePart(
  { attributes }: Pick<DirectoryUser, 'attributes'>,
  part: 'givenName' | 'familyName' | 'formatted',
): string {
  const name = attributes[keyOf(attributes, 'name')]
  return typeof name === 'object' && name !== null ? (textOf(name as Attributes, part) ?? '') : ''
}

/** An attribute of text; undefined where there is none. */
export function textOf(attributes: Attributes, attribute: string): string | undefined {
  const value = attributes[keyOf(attributes, attribute)]
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function content(body: unknown, dropped: readonly string[]): Attributes {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ScimError(400, 'the body must be an object', 'invalidSyntax')
  }
  const serverMade = ['id', 'meta', 'schemas', 'password', ...dropped]
  return Object.fromEntries(Object.entries(body).filter(([key]) => !serverMade.includes(key.toLowerCase())))
}

function withMembers(attributes: Attributes): Attributes {
  const { [keyOf(attributes, 'members')]: members, ...others } = attributes
  return { ...others, members }
}

/** The primary address, else the first. */
function emailOf(attributes: Attributes): string | undefined {
  const emails = attributes[keyOf(attributes, 'emails')]
  const entries = (Array.isArray(emails) ? emails : []).filter(
    (entry): entry is Attributes => typeof entry === 'object' && entry !== null,
  )
  const chosen = entries.find(({ primary }) => String(primary).toLowerCase() === 'true') ?? entries[0]
  return typeof chosen?.value === 'string' && isAddress(chosen.value) ? chosen.value.trim() : undefined
}

function isAddress(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text.trim())
}

function meta(
  resourceType: string,
  record: { readonly createdAt: number; readonly updatedAt: number },
  location: string,
): object {
  return { resourceType, created: rfc3339(record.createdAt), lastModified: rfc3339(record.updatedAt), location }
}
