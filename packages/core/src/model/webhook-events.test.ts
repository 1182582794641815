import { describe, expect, it } from 'vitest'
import { isWebhookEventType } from './webhook-events.js'

describe('isWebhookEventType', () => {
  it.each(['user.logout', 'organization.deleted', 'permission.updated'])('knows %s', (type) => {
    expect(isWebhookEventType(type)).toBe(true)
  })

  // The last three are names from older pages (protocol.md §7.4).
  it.each([
    '__proto__',
    'constructor',
    'toString',
    '',
    'user.logout ',
    'USER.LOGOUT',
    'user.deleted',
    'session.expired',
    'connected_account.created',
  ])('SEC-272 does not know %j', (type) => {
    expect(isWebhookEventType(type)).toBe(false)
  })
})
