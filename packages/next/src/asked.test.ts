import { describe, expect, it } from 'vitest'
import { asked, type GuardedBy } from './asked.js'

type Given = GuardedBy<string, readonly [string | undefined]>

describe('asked', () => {
  it.each<[string, Given, unknown]>([
    ['nothing but a signed-in person', {}, {}],
    ['one permission', { permission: 'projects:read' }, { permissions: ['projects:read'] }],
    ['each of several', { permission: ['a:b', 'sk_org_users_read'] }, { permissions: ['a:b', 'sk_org_users_read'] }],
    ['any of several', { anyPermission: ['a:b', 'c:d'] }, { anyPermission: ['a:b', 'c:d'] }],
    ['a role', { role: 'admin' }, { roles: ['admin'] }],
    ['one of the roles', { anyRole: ['admin', 'owner'] }, { roles: ['admin', 'owner'] }],
    ['an organization', { organizationId: 'org_1' }, { organizationId: 'org_1' }],
    ['SEC-302 all of it', { permission: 'a:b', role: 'admin' }, { permissions: ['a:b'], roles: ['admin'] }],
  ])('asks for %s', (_label, given, expected) => {
    expect(asked(given)('unused')).toEqual(expected)
  })

  it.each<[string, unknown]>([
    ['SEC-300 no permission', { permission: undefined }],
    ['SEC-300 an empty one', { permission: '' }],
    ['SEC-300 an empty list', { permission: [] }],
    ['SEC-300 a list of nothing', { anyPermission: [''] }],
    ['SEC-300 a misspelt one', { permission: 'sk_org_users_raed' }],
    ['SEC-300 no role', { role: undefined }],
    ['SEC-300 no role of any', { anyRole: [] }],
    ['a list where each or any could be meant', { role: ['admin', 'owner'] }],
    ['a role and any role', { role: 'admin', anyRole: ['owner'] }],
    ['SEC-300 no organization', { organizationId: undefined }],
    ['SEC-303 an unknown member', { permission: 'a:b', redirectTo: '/login' }],
    ['SEC-303 the name that core has for it', { permissions: ['a:b'] }],
    ['SEC-301 a name of Object', { constructor: ['a:b'] }],
    ['a misspelt one beside a computed organization', { permission: 'sk_nothing', organizationId: () => 'org_1' }],
  ])('refuses at creation: %s', (_label, given) => {
    expect(() => asked(given as Given)).toThrow(TypeError)
  })

  it.each(['redirectTo', 'permissions', 'constructor'])('SEC-303 names what it cannot ask for: %s', (name) => {
    expect(() => asked({ [name]: ['a:b'] } as Given)).toThrow(`A guard cannot ask for "${name}".`)
  })

  it('SEC-308 computes the organization for each call, and nothing is no organization', () => {
    const ask = asked<readonly [string | undefined]>({ permission: 'a:b', organizationId: (id) => id })
    expect(ask('org_1')).toEqual({ permissions: ['a:b'], organizationId: 'org_1' })
    expect(ask('org_2')).toEqual({ permissions: ['a:b'], organizationId: 'org_2' })
    expect(ask(undefined)).toEqual({ permissions: ['a:b'], organizationId: undefined })
  })
})
