/** The schema URNs of RFC 7643 and 7644. */
export const schemas = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterpriseUser: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
} as const

type Kind = 'string' | 'boolean' | 'complex' | 'reference'

function attribute(name: string, type: Kind, more: object = {}): object {
  const shared = { multiValued: false, description: name, required: false, caseExact: false, mutability: 'readWrite' }
  return { name, type, ...shared, returned: 'default', uniqueness: 'none', ...more }
}

const several = (...subAttributes: object[]) => ({ multiValued: true, subAttributes })
const parts = (...names: string[]) => ({ subAttributes: names.map((name) => attribute(name, 'string')) })

/** What `Schemas` tells (RFC 7643 §7): the attributes that mean something here. Others are kept and given back. */
export const schemaDescriptions = [
  {
    id: schemas.user,
    name: 'User',
    description: 'User Account',
    attributes: [
      attribute('userName', 'string', { required: true, uniqueness: 'server' }),
      attribute('name', 'complex', parts('formatted', 'familyName', 'givenName', 'middleName')),
      attribute('displayName', 'string'),
      attribute('nickName', 'string'),
      attribute('title', 'string'),
      attribute('userType', 'string'),
      attribute('preferredLanguage', 'string'),
      attribute('locale', 'string'),
      attribute('timezone', 'string'),
      attribute('active', 'boolean'),
      attribute(
        'emails',
        'complex',
        several(attribute('value', 'string'), attribute('type', 'string'), attribute('primary', 'boolean')),
      ),
      attribute('phoneNumbers', 'complex', several(attribute('value', 'string'), attribute('type', 'string'))),
      attribute('photos', 'complex', several(attribute('value', 'reference'), attribute('type', 'string'))),
      attribute('groups', 'complex', {
        ...several(attribute('value', 'string'), attribute('display', 'string')),
        mutability: 'readOnly',
      }),
    ],
  },
  {
    id: schemas.group,
    name: 'Group',
    description: 'Group',
    attributes: [
      attribute('displayName', 'string', { required: true }),
      attribute('members', 'complex', several(attribute('value', 'string'), attribute('display', 'string'))),
    ],
  },
  {
    id: schemas.enterpriseUser,
    name: 'EnterpriseUser',
    description: 'Enterprise User',
    attributes: ['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) =>
      attribute(name, 'string'),
    ),
  },
] as const
