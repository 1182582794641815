import { mustBePrivate } from '../answers.js'
import type { Audit } from '../audit.js'
import { mustBe, mustHold, mustMatch } from '../check.js'
import { deliver, eventBody, newWebhookId, runsOf, type Webhook } from '../http/webhook.js'
import { mustBeNoOnes, mustBeRefused, mustBeTaken } from '../webhook-answers.js'

const type = 'organization.updated'

/** Standard Webhooks: how often an event is handled, and what is answered. */
export const webhooks: readonly Audit[] = [
  {
    id: '5bmp',
    name: 'MUST run the handler once for one id, one after the other or at once',
    cites: 'Standard Webhooks, Idempotency; SEC-268',
    async run(bench) {
      const site = await bench.site()
      const id = newWebhookId()
      const data = { id: 'org_1', audit: { wait: 200 } }
      const body = eventBody(bench, { type, data })
      mustBeTaken(await deliver(bench, site, { type, id, body }))
      for (const offset of [0, 5]) mustBeTaken(await deliver(bench, site, { type, id, body, offset }))
      mustBe('runs, one after the other', (await runsOf(site, id)).length, 1)
      const aside = newWebhookId()
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => deliver(bench, site, { type, id: aside, body })),
      )
      for (const answer of answers) mustBeTaken(answer)
      mustBe('runs, ten at once', (await runsOf(site, aside)).length, 1)
    },
  },
  {
    id: 'tk3r',
    name: 'MUST answer 5xx where the handler fails, and run it again until it succeeds, and then no more',
    cites: 'Standard Webhooks, Deliverability; SEC-268; SEC-269',
    async run(bench) {
      const site = await bench.site()
      const id = newWebhookId()
      const body = eventBody(bench, { type, data: { id: 'org_1', audit: { fail: 2 } } })
      const statuses: number[] = []
      for (let attempt = 0; attempt < 4; attempt++) {
        const answer = await deliver(bench, site, { type, id, body, offset: attempt })
        statuses.push(answer.status)
        mustHold('nothing of the error is shown', !answer.text.includes('canary'), answer.text)
        mustBe('cookies', answer.headers.getSetCookie(), [])
      }
      mustHold(
        'twice a failure',
        statuses.slice(0, 2).every((status) => status >= 500),
        statuses,
      )
      mustHold(
        'then a success',
        statuses.slice(2).every((status) => status >= 200 && status < 300),
        statuses,
      )
      mustBe(
        'runs',
        (await runsOf(site, id)).map(({ done }) => done),
        [false, false, true],
      )
      const aside = newWebhookId()
      const failing = eventBody(bench, { type, data: { id: 'org_2', audit: { fail: 1, wait: 100 } } })
      const send = () => deliver(bench, site, { type, id: aside, body: failing })
      await Promise.all([send(), send(), send()])
      await send()
      const runs = await runsOf(site, aside)
      mustBe('at once: successful runs', runs.filter(({ done }) => done).length, 1)
    },
  },
  {
    id: 'kztr',
    name: 'MUST NOT say 2xx before the handler is done',
    cites: 'Standard Webhooks, Deliverability; SEC-269',
    async run(bench) {
      const site = await bench.site()
      const id = newWebhookId()
      mustBeTaken(await deliver(bench, site, { type, id, data: { id: 'org_1', audit: { wait: 400 } } }))
      mustBe(
        'done when it was answered',
        (await runsOf(site, id)).map(({ done }) => done),
        [true],
      )
    },
  },
  {
    id: '56cm',
    name: 'MUST take an event of a type it does not know, whatever it is called, and pass it on',
    cites: 'Standard Webhooks, Event types; SEC-271; SEC-272',
    async run(bench) {
      const site = await bench.site()
      for (const name of ['invoice.paid', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'x'.repeat(100)]) {
        const id = newWebhookId()
        mustBeTaken(await deliver(bench, site, { type: name, id, data: { id: 'x' } }))
        mustBe(
          `${name}: heard`,
          (await runsOf(site, id)).map(({ by, type: heardAs }) => [by, heardAs]),
          [['other', name]],
        )
      }
    },
  },
  {
    id: '42zk',
    name: 'MUST answer other methods on the webhook endpoint 405, without CORS headers',
    cites: 'RFC 9110 §15.5.6; SEC-280',
    async run(bench) {
      const site = await bench.site()
      for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await site.browser().fetch(site.at('/auth/webhooks'), { method })
        mustBe(`${method}: status`, answer.status, 405)
        mustMatch(`${method}: Allow`, answer.headers.get('allow'), /POST/)
        mustBe(`${method}: cookies`, answer.headers.getSetCookie(), [])
      }
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
      const page = await site.browser().fetch(site.at('/auth/webhooks'), { method: 'OPTIONS', headers })
      mustBe('OPTIONS: status and body', [page.status, page.text], [204, ''])
      mustBeNoOnes(page)
    },
  },
  {
    id: 'fzwh',
    name: 'MUST refuse a webhook longer than a megabyte, however it is sent',
    cites: 'ASVS 13.1.3; SEC-267',
    async run(bench) {
      const site = await bench.site()
      const long = (size: number): Webhook => ({
        type,
        id: newWebhookId(),
        body: eventBody(bench, { type, data: { id: 'org_1', pad: 'a'.repeat(size) } }),
      })
      const tooLong = long(1024 * 1024)
      mustBeRefused(await deliver(bench, site, tooLong), 413)
      mustBe('runs', await runsOf(site, tooLong.id ?? ''), [])
      const pieces = Array<string>(17).fill(`10000\r\n${'a'.repeat(65_536)}\r\n`)
      const chunked = await site.raw({
        method: 'POST',
        target: `${site.path}/auth/webhooks`,
        headers: [
          'Content-Type: application/json',
          'Transfer-Encoding: chunked',
          'Webhook-Id: msg_1',
          'Webhook-Timestamp: 1',
          'Webhook-Signature: v1,x',
        ],
        body: [...pieces, '0\r\n\r\n'],
      })
      mustBe('chunked', chunked.status, 413)
      const fitting = long(900 * 1024)
      mustBeTaken(await deliver(bench, site, fitting))
      mustBe('just fitting: runs', (await runsOf(site, fitting.id ?? '')).length, 1)
    },
  },
  {
    id: 'p23x',
    name: 'MUST have no webhook endpoint where no secret is given, rather than believe everybody',
    cites: 'ASVS 13.3.1; SEC-273',
    async run(bench) {
      const started = await bench.startWithout(['SCALEKIT_WEBHOOK_SECRET'])
      if (started === undefined) return
      const { site, app } = started
      try {
        for (const secrets of [[], ['whsec_'], [site.webhookSecrets[0]]]) {
          const answer = await deliver(bench, site, { type, secrets: [...secrets] })
          mustBe('status', answer.status, 404)
        }
        mustBePrivate(await site.browser().navigate(site.at('/auth/login')))
      } finally {
        await app.stop()
      }
    },
  },
]
