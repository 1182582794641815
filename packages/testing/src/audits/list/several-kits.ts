import { mustBe401, mustLeadToLogin, mustReach, problemCode } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { RouteName, Site } from '../bench/site.js'
import { mustBe, mustHold } from '../check.js'
import type { Browser, Page } from '../http/browser.js'
import { exchange } from '../http/exchange.js'
import { deliver, newWebhookId, runsOf } from '../http/webhook.js'

/** A login at the second kit of the variant `twin`, whose routes are below `/other`. */
async function logInAtSecond(bench: Bench, site: Site, browser: Browser): Promise<Page> {
  let page = await browser.navigate(site.at('/other/login?return_to=/other-private'))
  for (let step = 0; step < 12; step++) {
    if (page.next?.startsWith(site.at('/other/callback?'))) return browser.navigate(page.next)
    page =
      page.next === undefined
        ? await bench.provider.answer(browser, page, 'guest')
        : await browser.navigate(page.next, { from: page.url })
  }
  return page
}

async function idOf(page: Page): Promise<string | undefined> {
  return page.status === 200 ? (JSON.parse(page.text) as { user?: { id: string } }).user?.id : undefined
}

const seenBy = async (site: Site, browser: Browser) => [
  await idOf(await browser.fetch(site.at('/private'))),
  await idOf(await browser.fetch(site.at('/other-private'))),
]

/** More than one kit in a process, and routes by other names. */
export const severalKits: readonly Audit[] = [
  {
    id: '5m8s',
    name: 'MUST keep two kits of one process apart: a login at one is none at the other',
    cites: 'RFC 6265 §8.6; G4; A10',
    async run(bench) {
      const site = await bench.site('twin')
      const { admin, guest } = bench.provider.people
      const first = await site.signedIn('admin')
      mustBe('signed in at the first', await seenBy(site, first), [admin.subject, undefined])
      const stranger = await first.navigate(site.at('/other-private'))
      mustLeadToLogin(stranger, site.at('/other/login'), '/other-private')
      const second = site.browser()
      const done = await logInAtSecond(bench, site, second)
      mustBe('a login at the second', [done.status, done.next], [303, site.at('/other-private')])
      mustBe('signed in at the second', await seenBy(site, second), [undefined, guest.subject])
      const both = first.copy()
      await both.forget(bench.provider.issuer)
      await logInAtSecond(bench, site, both)
      mustBe('signed in at both', await seenBy(site, both), [admin.subject, guest.subject])
      const names = [...(await both.cookies(site.at('/'))).keys()]
      mustHold(
        'each has cookies of its own',
        names.every((name) => /^(?:other|scalegate)(?:\.\d)?$/.test(name)),
        names,
      )
      // The values of one under the names of the other.
      const header = await both.cookieHeader(site.at('/'))
      const swapped = header.replaceAll(/\b(other|scalegate)(?=(?:\.\d)?=)/g, (name) =>
        name === 'other' ? 'scalegate' : 'other',
      )
      for (const path of ['/private', '/other-private'])
        mustBe(
          `${path} by the other cookie`,
          (await site.browser().fetch(site.at(path), { headers: { cookie: swapped } })).status,
          401,
        )
    },
  },
  {
    id: '4wh7',
    name: 'MUST leave the session of one kit alone when the other ends its own',
    cites: 'BCL §2.7; SEC-208; G4',
    async run(bench) {
      const site = await bench.site('twin')
      const { admin, guest } = bench.provider.people
      const signedIn = async () => {
        const browser = await site.signedIn('admin')
        await browser.forget(bench.provider.issuer)
        await logInAtSecond(bench, site, browser)
        mustBe('signed in at both', await seenBy(site, browser), [admin.subject, guest.subject])
        return browser
      }
      const one = await signedIn()
      await site.logOut(one)
      mustBe('after the log-out of the first', await seenBy(site, one), [undefined, guest.subject])
      const two = await signedIn()
      await two.navigate(site.at('/other/logout'), { form: {}, from: site.at('/') })
      mustBe('after the log-out of the second', await seenBy(site, two), [admin.subject, undefined])
      const token = await bench.provider.logoutToken({ app: site.variant, sub: admin.subject })
      const body = `logout_token=${token}`
      const headers = new Headers({
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(body.length),
      })
      const wrong = await exchange(`${site.socket}/other/backchannel-logout`, 'POST', headers, body)
      mustBe('a logout token of the first at the second', wrong.status, 400)
      mustBe('still', await seenBy(site, two), [admin.subject, undefined])
    },
  },
  {
    id: '5sgc',
    name: 'MUST log in, refresh and log out on paths of the app’s own choice',
    cites: 'RFC 6749 §3.1.2; design §4',
    async run(bench) {
      const site = await bench.site('renamed')
      const { paths } = site
      mustLeadToLogin(await site.browser().navigate(site.at('/private')), site.at(paths.login), '/private')
      const browser = site.browser()
      const { authorization } = await site.arrive(browser)
      mustBe('redirect_uri', authorization.searchParams.get('redirect_uri'), site.at(paths.callback))
      const done = await site.logIn(browser, { query: 'return_to=/private' })
      mustBe('a login', [done.status, done.next], [303, site.at('/private')])
      const json = await browser.fetch(site.at(paths.session))
      mustBe('session as JSON', JSON.parse(json.text).session?.user.id, bench.provider.people.admin.subject)
      await bench.pass(bench.provider.accessTokenLifetime)
      const refreshed = await browser.navigate(site.at(`${paths.refresh}?return_to=/private`))
      mustBe('a refresh', [refreshed.status, refreshed.next], [303, site.at('/private')])
      mustReach(await browser.navigate(site.at('/private')), '/private')
      for (const target of [paths.logout, paths.login, paths.switchOrganization, paths.callback]) {
        const query = new URLSearchParams({ return_to: target })
        const page = await browser.navigate(site.at(`${paths.login}?${query}`))
        mustBe(`return to ${target}`, page.next, site.at('/'))
      }
      const left = await site.logOut(browser)
      mustHold('a log-out', left.status === 200 && left.next?.startsWith(bench.provider.issuer) === true, left.next)
      mustBe401(await browser.fetch(site.at('/private')))
    },
  },
  {
    id: 'jknt',
    name: 'MUST serve every other route on a path of the app’s own choice, and none on the usual one',
    cites: 'RFC 9110 §15.5.5; design §4',
    async run(bench) {
      const site = await bench.site('renamed')
      const { paths } = site
      const { admin, bulky } = bench.provider.people
      const person = await site.signedIn('admin')
      const { sid } = await site.sessionOf(person)
      const widgets = await person.navigate(site.at(`${paths.widgets}?widget=members`))
      mustBe('widgets', [widgets.status, widgets.next], [303, `${bench.provider.issuer}/ui/`])
      mustBe('forbidden', (await person.navigate(site.at(paths.forbidden))).status, 403)
      const query = new URLSearchParams({ organization_id: admin.organizationId, return_to: '/private' })
      const same = await person.navigate(site.at(`${paths.switchOrganization}?${query}`))
      mustBe('switch', [same.status, same.next], [303, site.at('/private')])
      const refused = await person.fetch(site.at(`/org/${bulky.organizationId}`))
      const { switch_url: link } = JSON.parse(refused.text) as { switch_url?: string }
      mustHold('the way to switch', link?.startsWith(site.at(paths.switchOrganization)) === true, link)
      const trail = await person.follow(site.at(`/org-page/${bulky.organizationId}`))
      mustBe('the 403 of a page', trail.at(-1)?.status, 403)
      mustHold('and its way to switch', trail.at(-1)?.text.includes(paths.switchOrganization) === true)
      const id = newWebhookId()
      const event = { type: 'organization.updated', id, data: { id: 'org_1' } }
      mustBe('webhooks', (await deliver(bench, site, event)).status, 200)
      mustBe('runs', (await runsOf(site, id)).length, 1)
      for (const name of Object.keys(paths) as RouteName[]) {
        const usual = `/auth/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
        const page = await site.browser().navigate(site.at(usual))
        mustBe(`${usual}: status and code`, [page.status, problemCode(page)], [404, undefined])
      }
      const ended = await bench.provider.endSession({ app: site.variant, sid, sub: admin.subject })
      mustBe('back-channel logout', ended, 200)
      mustBe401(await person.fetch(site.at('/private')))
    },
  },
  {
    id: 'zwg8',
    name: 'MUST serve webhooks and switches below the path of the base URL, mounted or stripped',
    cites: 'A8; RFC 9110 §10.2.2',
    async run(bench) {
      const { admin, bulky } = bench.provider.people
      for (const variant of ['mounted', 'stripped'] as const) {
        const site = await bench.site(variant)
        const id = newWebhookId()
        const event = { type: 'organization.updated', id, data: { id: 'org_1' } }
        mustBe(`${variant}: webhooks`, (await deliver(bench, site, event)).status, 200)
        mustBe(`${variant}: runs`, (await runsOf(site, id)).length, 1)
        const person = await site.signedIn('admin')
        const refused = await person.fetch(site.at(`/org/${bulky.organizationId}`))
        const link = new URL((JSON.parse(refused.text) as { switch_url?: string }).switch_url ?? 'missing:')
        mustBe(`${variant}: switch`, link.origin + link.pathname, site.at('/auth/switch-organization'))
        const query = new URLSearchParams({ organization_id: admin.organizationId, return_to: `${site.path}/private` })
        const same = await person.navigate(site.at(`/auth/switch-organization?${query}`))
        mustBe(`${variant}: same organization`, same.next, site.at('/private'))
        const token = await bench.provider.idpInitiatedLogin({
          app: variant,
          person: 'admin',
          relayState: site.at('/private'),
        })
        const browser = site.browser()
        const login = site.at(`/auth/login?idp_initiated_login=${token}`)
        const started = await browser.navigate(login, { from: bench.provider.issuer })
        const { callback } = await site.goOn(browser, started, 'admin')
        mustBe(`${variant}: IdP-initiated`, (await browser.navigate(callback.href)).next, site.at('/private'))
      }
    },
  },
]
