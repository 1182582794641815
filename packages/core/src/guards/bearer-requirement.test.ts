import { describe, expect, it } from 'vitest'
import { type BearerRequirement, bearerRequirement } from './bearer-requirement.js'

const audience = 'https://api.example'
const noAudience = 'A bearer guard needs an audience: who the access token must be for.'
const noScopes = 'A bearer guard needs at least one scope, or no `scopes` at all.'
const noPermissions = 'A bearer guard needs at least one permission, or no `permissions` at all.'

describe('bearerRequirement', () => {
  it.each<[string, unknown, string]>([
    ['SEC-300 nothing', {}, noAudience],
    ['SEC-300 an audience that is undefined', { audience: undefined }, noAudience],
    ['SEC-300 an audience that is null', { audience: null }, noAudience],
    ['SEC-300 an empty audience', { audience: '' }, noAudience],
    ['SEC-300 a blank audience', { audience: ' ' }, noAudience],
    ['SEC-300 no audience in a list', { audience: [] }, noAudience],
    ['SEC-300 a blank audience among others', { audience: [audience, ''] }, noAudience],
    ['SEC-300 a list in the list of audiences', { audience: [[[audience]]] }, noAudience],
    ['SEC-300 a hole in the audiences', { audience: new Array(1) }, noAudience],
    ['SEC-300 no scope', { audience, scopes: [] }, noScopes],
    ['SEC-300 scopes that were computed and are undefined', { audience, scopes: undefined }, noScopes],
    ['SEC-300 scopes that are null', { audience, scopes: null }, noScopes],
    ['SEC-300 scopes in one text', { audience, scopes: 'projects:read' }, noScopes],
    ['SEC-300 a blank scope', { audience, scopes: ['projects:read', ' '] }, noScopes],
    ['SEC-300 a hole in the scopes', { audience, scopes: new Array(1) }, noScopes],
    ['SEC-300 no permission', { audience, permissions: [] }, noPermissions],
    ['SEC-300 permissions that were computed and are undefined', { audience, permissions: undefined }, noPermissions],
    ['SEC-300 a blank permission', { audience, permissions: ['a', ''] }, noPermissions],
    ['SEC-300 a hole in the permissions', { audience, permissions: new Array(1) }, noPermissions],
    [
      'SEC-300 a misspelt permission',
      { audience, permissions: ['invoices:read', 'sk_org_user_read'] },
      'A bearer guard cannot be made: "sk_org_user_read" is not a Scalekit permission; did you mean "sk_org_users_read"?',
    ],
    ['another kind of caller', { audience, callers: 'robot' }, '`callers` must be "user", "machine" or "any".'],
    ['callers that are a list', { audience, callers: ['user'] }, '`callers` must be "user", "machine" or "any".'],
    [
      'callers by the name of a property',
      { audience, callers: 'length' },
      '`callers` must be "user", "machine" or "any".',
    ],
    [
      'SEC-308 an organization that is undefined',
      { audience, organizationId: undefined },
      'A bearer guard of an organization needs its id.',
    ],
    ['a blank organization', { audience, organizationId: ' ' }, 'A bearer guard of an organization needs its id.'],
    ['a word for true', { audience, orSession: 'false' }, '`orSession` must be true or false.'],
    ['SEC-303 the singular', { audience, scope: 'x' }, 'A bearer guard cannot ask for "scope".'],
    ['SEC-303 what only sessions have', { audience, recentLogin: 60 }, 'A bearer guard cannot ask for "recentLogin".'],
    [
      'SEC-303 an unknown key that is undefined',
      { audience, role: undefined },
      'A bearer guard cannot ask for "role".',
    ],
  ])('%s throws at creation', (_label, asked, message) => {
    expect(() => bearerRequirement(asked as BearerRequirement)).toThrow(new TypeError(message))
  })

  it('keeps every member, and its own frozen copy of the lists', () => {
    const asked = {
      audience: [audience, 'skc_1'],
      scopes: ['projects:read'],
      permissions: ['sk_org_users_read', 'invoices:read'],
      callers: 'any',
      organizationId: 'org_1',
      orSession: true,
    } as const
    const lists = {
      ...asked,
      audience: [...asked.audience],
      scopes: [...asked.scopes],
      permissions: [...asked.permissions],
    }
    const made = bearerRequirement(lists)
    for (const list of [lists.audience, lists.scopes, lists.permissions]) list.length = 0
    expect(made).toEqual(asked)
    expect([made, made.audience, made.scopes, made.permissions].every(Object.isFrozen)).toBe(true)
  })

  it('asks for nothing that was not asked: one audience is enough', () => {
    expect(bearerRequirement({ audience })).toEqual({ audience })
  })

  it('SEC-300 loses nothing that a class or a prototype asks for', () => {
    class Asked {
      audience = audience
      get scopes(): string[] {
        return ['projects:read']
      }
    }
    expect(bearerRequirement(new Asked())).toEqual({ audience, scopes: ['projects:read'] })
    const derived = Object.assign(Object.create({ permissions: ['invoices:read'] }), { audience })
    expect(bearerRequirement(derived)).toEqual({ audience, permissions: ['invoices:read'] })
    const empty = Object.assign(Object.create({ scopes: [] }), { audience })
    expect(() => bearerRequirement(empty)).toThrow(new TypeError(noScopes))
  })
})
