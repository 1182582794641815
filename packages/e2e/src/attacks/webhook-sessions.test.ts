import { Browser } from '@scalegate/testing/audits'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiRoutes, machineToken } from '../support/api-routes.js'
import { frameworks } from '../support/app.js'
import { logIn, organizations, people } from '../support/journey.js'
import { expect401, expectLogin, sessionCookies } from '../support/refusals.js'
import { useStage } from '../support/stage.js'
import { eventText, expectReceived, expectWebhookRefused, Inbox, webhooks } from '../support/webhooks.js'

const { acme, globex } = organizations

/** Attack list 4.L, rows 278 and 279: whose sessions an event ends, and whose it does not. */
describe.each(frameworks)('webhooks that end sessions on %s', (framework) => {
  const inbox = new Inbox()
  const stage = useStage({ framework, routes: apiRoutes, options: { webhooks: inbox.options } })
  const { post } = webhooks(stage)
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control

  async function signedIn(user: string, organization: string = acme) {
    const browser = new Browser()
    await logIn(browser, stage().app, { user, organization })
    const session = JSON.parse((await browser.fetch(at('/private'))).text) as { sid: string }
    return { browser, sid: session.sid }
  }
  const isIn = async ({ browser }: { browser: Browser }) => (await browser.fetch(at('/private'))).status === 200
  const areIn = (all: readonly { browser: Browser }[]) => Promise.all(all.map(isIn))

  /** Everybody who could be confused with somebody else: two browsers of Bea in Acme, one in Globex, and Max. */
  async function everybody() {
    const all = {
      bea: await signedIn(people.bea),
      again: await signedIn(people.bea),
      globex: await signedIn(people.bea, globex),
      max: await signedIn(people.max),
    }
    await control().webhooks.settled()
    await stage().forget()
    inbox.clear()
    return { ...all, list: [all.bea, all.again, all.globex, all.max] }
  }
  beforeEach(() => inbox.clear())

  const rows: readonly (readonly [string, string, (sid: string) => object, readonly boolean[]])[] = [
    ['one session', 'user.logout', (sid) => ({ sessionId: sid, userId: people.bea }), [false, true, true, true]],
    [
      'a member',
      'user.organization_membership_deleted',
      () => ({ userId: people.bea, organizationId: acme }),
      [false, false, true, true],
    ],
    ['a person', 'user.deleted', () => ({ data: { user: { id: people.bea } } }), [false, false, false, true]],
    ['an organization', 'organization.deleted', () => ({ organizationId: acme }), [false, false, true, false]],
    ['nobody by a login', 'user.login', () => ({ userId: people.bea }), [true, true, true, true]],
    [
      'nobody by another organization’s end',
      'organization.deleted',
      () => ({ organizationId: 'org_102000000000000003' }),
      [true, true, true, true],
    ],
  ]
  it.each(rows)('SEC-279 %s: %s', async (_label, type, about, left) => {
    const { bea, list } = await everybody()
    await control().webhooks.send({ type, ...about(bea.sid) })
    expect(inbox.heard.map((event) => event.type)).toEqual([type])
    expect(await areIn(list)).toEqual(left)
    // At once, by a look at what this process knows: the provider was not asked.
    expect(await stage().requests()).toEqual([])
    for (const [index, isLeft] of left.entries()) if (!isLeft) await expectGone(list[index]!.browser)
    expect(stage().app.events.filter((event) => event.type === 'sessions_ended')).toHaveLength(
      type === 'user.login' ? 0 : 1,
    )
  })

  it('SEC-279 access tokens end with their session, and those of machines with their organization', async () => {
    const { bea, list } = await everybody()
    const tokens = await Promise.all(list.map(async ({ browser }) => (await browser.fetch(at('/token'))).text))
    tokens.push(await machineToken(stage().emulator))
    const passing = async () => {
      const calls = tokens.map((token) =>
        new Browser().fetch(at('/api/anybody'), { headers: { authorization: `Bearer ${token}` } }),
      )
      return (await Promise.all(calls)).map(({ status }) => status === 200)
    }
    expect(await passing()).toEqual([true, true, true, true, true])
    await control().webhooks.send({ type: 'user.logout', sessionId: bea.sid, userId: people.bea })
    expect(await passing()).toEqual([false, true, true, true, true])
    const about = { userId: people.bea, organizationId: acme }
    await control().webhooks.send({ type: 'user.organization_membership_deleted', ...about })
    expect(await passing()).toEqual([false, false, true, true, true])
    await control().webhooks.send({ type: 'organization.deleted', organizationId: acme })
    expect(await passing()).toEqual([false, false, true, false, false])
  })

  it('SEC-279 a session ends although the app’s handler throws, and before it is done', async () => {
    const { bea, max } = await everybody()
    inbox.failNext(new Error('canary-secret'))
    await control().webhooks.send({ type: 'user.logout', sessionId: bea.sid, userId: people.bea, attempts: 1 })
    expect(await areIn([bea, max])).toEqual([false, true])
    expect(stage().takeErrors()).toHaveLength(1)

    const finish = inbox.holdNext()
    // The provider's clock ticks on, and the app's stands still.
    const now = { occurred_at: new Date((stage().now() + 10) * 1000).toISOString() }
    const answer = post(eventText('user.logout', { user_session: { session_id: max.sid } }, now))
    await inbox.begun(2)
    const isMaxIn = await isIn(max)
    finish()
    expect(isMaxIn).toBe(false)
    expectReceived(await answer)
  })

  it('SEC-279 a forgery ends nothing, and an event that does not say whose is refused', async () => {
    const { list, bea } = await everybody()
    const about = { user: { id: people.bea }, user_session: { session_id: bea.sid } }
    expectWebhookRefused(
      await post(eventText('user.logout', about), { headers: { 'webhook-signature': `v1,${'A'.repeat(43)}=` } }),
      'signature_invalid',
    )
    for (const data of [{}, { user: {} }, { user: { id: [people.bea] } }, { user_session: { session_id: { $ne: 1 } } }])
      for (const type of ['user.logout', 'user.organization_membership_deleted', 'user.deleted'])
        expectWebhookRefused(await post(eventText(type, data)), 'webhook_invalid')
    expect(await areIn(list)).toEqual([true, true, true, true])
  })

  it('SEC-279 what the provider itself says when a member is removed', async () => {
    const { list } = await everybody()
    await control().updateClient(stage().emulator.clientId, { backchannelLogoutUri: 'http://127.0.0.1:9/' })
    await control().removeMember(acme, people.bea)
    await control().webhooks.settled()
    expect(inbox.heard.map(({ type }) => type)).toContain('user.organization_membership_deleted')
    expect(await areIn(list)).toEqual([false, false, true, true])
  })

  it('SEC-279 the person may log in again, and old sessions stay dead', async () => {
    const { bea, again } = await everybody()
    await control().webhooks.send({
      type: 'user.organization_membership_deleted',
      userId: people.bea,
      organizationId: acme,
    })
    await stage().advance(1)
    const later = await signedIn(people.bea)
    expect(await areIn([bea, again, later])).toEqual([false, false, true])
  })

  it('SEC-278 a logout of yesterday ends no session of today', async () => {
    const { list } = await everybody()
    const yesterday = { occurred_at: new Date((stage().now() - 86_400) * 1000).toISOString() }
    for (const [type, data] of [
      ['user.deleted', { user: { id: people.bea } }],
      ['user.organization_membership_deleted', { user: { id: people.bea }, organization: { id: acme } }],
    ] as const)
      expectReceived(await post(eventText(type, data, yesterday)))
    expect(await areIn(list)).toEqual([true, true, true, true])
    // One of tomorrow ends what there is, and keeps nobody out for longer than clocks may differ.
    const tomorrow = { occurred_at: new Date((stage().now() + 86_400) * 1000).toISOString() }
    expectReceived(await post(eventText('user.deleted', { user: { id: people.bea } }, tomorrow)))
    expect(await areIn(list)).toEqual([false, false, false, true])
    await stage().advance(61)
    expect(await isIn(await signedIn(people.bea))).toBe(true)
  })

  it('SEC-307 new roles: the next request asks once, whatever comes with it, and has them', async () => {
    const [max, bea] = [await signedIn(people.max), await signedIn(people.bea)]
    expect((await max.browser.fetch(at('/sso'))).status).toBe(403)
    await control().setMember(acme, people.max, ['admin'])
    await control().webhooks.settled()
    expect(inbox.heard.map(({ type }) => type)).toContain('user.organization_membership_updated')
    await stage().forget()
    const answers = await Promise.all(Array.from({ length: 8 }, () => max.browser.fetch(at('/sso'))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers.flatMap((answer) => sessionCookies(answer)).length).toBeGreaterThan(0)
    expect((await max.browser.fetch(at('/sso'))).status).toBe(200)
    expect(await isIn(bea)).toBe(true)
    expect(await stage().tokenCalls('refresh_token')).toBe(1)
  })

  it('SEC-307 roles that were taken away are gone', async () => {
    const ada = await signedIn(people.ada)
    expect((await ada.browser.fetch(at('/sso'))).status).toBe(200)
    await control().setMember(acme, people.ada, ['guest'])
    await control().webhooks.settled()
    expect((await ada.browser.fetch(at('/sso'))).status).toBe(403)
    expect(JSON.parse((await ada.browser.fetch(at('/private'))).text)).toMatchObject({ roles: ['guest'] })
  })

  async function expectGone(browser: Browser): Promise<void> {
    expect401(await browser.fetch(at('/private')))
    expectLogin(await browser.navigate(at('/private')), '/private')
  }
})
