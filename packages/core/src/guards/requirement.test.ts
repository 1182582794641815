import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Session } from '../model/session.js'
import { type Requirement, requirement, unmet } from './requirement.js'

function session(changes: Partial<Session> = {}): Session {
  return {
    user: { id: 'usr_1', emailVerified: true },
    organizationId: 'org_1',
    roles: ['member'],
    permissions: ['invoices:read', 'sk_org_sso_manage'],
    claims: {},
    loggedInAt: 0,
    expiresAt: 1,
    stale: false,
    ...changes,
  } as Session
}

describe('requirement', () => {
  it.each(['permissions', 'anyPermission', 'roles', 'recentLogin', 'fresh'])(
    'SEC-300 %s that is undefined does not ask for nothing',
    (name) => {
      expect(() => requirement({ [name]: undefined })).toThrow(`A guard cannot ask for "${name}" that is undefined`)
    },
  )

  it('SEC-300 what a class brings counts as well', () => {
    class Asked {
      get permissions(): readonly string[] {
        return ['invoices:write']
      }
    }
    const asked = Object.create(new Asked(), {}) as Requirement
    expect(requirement(asked).permissions ?? 'dropped').not.toBe('dropped')
  })

  it.each([
    ['SEC-300 no permission', { permissions: [] }, 'A permission guard needs at least one permission.'],
    ['SEC-300 no permission of any', { anyPermission: [] }, 'A permission guard needs at least one permission.'],
    [
      'SEC-300 an empty name',
      { permissions: [''] },
      'A permission guard cannot be made: a permission must be a non-empty string.',
    ],
    [
      'SEC-300 undefined in the list',
      { permissions: [undefined] },
      'A permission guard cannot be made: a permission must be a non-empty string.',
    ],
    [
      'SEC-300 a hole in the list',
      { permissions: new Array(1) },
      'A permission guard cannot be made: a permission must be a non-empty string.',
    ],
    [
      'SEC-300 a string for a list',
      { permissions: 'invoices:read' },
      'A permission guard needs at least one permission.',
    ],
    ['SEC-300 null', { permissions: null }, 'A permission guard needs at least one permission.'],
    [
      'SEC-300 a misspelt permission',
      { anyPermission: ['a', 'sk_org_user_read'] },
      'A permission guard cannot be made: "sk_org_user_read" is not a Scalekit permission; did you mean "sk_org_users_read"?',
    ],
    ['no role', { roles: [] }, 'A role guard needs at least one role name.'],
    ['an empty role', { roles: ['admin', ' '] }, 'A role guard needs at least one role name.'],
    ['a hole in the roles', { roles: new Array(1) }, 'A role guard needs at least one role name.'],
    ['no organization', { organizationId: '' }, 'An organization guard needs an organization id.'],
    [
      'an organization that is undefined',
      { organizationId: undefined },
      'An organization guard needs an organization id.',
    ],
    ['SEC-303 an unknown key', { permission: ['a'] }, 'A guard cannot ask for "permission".'],
    ['SEC-303 a redirect option', { permissions: ['a'], redirectTo: '/x' }, 'A guard cannot ask for "redirectTo".'],
  ])('%s throws at creation', (_label, asked, message) => {
    expect(() => requirement(asked as unknown as Requirement)).toThrow(new TypeError(message))
  })

  it('does not follow the list it was given', () => {
    const permissions = ['invoices:write']
    const checked = requirement({ permissions })
    permissions.length = 0
    expect(unmet(session(), checked, 0)).toBe('permissions')
    expect(Object.isFrozen(checked.permissions)).toBe(true)
  })
})

describe('unmet', () => {
  it.each([
    ['nothing asked', {}, undefined],
    ['a permission held', { permissions: ['invoices:read'] }, undefined],
    ['one of two missing', { permissions: ['invoices:read', 'invoices:write'] }, 'permissions'],
    ['one of two held', { anyPermission: ['invoices:write', 'invoices:read'] }, undefined],
    ['none of two held', { anyPermission: ['a', 'b'] }, 'anyPermission'],
    ['SEC-310 an implied one', { permissions: ['sk_org_sso_read'] }, undefined],
    ['a role', { roles: ['admin', 'member'] }, undefined],
    ['another role', { roles: ['admin'] }, 'roles'],
    ['SEC-304 a permission by the name of a role', { permissions: ['member'] }, 'permissions'],
    ['SEC-304 a role by the name of a permission', { roles: ['invoices:read'] }, 'roles'],
    ['the organization', { organizationId: 'org_1' }, undefined],
    ['SEC-308 another organization', { organizationId: 'org_2' }, 'organizationId'],
    [
      'SEC-302 all of several kinds',
      { permissions: ['invoices:read'], roles: ['member'], organizationId: 'org_1' },
      undefined,
    ],
    ['SEC-302 one kind of several missing', { permissions: ['invoices:read'], roles: ['admin'] }, 'roles'],
  ] as const)('%s', (_label, asked, expected) => {
    expect(unmet(session(), asked, 0)).toBe(expected)
  })

  it('SEC-308 a session without organization is in none', () => {
    const { organizationId: _none, ...rest } = session()
    expect(unmet(rest, { organizationId: 'org_1' }, 0)).toBe('organizationId')
    // What an app computes from a request may turn out to be nothing; nothing is no organization either.
    expect(unmet(rest, { organizationId: undefined } as unknown as Requirement, 0)).toBe('organizationId')
  })

  it('F15 all ⇔ subset, any ⇔ intersection, for names that imply nothing', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor'))
    fc.assert(
      fc.property(names, names, (granted, asked) => {
        const who = session({ permissions: granted as Session['permissions'] })
        expect(unmet(who, { permissions: asked }, 0) === undefined).toBe(asked.every((name) => granted.includes(name)))
        expect(unmet(who, { anyPermission: asked }, 0) === undefined).toBe(asked.some((name) => granted.includes(name)))
      }),
    )
  })
})
