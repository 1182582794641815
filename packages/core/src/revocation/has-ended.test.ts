import { expect, it } from 'vitest'
import { hasEnded } from './has-ended.js'

const session = { userId: 'usr_1', organizationId: 'org_1', sid: 'ses_1', loggedInAt: 100 }

it.each([
  [true, { scope: 'sid', sid: 'ses_1' }],
  [false, { scope: 'sid', sid: 'ses_2', userId: 'usr_1' }],
  [true, { scope: 'sub', userId: 'usr_1' }],
  [false, { scope: 'sub', userId: 'usr_2' }],
  [true, { scope: 'member', userId: 'usr_1', organizationId: 'org_1' }],
  [false, { scope: 'member', userId: 'usr_1', organizationId: 'org_2' }],
  [false, { scope: 'member', userId: 'usr_2', organizationId: 'org_1' }],
  [true, { scope: 'organization', organizationId: 'org_1' }],
  [false, { scope: 'organization', organizationId: 'org_2' }],
] as const)('%s: %j', (expected, whose) => {
  expect(hasEnded(session, { ...whose, at: 100 })).toBe(expected)
  // A later login is another session.
  expect(hasEnded(session, { ...whose, at: 99 })).toBe(false)
})

it('a session that names no provider session is not every one', () => {
  expect(hasEnded({ userId: 'usr_1', loggedInAt: 100 }, { scope: 'sid', sid: 'ses_1', at: 100 })).toBe(false)
})
