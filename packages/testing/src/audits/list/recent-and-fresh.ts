import {
  mustBe401,
  mustBe403,
  mustBe503,
  mustBePrivate,
  mustNotReach,
  mustReach,
  problemCode,
  transactionLines,
} from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import { refreshes } from '../bench/expiry.js'
import type { Site } from '../bench/site.js'
import { mustBe, mustHold, mustMatch } from '../check.js'
import type { Browser, Page } from '../http/browser.js'

/** Seconds that the guard of `/recent` allows. */
const allowed = 300

/** A person who logged in too long ago for it; the access token has ended in between. */
async function signedInLongAgo(bench: Bench, site: Site): Promise<Browser> {
  const person = await site.signedIn('admin')
  await bench.pass(allowed + 1)
  return person
}

/** The login once more, by the same person in the same organization, and back to `returnTo`. */
function mustBeStepUp(bench: Bench, site: Site, page: Page, returnTo: string): void {
  mustHold('a redirect', [302, 303, 307].includes(page.status), page.status)
  const login = new URL(page.next ?? 'missing:')
  mustBe('login address', login.origin + login.pathname, site.at('/auth/login'))
  mustBe('its query', [...login.searchParams].sort(), [
    ['organization_id', bench.provider.people.admin.organizationId],
    ['prompt', 'login'],
    ['return_to', returnTo],
  ])
  mustBe('transactions', transactionLines(page), [])
  mustNotReach(page)
  mustBePrivate(page)
}

/** Guards that ask for more than a session: a login of a moment ago, or the provider's word of now. */
export const recentAndFresh: readonly Audit[] = [
  {
    id: '5fm3',
    name: 'MUST send a person whose login is too old to log in once more, and back',
    cites: 'RFC 9470 §4; OIDC Core §3.1.2.1; ASVS 7.5.3',
    async run(bench) {
      const site = await bench.site()
      for (const path of ['/recent', '/recent-page']) {
        const fresh = site.browser()
        // Counts also where the provider does not tell when it was (`auth_time` is optional).
        await site.logIn(fresh, { query: 'prompt=login' })
        mustReach(await fresh.navigate(site.at(path)), path)
        const person = await signedInLongAgo(bench, site)
        const page = await person.navigate(site.at(`${path}?b=2`))
        mustBeStepUp(bench, site, page, `${path}?b=2`)
        mustBe('still signed in', await site.isIn(person), true)
        const started = await person.navigate(page.next ?? '', { from: page.url })
        mustBe('prompt', new URL(started.next ?? 'missing:').searchParams.get('prompt'), 'login')
        const { callback } = await site.goOn(person, started, 'admin')
        const done = await person.navigate(callback.href, { from: bench.provider.issuer })
        mustBe('where it ends', [done.status, done.next], [303, site.at(`${path}?b=2`)])
        mustReach(await person.navigate(done.next ?? ''), path)
      }
    },
  },
  {
    id: 'zzwg',
    name: 'MUST challenge a program whose login is too old by RFC 9470, and take no session away',
    cites: 'RFC 9470 §3; RFC 9110 §11.6.1',
    async run(bench) {
      const site = await bench.site()
      const person = await signedInLongAgo(bench, site)
      await person.fetch(site.at('/private'))
      const page = await person.fetch(site.at('/recent'))
      mustBe('status and code', [page.status, problemCode(page)], [401, 'recent_login_required'])
      mustMatch(
        'WWW-Authenticate',
        page.headers.get('www-authenticate'),
        /^Bearer error="insufficient_user_authentication", max_age="300"$/,
      )
      mustBe('Location and cookies', [page.headers.get('location'), page.headers.getSetCookie()], [null, []])
      mustNotReach(page)
      mustBePrivate(page)
      const { login_url: login, max_age: age } = JSON.parse(page.text) as { login_url?: string; max_age?: number }
      const url = new URL(login ?? 'missing:')
      mustBe(
        'login_url',
        [url.origin + url.pathname, url.searchParams.get('prompt')],
        [site.at('/auth/login'), 'login'],
      )
      mustBe('max_age', age, allowed)
      mustBe('still signed in', await site.isIn(person), true)
      mustBe401(await site.browser().fetch(site.at('/recent')))
    },
  },
  {
    id: 'wpqm',
    name: 'MUST NOT take a refresh or a login without a proof for a login of a moment ago',
    cites: 'OIDC Core §2 (auth_time); RFC 9470 §5',
    async run(bench) {
      const site = await bench.site()
      const person = await signedInLongAgo(bench, site)
      const refreshed = await person.navigate(site.at('/auth/refresh?return_to=/recent'))
      mustBe('refreshed', [refreshed.status, await refreshes(bench)], [303, 1])
      mustBeStepUp(bench, site, await person.navigate(site.at('/recent')), '/recent')
      // The provider still knows them, so nobody is asked for anything.
      const query = `organization_id=${bench.provider.people.admin.organizationId}`
      const done = await site.logIn(person, { query })
      mustBe('a silent login', done.status, 303)
      mustBeStepUp(bench, site, await person.navigate(site.at('/recent')), '/recent')
    },
  },
  {
    id: '99pk',
    name: 'MUST ask the provider before a fresh guard decides, so that what was taken away bites at once',
    cites: 'ASVS 8.3.2; SEC-307',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn('admin')
      mustReach(await person.fetch(site.at('/fresh')), '/fresh')
      mustBe('refreshes', await refreshes(bench), 1)
      await bench.provider.become('admin', 'guest')
      try {
        mustReach(await person.fetch(site.at('/sso')), '/sso')
        mustBe403(await person.fetch(site.at('/fresh')).then(withoutCookies))
        mustBe('refreshes', await refreshes(bench), 2)
        mustBe403(await person.fetch(site.at('/sso')))
        mustBe('still signed in', await site.isIn(person), true)
        const page = await person.navigate(site.at('/fresh'))
        mustBe('a page: status', page.status, 403)
        mustNotReach(page)
      } finally {
        await bench.provider.become('admin', 'admin')
      }
      mustReach(await person.fetch(site.at('/fresh')), '/fresh')
      mustBe401(await site.browser().fetch(site.at('/fresh')))
    },
  },
  {
    id: 'gv6w',
    name: 'MUST let nobody through a fresh guard, and log nobody out, while the provider does not answer',
    cites: 'RFC 9110 §15.6.4; SEC-184; SEC-307',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn('admin')
      try {
        await bench.provider.fault({ kind: 'status', status: 503 })
        mustBe503(await person.fetch(site.at('/fresh')))
        mustBe('elsewhere', await site.isIn(person), true)
      } finally {
        await bench.provider.clearFaults()
      }
      // A page of many requests makes one call, so the next attempt is a moment later.
      await bench.pass(2)
      mustReach(await person.fetch(site.at('/fresh')), '/fresh')
    },
  },
]

/** The refreshed session comes along with the refusal: the old token is spent. */
function withoutCookies(page: Page): Page {
  mustHold('the refreshed session was set', page.headers.getSetCookie().length > 0)
  const headers = new Headers([...page.headers].filter(([name]) => name !== 'set-cookie'))
  return { ...page, headers }
}
