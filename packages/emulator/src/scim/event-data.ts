import type { Environment } from '../environment.js'
import type { ScimDirectory } from '../state/directories.js'
import type { DirectoryGroup, DirectoryUser } from '../state/directories-records.js'
import { keyOf } from './path.js'
import { namePart, textOf } from './resources.js'
import { rolesOf } from './roles.js'
import { schemas } from './schemas.js'

type Json = Readonly<Record<string, unknown>>

/** `data` of `organization.directory.user_deleted`: all that is left of a person. */
export function formerUserData({ organizationId }: ScimDirectory, { id, externalId = '', email }: DirectoryUser): Json {
  return { id, organization_id: organizationId, dp_id: externalId, email }
}

/** `data` of `organization.directory.user_created` and `_updated`. */
export function userData(environment: Environment, directory: ScimDirectory, user: DirectoryUser): Json {
  const { attributes } = user
  const enterprise = (attributes[schemas.enterpriseUser] ?? {}) as Json
  const [given, family] = [namePart(user, 'givenName'), namePart(user, 'familyName')]
  return {
    ...formerUserData(directory, user),
    active: user.active,
    name: namePart(user, 'formatted') || textOf(attributes, 'displayName') || `${given} ${family}`.trim(),
    given_name: given,
    family_name: family,
    preferred_username: user.userName,
    nickname: textOf(attributes, 'nickName') ?? '',
    title: textOf(attributes, 'title') ?? '',
    user_type: textOf(attributes, 'userType') ?? '',
    locale: textOf(attributes, 'locale') ?? '',
    phone_number: firstValue(attributes, 'phoneNumbers'),
    picture: firstValue(attributes, 'photos'),
    department: textOf(enterprise, 'department') ?? '',
    division: textOf(enterprise, 'division') ?? '',
    employee_id: textOf(enterprise, 'employeeNumber') ?? '',
    groups: environment.directories.records.groupsOf(user).map(({ id, displayName }) => ({ id, name: displayName })),
    roles: rolesOf(environment, directory, user).map((name) => ({ role_name: name })),
    custom_attributes: {},
    raw_attributes: attributes,
  }
}

/** `data` of `organization.directory.group_*`. */
export function groupData({ id, organizationId }: ScimDirectory, group: DirectoryGroup): Json {
  return {
    id: group.id,
    directory_id: id,
    organization_id: organizationId,
    display_name: group.displayName,
    external_id: group.externalId ?? null,
    dp_id: group.externalId ?? '',
    raw_attributes: group.attributes,
  }
}

function firstValue(attributes: Json, attribute: string): string {
  const values = attributes[keyOf(attributes, attribute)]
  const [first] = Array.isArray(values) ? values : []
  return typeof first === 'object' && first !== null ? (textOf(first as Json, 'value') ?? '') : ''
}
