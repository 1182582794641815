import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe } from '../check.js'
import { deliver, eventBody, newWebhookId, runsOf, signatureOf, type Webhook } from '../http/webhook.js'
import { mustBeRefused, mustBeTaken } from '../webhook-answers.js'

const type = 'organization.updated'

/** Deliveries that nobody with the secret has signed, or not as the scheme has it. */
function forgeries(bench: Bench, site: Site): readonly (readonly [string, Webhook])[] {
  const [secret] = site.webhookSecrets
  const [id, at] = [newWebhookId(), bench.now()]
  const body = eventBody(bench, { type, data: { id: 'org_1', name: 'canary' } })
  const valid = signatureOf(secret, { id, at, body })
  const mac = valid.slice('v1,'.length)
  const signed = (value: string | null): Webhook => ({
    type,
    id,
    body,
    headers: { 'webhook-timestamp': String(at), 'webhook-signature': value },
  })
  const foreign = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const [before = '', after = ''] = body.split('canary')
  // Not UTF-8, and decoded with a replacement character.
  const alike = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)])
  return [
    ['no signature', signed(null)],
    ['an empty one', signed('')],
    ['another secret', { type, id, body, secrets: [foreign] }],
    ['the prefix of the secret alone', { type, id, body, secrets: ['whsec_'] }],
    ['without a version', signed(mac)],
    ['version 2', signed(`v2,${mac}`)],
    ['version 1a', signed(`v1a,${mac}`)],
    ['with a semicolon', signed(`v1;${mac}`)],
    ['one byte short', signed(`v1,${Buffer.from(mac, 'base64').subarray(0, 31).toString('base64')}`)],
    ['padding too many', signed(`${valid}=`)],
    ['in capitals', signed(`V1,${mac}`)],
    ['with more behind', signed(`${valid},x`)],
    ['two headers', signed(`v1,x, ${valid}`)],
    ['no id', { type, id, body, headers: { 'webhook-id': null } }],
    ['another id', { type, id, body, headers: { 'webhook-id': newWebhookId() } }],
    ['an id with a dot', { type, id: `${id}.1`, body }],
    ['no timestamp', { type, id, body, headers: { 'webhook-timestamp': null } }],
    ['another timestamp', { type, id, body, headers: { 'webhook-timestamp': String(at - 100) } }],
    ['milliseconds', { type, id, body, headers: { 'webhook-timestamp': `${at}000` } }],
    ['old', { type, id, body, offset: -310 }],
    ['of the future', { type, id, body, offset: 310 }],
    ['re-serialised with spaces', { type, id, body, sent: JSON.stringify(JSON.parse(body), null, 1) }],
    ['re-serialised with escapes', { type, id, body, sent: body.replace('ö', '\\u00f6') }],
    ['another body', { type, id, body, sent: body.replace('org_1', 'org_2') }],
    ['bytes that read alike', { type, id, body: body.replace('canary', '\uFFFD'), sent: alike }],
    ['no body', { type, id, body, sent: '' }],
    ['the headers of an interceptor', { type, id, body, headers: { 'webhook-id': null, 'interceptor-id': id, 'webhook-signature': null, 'interceptor-signature': valid } }],
  ] // biome-ignore format: one row, one forgery
}

/** Standard Webhooks: who is believed. */
export const webhookSignatures: readonly Audit[] = [
  {
    id: 'xg23',
    name: 'MUST take a webhook that is signed over its bytes, and show nothing to anybody',
    cites: 'Standard Webhooks, Signature scheme; SEC-264; SEC-280',
    async run(bench) {
      const site = await bench.site()
      const id = newWebhookId()
      const person = await site.signedIn()
      const cookie = await person.cookieHeader(site.at('/'))
      const headers = { origin: 'https://evil.example', cookie, 'sec-fetch-site': 'cross-site' }
      mustBeTaken(await deliver(bench, site, { type, id, data: { id: 'org_1' }, headers }))
      mustBe(
        'runs',
        (await runsOf(site, id)).map(({ by, done }) => [by, done]),
        [['on', true]],
      )
      const spelt = { 'webhook-signature': null, 'Webhook-Signature': '' }
      const odd = newWebhookId()
      const body = ` ${JSON.stringify(JSON.parse(eventBody(bench, { type, data: { id: 'org_1' } })), null, 2)}\n`
      const at = bench.now()
      const signature = signatureOf(site.webhookSecrets[0], { id: odd, at, body })
      const answer = await deliver(bench, site, {
        type,
        id: odd,
        body,
        headers: { ...spelt, 'Webhook-Signature': signature, 'webhook-timestamp': String(at) },
      })
      mustBeTaken(answer)
      mustBe('still signed in', await site.isIn(person), true)
    },
  },
  {
    id: '3kr3',
    name: 'MUST refuse a webhook that is not signed, not signed by us, old or changed, and do nothing about it',
    cites: 'Standard Webhooks, Verifying; CVE-2025-53548; SEC-258 to SEC-266; SEC-275',
    async run(bench) {
      const site = await bench.site()
      await eachRow(forgeries(bench, site), async (_label, webhook) => {
        mustBeRefused(await deliver(bench, site, webhook))
        mustBe('runs', await runsOf(site, webhook.id ?? ''), [])
      })
      for (const offset of [-295, 295]) {
        const id = newWebhookId()
        mustBeTaken(await deliver(bench, site, { type, id, offset, data: { id: 'org_1' } }))
        mustBe(`${offset} seconds: runs`, (await runsOf(site, id)).length, 1)
      }
      const shapes = ['null', '[]', '{}', '"x"', '{"type":"a","id":"b"}', '{', '{"id":1,"type":[],"data":{}}']
      for (const body of shapes) mustBeRefused(await deliver(bench, site, { type, body }))
    },
  },
  {
    id: 'vfwh',
    name: 'MUST take either of two secrets, and any of several signatures',
    cites: 'Standard Webhooks, Signature scheme; SEC-260; SEC-274',
    async run(bench) {
      const site = await bench.site()
      const [first, second] = site.webhookSecrets
      const foreign = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
      const rows: readonly (readonly [string, readonly string[]])[] = [
        ['the second secret', [second]],
        ['both', [first, second]],
        ['ours last', [foreign, foreign, first]],
        ['ours first', [second, foreign]],
      ]
      await eachRow(rows, async (_label, secrets) => {
        const id = newWebhookId()
        mustBeTaken(await deliver(bench, site, { type, id, secrets, data: { id: 'org_1' } }))
        mustBe('runs', (await runsOf(site, id)).length, 1)
      })
      const [id, at] = [newWebhookId(), bench.now()]
      const body = eventBody(bench, { type, data: { id: 'org_1' } })
      const list = `v1a,x v2,y v1, garbage ${signatureOf(first, { id, at, body })}`
      const headers = { 'webhook-signature': list, 'webhook-timestamp': String(at) }
      mustBeTaken(await deliver(bench, site, { type, id, body, headers }))
      mustBe('runs', (await runsOf(site, id)).length, 1)
    },
  },
]
