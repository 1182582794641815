import type { Audit } from '../audit.js'
import { eachRow, mustBe, mustHold } from '../check.js'
import { deliver, eventBody, newWebhookId, runsOf } from '../http/webhook.js'

const type = 'organization.updated'

/** A signature is over bytes, and a body parser may have been faster. */
export const webhookBodies: readonly Audit[] = [
  {
    id: 'k6wz',
    name: 'MUST take a webhook where a body parser has been before that keeps the bytes',
    cites: 'Standard Webhooks, Verifying; SEC-264',
    async run(bench) {
      const site = await bench.site('parser')
      await eachRow([['bytes'], ['text'], ['kept']] as const, async (parser) => {
        const headers = { 'x-parser': parser }
        const id = newWebhookId()
        const data = { id: 'org_1', name: 'Größe' }
        mustBe('status', (await deliver(bench, site, { type, id, data, headers })).status, 200)
        mustBe('runs', (await runsOf(site, id)).length, 1)
        const body = eventBody(bench, { type, data })
        const sent = JSON.stringify(JSON.parse(body), null, 1)
        mustBe('re-serialised', (await deliver(bench, site, { type, body, sent, headers })).status, 400)
      })
    },
  },
  {
    id: 'w2t2',
    name: 'MUST say that a body parser has taken the bytes, and not that the signature is wrong',
    cites: 'Standard Webhooks, Verifying; SEC-264',
    async run(bench) {
      const site = await bench.site('parser')
      const id = newWebhookId()
      const headers = { 'x-parser': 'json' }
      const answer = await deliver(bench, site, { type, id, data: { id: 'org_1' }, headers })
      mustBe(
        'status and code of the error',
        [answer.status, answer.headers.get('x-error-code')],
        [500, 'body_already_read'],
      )
      mustHold('the page is the app’s own', answer.text.includes('app error page'), answer.text)
      mustBe('runs', await runsOf(site, id), [])
    },
  },
]
