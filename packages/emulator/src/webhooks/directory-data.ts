import { idOfName } from '../ids.js'
import type { Organization } from '../state/directory.js'
import type { Subject } from './subject.js'

type Json = Readonly<Record<string, unknown>>

/** The group that every sample person is in. */
const group = 'Engineering'

/** `data` of `organization.directory_enabled` and `_disabled`. */
export function directoryJson({ id }: Organization, about: { readonly enabled: boolean; readonly at: string }): Json {
  return {
    id: idOfName('dir', id),
    organization_id: id,
    directory_type: 'SCIM',
    provider: 'OKTA',
    enabled: about.enabled,
    updated_at: about.at,
  }
}

/** `data` of `organization.directory.user_deleted`: all that is left of a person. */
export function formerDirectoryUserJson({ user, organization }: Subject): Json {
  return {
    id: idOfName('diruser', user.id),
    organization_id: organization.id,
    dp_id: idOfName('usr', user.email),
    email: user.email,
  }
}

/** `data` of `organization.directory.user_created` and `_updated`. */
export function directoryUserJson(subject: Subject, roles: readonly string[]): Json {
  const { user, organization } = subject
  return {
    ...formerDirectoryUserJson(subject),
    active: true,
    name: `${user.givenName} ${user.familyName}`,
    given_name: user.givenName,
    family_name: user.familyName,
    preferred_username: user.email,
    title: 'Engineer',
    department: group,
    address: { formatted: '1 Example Street, Exampleton', postal_code: '00000', state: 'Example' },
    groups: [{ id: groupId(organization), name: group }],
    roles: roles.map((name) => ({ role_name: name })),
    custom_attributes: {},
    raw_attributes: {},
  }
}

/** `data` of `organization.directory.group_*`. */
export function directoryGroupJson(organization: Organization): Json {
  return {
    id: groupId(organization),
    directory_id: idOfName('dir', organization.id),
    organization_id: organization.id,
    display_name: group,
    external_id: null,
    dp_id: idOfName('dirgroup', group),
    raw_attributes: {},
  }
}

function groupId(organization: Organization): string {
  return idOfName('dirgroup', organization.id)
}
