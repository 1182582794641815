import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { webhookEffect } from './webhook-effect.js'

const at = 950
const user = { id: 'usr_1' }
const organization = { id: 'org_1' }
const end = (ended: object) => ({ kind: 'end', ended: { at, ...ended } })
const everywhere = end({ scope: 'sub', userId: 'usr_1' })
const unclear = { kind: 'unclear' }

describe('webhookEffect', () => {
  it.each([
    [
      'user.logout',
      { user, user_session: { session_id: 'ses_1', status: 'ACTIVE', logout_at: null } },
      end({ scope: 'sid', sid: 'ses_1', userId: 'usr_1' }),
    ],
    [
      'user.logout',
      { user_session: { session_id: 'ses_1', user_id: 'usr_2' } },
      end({ scope: 'sid', sid: 'ses_1', userId: 'usr_2' }),
    ],
    ['user.logout', { user_session: { session_id: 'ses_1' } }, end({ scope: 'sid', sid: 'ses_1' })],
    ['user.logout', { user }, everywhere],
    ['user.logout', { user, user_session: { session_id: '' } }, everywhere],
    ['user.logout', { user_session: { user_id: 'usr_1' } }, everywhere],
    ['user.logout', {}, unclear],
    [
      'user.organization_membership_deleted',
      { user, organization },
      end({ scope: 'member', userId: 'usr_1', organizationId: 'org_1' }),
    ],
    ['user.organization_membership_deleted', { user }, everywhere],
    ['user.organization_membership_deleted', { organization }, unclear],
    ['user.deleted', { user }, everywhere],
    ['user.deleted', { id: 'usr_1' }, everywhere],
    ['user.deleted', {}, unclear],
    ['organization.deleted', { id: 'org_1' }, end({ scope: 'organization', organizationId: 'org_1' })],
    ['organization.deleted', {}, unclear],
    [
      'user.organization_membership_updated',
      { user, organization },
      { kind: 'refresh', subject: { sub: 'usr_1', organization: 'org_1' } },
    ],
    ['user.organization_membership_updated', { user }, { kind: 'refresh', subject: { sub: 'usr_1' } }],
    ['user.organization_membership_updated', { organization }, unclear],
    ['user.login', { user, user_session: { session_id: 'ses_1' } }, { kind: 'none' }],
    ['organization.directory.user_deleted', { id: 'diruser_1' }, { kind: 'none' }],
    ['constructor', { user }, { kind: 'none' }],
  ])('SEC-279 %s %j', (type, data, effect) => {
    expect(webhookEffect({ type, data }, at)).toEqual(effect)
  })

  it('SEC-279 takes the organization of the envelope where the data names none', () => {
    const of = (type: string, data: unknown) => webhookEffect({ type, data, organizationId: 'org_9' }, at)
    expect(of('organization.deleted', {})).toEqual(end({ scope: 'organization', organizationId: 'org_9' }))
    expect(of('user.organization_membership_deleted', { user })).toEqual(
      end({ scope: 'member', userId: 'usr_1', organizationId: 'org_9' }),
    )
    expect(of('user.organization_membership_updated', { user })).toEqual({
      kind: 'refresh',
      subject: { sub: 'usr_1', organization: 'org_9' },
    })
  })

  it('SEC-266 is total: no data throws, and whatever ends is named by text', () => {
    const types = ['user.logout', 'user.organization_membership_deleted', 'user.deleted', 'organization.deleted']
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.anything({ withNullPrototype: true }), (type, inner) => {
        for (const data of [inner, { user: inner, user_session: inner, organization: inner, id: inner }]) {
          const effect = webhookEffect({ type, data }, at)
          if (effect.kind !== 'end') continue
          const { at: instant, scope, ...names } = effect.ended
          for (const name of Object.values(names)) expect(typeof name === 'string' && name !== '').toBe(true)
          expect([instant, typeof scope]).toEqual([at, 'string'])
        }
      }),
    )
  })
})
