import { mustBe401, mustNotReach, reached } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import { refreshes } from '../bench/expiry.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustHold } from '../check.js'
import type { Browser } from '../http/browser.js'
import { deliver, heard, newWebhookId, type Webhook } from '../http/webhook.js'
import type { PersonName } from '../provider.js'
import { formOf } from './pages.js'

interface SignedIn {
  readonly browser: Browser
  readonly sid: string
}

async function person(bench: Bench, site: Site, name: PersonName): Promise<SignedIn> {
  const browser = await site.signedIn(name)
  const { sid } = await site.sessionOf(browser)
  // Within the second of a login the order is unknown.
  await bench.pass(1)
  return { browser, sid }
}

const loggedOut = (bench: Bench, name: PersonName, sid: string): Webhook => {
  const { subject, organizationId } = bench.provider.people[name]
  const session = { session_id: sid, user_id: subject, organization_id: organizationId, status: 'ACTIVE' }
  return { type: 'user.logout', organizationId, data: { user: { id: subject }, user_session: session } }
}

const membership = (bench: Bench, what: 'updated' | 'deleted', name: PersonName, organizationId?: string): Webhook => {
  const { subject, organizationId: own } = bench.provider.people[name]
  const organization = { id: organizationId ?? own }
  const data = { organization, user: { id: subject, email: 'canary@audited.test' } }
  return { type: `user.organization_membership_${what}`, organizationId: organization.id, data }
}

async function mustTake(bench: Bench, site: Site, webhook: Webhook): Promise<void> {
  mustBe('answer to the provider', (await deliver(bench, site, webhook)).status, 200)
}

/** Where an app may look at a session: each may be a program of its own. */
const places = ['/private', '/page', '/guarded.x', '/seen', '/'] as const

async function mustBeOutEverywhere(bench: Bench, site: Site, browser: Browser, action?: PostedForm): Promise<void> {
  const { subject } = bench.provider.people.admin
  for (const place of places) {
    const page = await browser.copy().navigate(site.at(place))
    mustNotReach(page)
    mustHold(`${place}: a stranger`, page.next !== undefined || page.text.includes('stranger'), page.text)
    mustHold(`${place}: nobody is named`, !page.text.includes(subject))
    if (place === '/seen') mustBe('a middleware sees', page.headers.get('x-proxy-sees'), 'stranger')
  }
  const json = await browser.copy().fetch(site.at('/auth/session'))
  mustBe('session as JSON', JSON.parse(json.text), { session: null })
  if (action === undefined) return
  const before = await acted(site)
  await browser.copy().navigate(site.at('/action'), action)
  mustBe('actions that ran', await acted(site), before)
}

interface PostedForm {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly from: string
}

async function actionOf(site: Site, browser: Browser): Promise<PostedForm> {
  const { body, type } = formOf((await browser.navigate(site.at('/action'))).text)
  return { body, headers: { 'content-type': type }, from: site.at('/action') }
}

async function acted(site: Site): Promise<number> {
  return Number((await site.browser().fetch(site.at('/acted'))).text)
}

/** Events that say that somebody is gone, or is somebody else now. */
export const webhookSessions: readonly Audit[] = [
  {
    id: '94sj',
    name: 'MUST end by user.logout that session and no other, everywhere at once',
    cites: 'ASVS 7.4.1, 7.4.2; G4; SEC-279',
    async run(bench) {
      const site = await bench.site()
      const other = await person(bench, site, 'admin')
      const ended = await person(bench, site, 'admin')
      const action = await actionOf(site, ended.browser)
      for (const place of places) await ended.browser.copy().navigate(site.at(place))
      await mustTake(bench, site, loggedOut(bench, 'admin', ended.sid))
      await mustBeOutEverywhere(bench, site, ended.browser, action)
      mustBe('the other session', await site.isIn(other.browser), true)
      const ends = (await heard(site)).ended.filter(({ scope }) => scope === 'sid')
      mustHold('the app is told', ends.length > 0)
      mustBe('a new login', await site.isIn(await site.signedIn('admin')), true)
    },
  },
  {
    id: '5gk5',
    name: 'MUST end by the end of a membership every session of the person in that organization, and in no other',
    cites: 'ASVS 7.4.2, 8.3.2; G4; SEC-279',
    async run(bench) {
      const site = await bench.site()
      const { admin, bulky } = bench.provider.people
      const [one, two] = [await person(bench, site, 'admin'), await person(bench, site, 'admin')]
      const bystander = await person(bench, site, 'guest')
      await mustTake(bench, site, membership(bench, 'deleted', 'admin', bulky.organizationId))
      mustBe('member of another organization', await site.isIn(one.browser), true)
      const action = await actionOf(site, one.browser)
      await mustTake(bench, site, membership(bench, 'deleted', 'admin'))
      await mustBeOutEverywhere(bench, site, one.browser, action)
      mustBe401(await two.browser.fetch(site.at('/private')))
      mustBe('somebody else of it', await site.isIn(bystander.browser), true)
      const ends = (await heard(site)).ended.filter(({ scope }) => scope === 'member')
      mustBe(
        'the app is told whose',
        [ends.at(-1)?.userId, ends.at(-1)?.organizationId],
        [admin.subject, admin.organizationId],
      )
      await bench.pass(1)
      mustBe('whoever is let in again', await site.isIn(await site.signedIn('admin')), true)
      mustBe401(await two.browser.fetch(site.at('/private')))
    },
  },
  {
    id: '69b8',
    name: 'MUST refresh before it believes a session again whose membership has changed, wherever it is asked for first',
    cites: 'ASVS 8.3.2; G4; SEC-307',
    async run(bench) {
      const site = await bench.site()
      try {
        await eachRow(
          [...places, '/action'].map((place) => [place] as const),
          async (place) => {
            const { browser } = await person(bench, site, 'admin')
            mustBe('before', (await browser.fetch(site.at('/sso'))).status, 200)
            const action = await actionOf(site, browser)
            await bench.provider.become('admin', 'guest')
            await bench.provider.forget()
            await mustTake(bench, site, membership(bench, 'updated', 'admin'))
            const page = await browser.navigate(site.at(place), place === '/action' ? action : {})
            mustHold('no error', page.status < 400, page.status)
            mustBe('refreshes', await refreshes(bench), 1)
            mustBe('afterwards at /sso', (await browser.fetch(site.at('/sso'))).status, 403)
            mustBe('refreshes in all', await refreshes(bench), 1)
            await bench.provider.become('admin', 'admin')
          },
        )
      } finally {
        await bench.provider.become('admin', 'admin')
      }
    },
  },
  {
    id: 'wz47',
    name: 'MUST decide by what the provider says now on the first request after a change of membership',
    cites: 'ASVS 8.3.2; SEC-307',
    async run(bench) {
      const site = await bench.site()
      const { browser } = await person(bench, site, 'admin')
      const bystander = await person(bench, site, 'member')
      await bench.provider.become('admin', 'guest')
      try {
        await mustTake(bench, site, membership(bench, 'updated', 'admin'))
        await bench.provider.forget()
        const page = await browser.fetch(site.at('/sso'))
        mustBe('status and handler', [page.status, reached(page)], [403, undefined])
        mustBe('somebody else', await site.isIn(bystander.browser), true)
        mustBe('refreshes', await refreshes(bench), 1)
      } finally {
        await bench.provider.become('admin', 'admin')
      }
    },
  },
  {
    id: '9smw',
    name: 'MUST NOT end anybody’s session by an event that nobody signed, nor twice by one that comes again',
    cites: 'ASVS 7.4.2; SEC-268; SEC-278; SEC-279',
    async run(bench) {
      const site = await bench.site()
      const { browser, sid } = await person(bench, site, 'guest')
      const secrets = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`]
      for (const webhook of [loggedOut(bench, 'guest', sid), membership(bench, 'deleted', 'guest')]) {
        mustBe('unsigned: status', (await deliver(bench, site, { ...webhook, secrets })).status, 400)
        mustBe('still signed in', await site.isIn(browser), true)
      }
      const id = newWebhookId()
      await mustTake(bench, site, { ...membership(bench, 'deleted', 'guest'), id })
      mustBe401(await browser.fetch(site.at('/private')))
      await bench.pass(1)
      const again = await person(bench, site, 'guest')
      await mustTake(bench, site, { ...membership(bench, 'deleted', 'guest'), id })
      mustBe('a login in between', await site.isIn(again.browser), true)
      // What happened before this login says nothing about it, however late it is told.
      await bench.pass(60)
      await mustTake(bench, site, { ...membership(bench, 'deleted', 'guest'), offset: -120 })
      mustBe('a login after it happened', await site.isIn(again.browser), true)
      const unclear = { type: 'user.organization_membership_deleted', data: { organization: { id: 'org_1' } } }
      mustBe('nobody is named', (await deliver(bench, site, unclear)).status, 400)
    },
  },
  {
    id: 'gptv',
    name: 'MUST take what the provider sends in its own way',
    cites: 'Standard Webhooks; SEC-279',
    async run(bench) {
      const site = await bench.site()
      const { browser } = await person(bench, site, 'guest')
      const send = (type: string) => bench.provider.sendEvent({ app: site.variant, type, person: 'guest' })
      mustBe('organization.updated', await send('organization.updated'), 200)
      mustBe('still signed in', await site.isIn(browser), true)
      mustBe('membership deleted', await send('user.organization_membership_deleted'), 200)
      mustBe401(await browser.fetch(site.at('/private')))
      await bench.pass(1)
      const next = await person(bench, site, 'guest')
      mustBe('user.logout', await send('user.logout'), 200)
      mustBe401(await next.browser.fetch(site.at('/private')))
      await bench.pass(1)
    },
  },
]
