import { describe, expect, it } from 'vitest'
import { type AskedPermission, isPermitted, isSignedIn } from './decision.js'
import { initialState, type SessionState } from './session-state.js'
import { ada } from './test/sessions.js'

const loading = initialState(undefined)
const stranger = initialState(null)
const unavailable: SessionState = { status: 'unavailable', session: null }
const admin = initialState(ada)
const stale = initialState({ ...ada, stale: true })

describe('isSignedIn', () => {
  it.each([
    ['loading', loading, 'undecided'],
    ['unavailable', unavailable, 'undecided'],
    ['a stranger', stranger, 'no'],
    ['a person', admin, 'yes'],
    ['a person whose session is stale', stale, 'yes'],
  ] as const)('%s: %s', (_label, state, expected) => {
    expect(isSignedIn(state)).toBe(expected)
  })
})

describe('isPermitted', () => {
  it.each([
    ['one held', admin, { permission: 'projects:create' }, 'yes'],
    ['one missing', admin, { permission: 'projects:delete' }, 'no'],
    ['managing includes viewing', admin, { permission: 'sk_org_sso_read' }, 'yes'],
    ['viewing does not include managing', admin, { permission: 'sk_org_users_invite' }, 'no'],
    ['one of several', admin, { anyPermission: ['projects:delete', 'sk_org_sso_read'] }, 'yes'],
    ['none of several', admin, { anyPermission: ['projects:delete', 'a'] }, 'no'],
    ['a role', admin, { role: 'admin' }, 'yes'],
    ['another role', admin, { role: 'member' }, 'no'],
    ['a permission by the name of a role', admin, { permission: 'admin' }, 'no'],
    ['a role by the name of a permission', admin, { role: 'projects:create' }, 'no'],
    ['a stranger', stranger, { permission: 'projects:create' }, 'no'],
    ['nothing known yet', loading, { permission: 'projects:create' }, 'undecided'],
    ['nobody can say', unavailable, { role: 'admin' }, 'undecided'],
    ['a stale session, a permission it held', stale, { permission: 'projects:create' }, 'undecided'],
    ['a stale session, a role it had', stale, { role: 'admin' }, 'undecided'],
  ] as const)('%s', (_label, state, asked, expected) => {
    expect(isPermitted(state, asked)).toBe(expected)
  })

  it.each([
    ['nothing', {}],
    ['a permission that turned out to be nothing', { permission: undefined }],
    ['an empty name', { permission: ' ' }],
    ['an empty list', { anyPermission: [] }],
    ['a list with a hole', { anyPermission: ['projects:create', undefined] }],
    ['an empty role', { role: '' }],
  ])('throws for %s, whoever is there', (_label, asked) => {
    for (const state of [loading, stranger, admin]) {
      expect(() => isPermitted(state, asked as AskedPermission)).toThrow(TypeError)
    }
  })

  it.each([{ permission: 'sk_org_user_read' }, { anyPermission: ['a', 'sk_org_user_read'] }])(
    'throws for %o',
    (asked) => {
      expect(() => isPermitted(admin, asked)).toThrow('"sk_org_user_read" is not a Scalekit permission')
    },
  )
})
