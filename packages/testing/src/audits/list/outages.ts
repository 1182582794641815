import { mustBe401, mustBe503, sessionDeletions } from '../answers.js'
import type { Audit } from '../audit.js'
import { expire, refreshes } from '../bench/expiry.js'
import { eachRow, mustBe, mustHold } from '../check.js'
import type { TokenFault } from '../provider.js'

/** The provider fails, or says no: two things that must never be taken for each other. */
export const outages: readonly Audit[] = [
  {
    id: '3gnr',
    name: 'MUST keep the session when the token endpoint fails, and answer 503 with Retry-After meanwhile',
    cites: 'RFC 9110 §15.6.4; SEC-184; SEC-186; SEC-289',
    async run(bench) {
      const site = await bench.site()
      const rows: readonly (readonly [string, TokenFault])[] = [
        ['429', { kind: 'status', status: 429 }],
        ['500', { kind: 'status', status: 500, body: 'canary' }],
        ['503 that says invalid_grant', { kind: 'status', status: 503, body: '{"error":"invalid_grant"}' }],
        ['401 invalid_client', { kind: 'status', status: 401, body: '{"error":"invalid_client"}' }],
        ['200 with HTML', { kind: 'status', status: 200, body: '<h1>hotel network</h1>' }],
        ['connection closed', { kind: 'drop' }],
      ]
      try {
        await eachRow(rows, async (_label, fault) => {
          await bench.provider.clearFaults()
          const person = await site.signedIn()
          await expire(bench)
          await bench.provider.fault(fault)
          mustBe503(await person.fetch(site.at('/private')))
          mustBe503(await person.navigate(site.at('/private')))
          await bench.provider.clearFaults()
          await bench.pass(31)
          mustBe('when it is back', (await person.fetch(site.at('/private'))).status, 200)
        })
      } finally {
        await bench.provider.clearFaults()
      }
    },
  },
  {
    id: '5tmj',
    name: 'MUST NOT take an outage for a stranger or a logout on a page that asks',
    cites: 'design §5; SEC-184',
    async run(bench) {
      const site = await bench.site()
      try {
        const person = await site.signedIn()
        await bench.pass(bench.provider.accessTokenLifetime - 20)
        await bench.provider.fault({ kind: 'status', status: 503 })
        mustBe('refresh due, token still good', (await person.fetch(site.at('/private'))).status, 200)
        await bench.pass(21)
        const page = await person.navigate(site.at('/'))
        mustHold('not a stranger', !page.text.includes('stranger'), [page.status, page.text.slice(0, 100)])
        mustBe('deleted', sessionDeletions(page), [])
        mustBe('a real stranger notices nothing', (await site.browser().navigate(site.at('/'))).status, 200)
        await bench.provider.clearFaults()
        await bench.pass(31)
        mustBe('when it is back', (await person.navigate(site.at('/'))).status, 200)
        mustBe('signed in', await site.isIn(person), true)
      } finally {
        await bench.provider.clearFaults()
      }
    },
  },
  {
    id: 'xq2h',
    name: 'MUST end the session when the provider says invalid_grant: one attempt, no loop, no deletion that could hit a newer cookie',
    cites: 'RFC 6749 §5.2; SEC-179; SEC-185',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await expire(bench)
      await bench.provider.fault({ kind: 'status', status: 400, body: '{"error":"invalid_grant"}' })
      try {
        const pages = await Promise.all(Array.from({ length: 8 }, () => person.copy().fetch(site.at('/private'))))
        for (const page of pages) mustBe401(page)
        const page = await person.navigate(site.at('/private'))
        mustBe('navigating: status', page.status, 303)
        mustBe('deleted', sessionDeletions(page), [])
        mustBe('calls', await refreshes(bench), 1)
      } finally {
        await bench.provider.clearFaults()
      }
      mustBe('a new login', (await site.logIn(person)).status, 303)
      mustBe('signed in', await site.isIn(person), true)
    },
  },
]
