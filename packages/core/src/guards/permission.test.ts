import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scalekitPermissions } from '../model/scalekit-permissions.js'
import { hasPermission, holdsScalekitPermission, permissionProblem } from './permission.js'

describe('hasPermission', () => {
  const asked = 'sk_org_users_invite'

  it.each([
    ['SEC-297 a star', ['*']],
    ['SEC-297 a pattern', ['sk_*', 'sk_org_*']],
    ['SEC-298 upper case', ['SK_ORG_USERS_INVITE']],
    ['SEC-298 a space before', [' sk_org_users_invite']],
    ['SEC-298 a zero-width space', ['sk_org_users_invite\u200b']],
    ['SEC-298 full-width letters, equal under NFKC', ['\uff53k_org_users_invite']],
    ['SEC-299 a suffix', ['sk_org_users_invite_x']],
    ['SEC-299 a prefix', ['xsk_org_users_invite']],
    ['SEC-299 a part', ['sk_org_users']],
    ['nothing', []],
  ])('%s is not the permission', (_label, granted) => {
    expect(hasPermission(granted, asked)).toBe(false)
  })

  it.each(['__proto__', 'constructor', 'length', '0', 'toString'])('SEC-301 nobody has %s by accident', (name) => {
    expect(hasPermission(['sk_org_users_read'], name)).toBe(false)
    expect(hasPermission([name], name)).toBe(true)
  })

  it('SEC-310 manage implies read for exactly four pairs, and nothing else is implied', () => {
    const pairs = scalekitPermissions.flatMap((held) =>
      scalekitPermissions
        .filter((wanted) => wanted !== held && hasPermission([held], wanted))
        .map((wanted) => [held, wanted]),
    )
    expect(pairs).toEqual([
      ['sk_org_settings_manage', 'sk_org_settings_read'],
      ['sk_org_sso_manage', 'sk_org_sso_read'],
      ['sk_org_scim_manage', 'sk_org_scim_read'],
      ['sk_org_session_policy_manage', 'sk_org_session_policy_read'],
    ])
  })

  it('SEC-302 is quick with 10 000 entries', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `app:${index}`)
    const startedAt = performance.now()
    expect(hasPermission(many, asked)).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(50)
  })

  it('removing a permission never grants one', () => {
    const names = fc.array(fc.constantFrom(...scalekitPermissions, 'app:a', 'app:b'))
    fc.assert(
      fc.property(names, fc.constantFrom(...scalekitPermissions, 'app:a'), fc.nat(), (granted, wanted, at) => {
        const fewer = granted.filter((_, index) => index !== at % (granted.length || 1))
        if (hasPermission(fewer, wanted)) expect(hasPermission(granted, wanted)).toBe(true)
      }),
    )
  })
})

describe('permissionProblem', () => {
  it.each([
    ['an app permission', 'invoices:read', undefined],
    ['one of the twelve', 'sk_org_sso_manage', undefined],
    [
      'SEC-300 a misspelt one',
      'sk_org_user_read',
      '"sk_org_user_read" is not a Scalekit permission; did you mean "sk_org_users_read"?',
    ],
    ['SEC-300 an unknown one', 'sk_banana', '"sk_banana" is not a Scalekit permission'],
    ['SEC-300 nothing', '', 'a permission must be a non-empty string'],
    ['SEC-300 spaces', '  ', 'a permission must be a non-empty string'],
    ['SEC-300 undefined', undefined, 'a permission must be a non-empty string'],
  ])('%s', (_label, name, problem) => {
    expect(permissionProblem(name)).toBe(problem)
  })
})

describe('holdsScalekitPermission', () => {
  it.each([
    [['app:read'], false],
    [[], false],
    [['sk_something_else'], false],
    [['app:read', 'sk_org_scim_read'], true],
  ])('%j → %s', (granted, expected) => {
    expect(holdsScalekitPermission(granted)).toBe(expected)
  })
})
