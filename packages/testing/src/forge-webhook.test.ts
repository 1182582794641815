import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { forgeWebhook } from './forge-webhook.js'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

describe('forgeWebhook', () => {
  it('signs as Standard Webhooks does: HMAC-SHA256 over id.timestamp.body', async () => {
    const { body, headers } = await forgeWebhook({
      secret,
      type: 'user.logout',
      data: { session_id: 'ses_1' },
      id: 'evt_1',
      at: 1_614_265_330,
    })
    // By Node's own crypto, from the description alone.
    const expected = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(`evt_1.1614265330.${body}`)
      .digest('base64')
    expect(headers).toEqual({
      'content-type': 'application/json',
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1614265330',
      'webhook-signature': `v1,${expected}`,
    })
    expect(JSON.parse(body)).toEqual({
      spec_version: '1',
      id: 'evt_1',
      type: 'user.logout',
      object: 'User',
      occurred_at: '2021-02-25T15:02:10.000Z',
      environment_id: 'env_test',
      display_name: 'user.logout',
      data: { session_id: 'ses_1' },
    })
  })

  it('gives each event an id of its own, and takes members of the envelope', async () => {
    const one = await forgeWebhook({ secret, type: 'a.b', data: {}, envelope: { organization_id: 'org_1' } })
    const two = await forgeWebhook({ secret, type: 'a.b', data: {} })
    expect(one.headers['webhook-id']).not.toBe(two.headers['webhook-id'])
    expect(JSON.parse(one.body)).toMatchObject({ organization_id: 'org_1', id: one.headers['webhook-id'] })
  })

  it.each(['', 'whsec_', 'whsec_!!!!', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(100)}`, secret.slice(6)])(
    'refuses the secret "%s", with which anybody could sign',
    async (wrong) => {
      await expect(forgeWebhook({ secret: wrong, type: 'a.b', data: {} })).rejects.toThrow(/24 to 64 bytes/)
    },
  )
})
