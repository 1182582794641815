import {
  codeOf,
  mustBe401,
  mustBe403,
  mustBeKitPage,
  mustBePrivate,
  mustNotReach,
  mustReach,
  mustRefuseLogin,
  reached,
  sessionLines,
  transactionLines,
} from '../answers.js'
import type { Audit } from '../audit.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustHold, mustMatch } from '../check.js'
import type { Page } from '../http/browser.js'

const route = '/auth/switch-organization'
const to = (organizationId: string, returnTo = '/private') =>
  `${route}?${new URLSearchParams({ organization_id: organizationId, return_to: returnTo })}`

/** A 403 that says what would help: the way into the organization, and back to what was asked for. */
function mustOfferSwitch(site: Site, page: Page | undefined, organizationId: string, returnTo: string): void {
  const link = /href="([^"]*switch-organization[^"]*)"/.exec(page?.text ?? '')?.[1]?.replaceAll('&amp;', '&')
  mustBe('status and code', [page?.status, page && codeOf(page)], [403, 'wrong_organization'])
  mustBeSwitch(site, link, organizationId, returnTo)
  mustBe('way on by itself', page?.next, undefined)
}

function mustBeSwitch(site: Site, link: string | undefined, organizationId: string, returnTo?: string): void {
  const url = new URL(link ?? 'missing:')
  mustBe('where it leads', url.origin + url.pathname, site.at(route))
  const back = returnTo === undefined ? {} : { return_to: returnTo }
  mustBe('with', Object.fromEntries(url.searchParams), { organization_id: organizationId, ...back })
}

/** People of several organizations, and routes that belong to one. */
export const organizations: readonly Audit[] = [
  {
    id: 'jqtn',
    name: 'MUST replace the session by that of the other organization, so that a copy of the one before is worth nothing',
    cites: 'ASVS 7.2.4; OIDC Core §3.1.2.1; SEC-76; SEC-251',
    async run(bench) {
      const site = await bench.site()
      const { admin, bulky } = bench.provider.people
      const browser = await site.signedIn('bulky')
      const copy = browser.copy()
      mustBe('before', (await site.sessionOf(browser)).organizationId, bulky.organizationId)
      const page = await browser.navigate(site.at(to(admin.organizationId)), { from: site.at('/') })
      mustBe('status and sessions', [page.status, sessionLines(page)], [303, []])
      mustBePrivate(page)
      const asked = new URL(page.next ?? 'missing:').searchParams
      mustBe(
        'prompt and organization',
        [asked.get('prompt'), asked.get('organization_id')],
        ['select_account', admin.organizationId],
      )
      mustBe('meanwhile', (await site.sessionOf(browser)).organizationId, bulky.organizationId)
      const { callback } = await site.goOn(browser, page, 'bulky')
      const done = await browser.navigate(callback.href, { from: bench.provider.issuer })
      mustBe('where it ends', [done.status, done.next], [303, site.at('/private')])
      const { user, organizationId } = await site.sessionOf(browser)
      mustBe('after', [user.id, organizationId], [bulky.subject, admin.organizationId])
      mustBe401(await copy.fetch(site.at('/private')))
      mustBe('sessions set for the copy', sessionLines(await copy.navigate(site.at('/'))), [])
    },
  },
  {
    id: '45zx',
    name: 'MUST refuse a switch that ends in another organization, and leave the session as it was',
    cites: 'ASVS 8.4.1; SEC-80',
    async run(bench) {
      const site = await bench.site()
      const { admin, bulky } = bench.provider.people
      const browser = await site.signedIn('admin')
      const page = await browser.navigate(site.at(to(bulky.organizationId)), { from: site.at('/') })
      const { callback } = await site.goOn(browser, page, 'admin')
      mustRefuseLogin(await browser.navigate(callback.href, { from: bench.provider.issuer }), 'organization_mismatch')
      const { user, organizationId } = await site.sessionOf(browser)
      mustBe('the session', [user.id, organizationId], [admin.subject, admin.organizationId])
    },
  },
  {
    id: 'tv8v',
    name: 'MUST go straight back from a switch into the organization that the session is in, and nowhere else',
    cites: 'RFC 9700 §4.11.1; SEC-18; SEC-250',
    async run(bench) {
      const site = await bench.site()
      const { organizationId } = bench.provider.people.admin
      const person = await site.signedIn('admin')
      await eachRow(
        [
          ['a page of ours', '/private?a=1', '/private?a=1'],
          ['another site', 'https://evil.example', '/'],
          ['protocol-relative', '//evil.example', '/'],
          ['itself', route, '/'],
          ['log-out', '/auth/logout', '/'],
        ] as readonly (readonly [string, string, string])[],
        async (_label, target, expected) => {
          const page = await person.navigate(site.at(to(organizationId, target)), { from: site.at('/') })
          mustBe('status and Location', [page.status, page.headers.get('location')], [303, site.at(expected)])
          mustBe('transactions', transactionLines(page), [])
        },
      )
      mustBe('requests to the provider', await bench.provider.requests(), [])
      const rows: readonly (readonly [string, string])[] = [
        ['twice', 'organization_id=org_1&organization_id=org_2'],
        ['a list', 'organization_id[]=org_1'],
        ['too long', `organization_id=${'o'.repeat(600)}`],
      ]
      await eachRow(rows, async (_label, query) =>
        mustRefuseLogin(await person.navigate(site.at(`${route}?${query}`)), 'request_invalid'),
      )
      mustBe('still signed in', await site.isIn(person), true)
    },
  },
  {
    id: 'd45p',
    name: 'MUST switch for a document navigation only, and let one parameter say where to',
    cites: 'RFC 9110 §15.5.6; SEC-2; SEC-4; G7',
    async run(bench) {
      const site = await bench.site()
      const { organizationId } = bench.provider.people.bulky
      const person = await site.signedIn('admin')
      mustBe401(await person.fetch(site.at(to(organizationId))))
      const posted = await person.navigate(site.at(route), {
        form: { organization_id: organizationId },
        from: site.at('/'),
      })
      mustBe('POST: status and Allow', [posted.status, posted.headers.get('allow')], [405, 'GET, HEAD, OPTIONS'])
      for (const init of [{ method: 'HEAD' }, { headers: { 'sec-purpose': 'prefetch' } }]) {
        const page = await person.navigate(site.at(to(organizationId)), init)
        mustBe('HEAD, prefetch: status and cookies', [page.status, page.headers.getSetCookie()], [204, []])
      }
      const odd = `${organizationId}&prompt=none&redirect_uri=https://evil.example`
      const page = await person.navigate(site.at(to(odd)))
      mustHold('no server error', page.status < 500, page.status)
      const asked = page.next === undefined ? undefined : new URL(page.next).searchParams
      if (asked === undefined) return
      mustBe('one value', asked.getAll('organization_id'), [odd])
      mustBe('redirect_uri', asked.getAll('redirect_uri'), [site.at('/auth/callback')])
      mustBe('prompt', asked.getAll('prompt'), ['select_account'])
    },
  },
  {
    id: 'jz4x',
    name: 'MUST answer a program of another organization 403 with the address to switch, and never the login',
    cites: 'RFC 9110 §15.5.4; ASVS 8.4.1; SEC-308',
    async run(bench) {
      const site = await bench.site()
      const { bulky } = bench.provider.people
      const person = await site.signedIn('admin')
      const path = `/org/${bulky.organizationId}?b=2`
      const page = await person.fetch(site.at(path))
      mustBe403(page, 'wrong_organization')
      mustMatch('WWW-Authenticate', page.headers.get('www-authenticate'), /insufficient_scope/)
      const { switch_url: link } = JSON.parse(page.text) as { switch_url?: string }
      // Where a program is to come back to is its own business.
      mustBeSwitch(site, link, bulky.organizationId)
      mustBe401(await site.browser().fetch(site.at(path)))
    },
  },
  {
    id: 'xn5b',
    name: 'MUST show a person of another organization the way to switch, and nothing of the page',
    cites: 'RFC 9110 §15.5.4; A5; SEC-308',
    async run(bench) {
      const site = await bench.site()
      const { admin, bulky } = bench.provider.people
      const person = await site.signedIn('bulky')
      for (const path of [`/org/${admin.organizationId}?b=2`, `/org-page/${admin.organizationId}`]) {
        const trail = await person.follow(site.at(path), { from: site.at('/') })
        for (const page of trail) mustNotReach(page)
        mustOfferSwitch(site, trail.at(-1), admin.organizationId, path)
      }
      // And the way it shows leads there.
      const path = `/org-page/${admin.organizationId}`
      const page = await person.navigate(site.at(to(admin.organizationId, path)), { from: site.at('/') })
      const { callback } = await site.goOn(person, page, 'bulky')
      const done = await person.navigate(callback.href, { from: bench.provider.issuer })
      mustBe('where it ends', done.next, site.at(path))
      mustReach(await person.navigate(done.next ?? ''), '/org-page')
      mustBe('the other one now', reached(await person.fetch(site.at(`/org/${bulky.organizationId}`))), undefined)
    },
  },
  {
    id: 'jrwn',
    name: 'MUST NOT let a forged link to the 403 page lead elsewhere or show markup',
    cites: 'CWE-79; RFC 9700 §4.11.1; SEC-29',
    async run(bench) {
      const site = await bench.site()
      const forged = new URLSearchParams({ organization_id: 'org_1', return_to: 'https://evil.example/' })
      const page = await site
        .browser()
        .navigate(site.at(`/auth/forbidden?${forged}`), { from: 'https://evil.example/' })
      mustOfferSwitch(site, page, 'org_1', '/')
      mustBeKitPage(page)
      for (const id of [
        '<script>alert(1)</script>',
        '"><img src=x onerror=1>',
        'org_1&prompt=none',
        'javascript:alert(1)',
        '',
      ]) {
        const query = new URLSearchParams({ organization_id: id, return_to: '/private' })
        const plain = await site.browser().navigate(site.at(`/auth/forbidden?${query}`))
        mustBe403(plain)
        mustBeKitPage(plain)
        mustHold('nothing is repeated', !/alert|onerror|org_1|switch-organization/.test(plain.text), plain.text)
      }
    },
  },
]
