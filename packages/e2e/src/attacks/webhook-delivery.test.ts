import { beforeEach, describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { organizations, people } from '../support/journey.js'
import { useStage } from '../support/stage.js'
import { eventText, expectReceived, expectWebhookRefused, Inbox, webhooks } from '../support/webhooks.js'

const former = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const visit = { user: { id: 'usr_1' }, user_session: { session_id: 'ses_1' } }
const member = (roles: readonly string[], id = 'usr_1') => ({ user: { id }, organization: { id: 'org_1' }, roles })
const at = (second: number) => ({ occurred_at: `2026-01-01T00:00:0${second}.5Z` })

/** Attack list 4.L, rows 268 to 278: a delivery and what the app's handler makes of it, with the sender as the witness. */
describe.each(frameworks)('webhook delivery on %s', (framework) => {
  const inbox = new Inbox()
  const stage = useStage({
    framework,
    emulator: { settings: { webhookRetryScale: 0 } },
    options: { webhooks: { ...inbox.options, secret: [inbox.options.secret, former].flat() as string[] } },
  })
  const { post } = webhooks(stage)
  const sender = () => stage().emulator.control.webhooks
  const handled = () => stage().app.events.filter(({ type }) => type === 'webhook_handled')
  beforeEach(() => inbox.clear())

  it('what the provider sends arrives, as it happened', async () => {
    await sender().send({ type: 'user.login', userId: people.ada, organizationId: organizations.acme })
    expect(await sender().settled()).toMatchObject([{ state: 'success', attempts: [{ status: 200 }] }])
    expect(inbox.heard).toMatchObject([
      { type: 'user.login', stale: false, organizationId: organizations.acme, data: { user: { id: people.ada } } },
    ])
  })

  it('SEC-268 fifty at once are one, and one after them as well', async () => {
    const body = eventText('user.login', visit)
    const finish = inbox.holdNext()
    const answers = Array.from({ length: 50 }, () => post(body, { id: 'msg_fifty' }))
    await inbox.begun()
    finish()
    const outcomes = (await Promise.all(answers)).map(({ status, text }) => `${status} ${text}`).sort()
    expect(outcomes).toEqual(['200 {}', ...Array<string>(49).fill('200 {"status":"duplicate"}')].sort())
    expectReceived(await post(body, { id: 'msg_fifty' }), { status: 'duplicate' })
    // Nor is it another event for being written otherwise, or signed at another time.
    expectReceived(await post(eventText('user.login', visit), { id: 'msg_fifty', offset: 200 }), {
      status: 'duplicate',
    })
    expect([inbox.heard.length, handled().length]).toEqual([1, 52])
    expectReceived(await post(body, { id: 'msg_fifty_one' }))
    expect(inbox.heard).toHaveLength(2)
  })

  it('SEC-268 a sender that sends everything twice at once, and once more by hand', async () => {
    await stage().emulator.control.settings({ webhookDuplicates: true })
    const [delivery] = await sender().send({ type: 'user.login', userId: people.ada })
    await sender().settled()
    await sender().replay(delivery!.id)
    expect((await sender().settled()).every(({ state }) => state === 'success')).toBe(true)
    expect(inbox.heard).toHaveLength(1)
  })

  it('SEC-269 a handler that throws: 500 by the app, the sender comes again, and it succeeds once', async () => {
    inbox.failNext(Object.assign(new Error('canary-secret'), { code: 'app_broken' }))
    inbox.failNext(Object.assign(new Error('canary-secret'), { code: 'app_broken' }))
    await sender().send({ type: 'user.login', userId: people.ada })
    const [delivery] = await sender().settled()
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 500, 200])
    expect(inbox.log).toEqual(['begun', 'begun', 'begun', 'done'])
    expect(new Set(inbox.heard.map(({ deliveryId }) => deliveryId)).size).toBe(1)
    expect(stage().takeErrors()).toMatchObject(Array(2).fill({ message: 'canary-secret' }))
    expect(stage().app.events.map(({ type }) => type)).toEqual(['webhook_failed', 'webhook_failed', 'webhook_handled'])
    expect(JSON.stringify(stage().app.events)).not.toContain('canary')
    const [again] = await sender().replay(delivery!.id)
    expect([again?.attempts.at(-1)?.status, inbox.log.length]).toEqual([200, 4])
  })

  it('SEC-269 the app’s own error page answers, for all who wait', async () => {
    inbox.failNext(Object.assign(new Error('canary-secret'), { code: 'app_broken' }))
    const body = eventText('user.login', visit)
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(body, { id: 'msg_failing' })))
    // Whoever came after the failure has begun anew.
    const failed = answers.filter(({ status }) => status === 500)
    expect(failed.length).toBeGreaterThan(0)
    for (const { text } of failed) expect(text).toBe('app error page: app_broken')
    expect(stage().takeErrors()).toHaveLength(failed.length)
    await post(body, { id: 'msg_failing' })
    expect(inbox.log.filter((entry) => entry === 'done')).toEqual(['done'])
  })

  it('SEC-269 nobody is told 200 before the handler is done', async () => {
    const finish = inbox.holdNext()
    const answer = post(eventText('user.login', visit)).then((received) => {
      inbox.log.push('answered')
      return received
    })
    await inbox.begun()
    // Other requests get their answers meanwhile, also about other things.
    expectReceived(await post(eventText('role.created', { id: 'role_1' })))
    inbox.log.push('released')
    finish()
    expectReceived(await answer)
    expect(inbox.log).toEqual(['begun', 'begun', 'done', 'released', 'done', 'answered'])
  })

  it.each(['user.unheard_of', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'onOther', 'x'.repeat(128)])(
    'SEC-271 SEC-272 the type %.20s is heard by the handler of all others',
    async (type) => {
      expectReceived(await post(eventText(type, { proto: { admin: true } }).replace('"proto"', '"__proto__"')))
      expect(inbox.heard.map((event) => event.type)).toEqual([type])
      expect(handled()).toMatchObject([{ event: 'unknown' }])
      expect(({} as { admin?: boolean }).admin).toBeUndefined()
    },
  )

  it('SEC-272 a type that is no text, or endless', async () => {
    for (const type of [['user.login'], { toString: 'user.login' }, 1, null, '', 'x'.repeat(129)])
      expectWebhookRefused(await post(eventText(type, visit)), 'webhook_invalid')
    expect(inbox.heard).toEqual([])
  })

  it('SEC-259 SEC-260 SEC-274 signatures of a rotation, and what is none among them', async () => {
    const { secret } = inbox.options
    await sender().register({
      url: `${stage().app.origin}/auth/webhooks`,
      secret: [`whsec_${Buffer.alloc(32, 6).toString('base64')}`, former],
    })
    const [rotating] = await sender().send({ type: 'user.login', userId: people.ada, attempts: 1 })
    expect(rotating?.attempts).toMatchObject([{ status: 200 }])
    await sender().register({ url: `${stage().app.origin}/auth/webhooks`, secret: secret as string })
    const tries = async (signatures: readonly string[]) =>
      (await sender().send({ type: 'user.login', userId: people.ada, signatures }))[0]?.attempts[0]?.status
    const none = ['v1,', 'v2,x', 'v1a,AAAA', `v1,${'A'.repeat(43)}=`]
    expect(await tries([...none, 'valid'])).toBe(200)
    expect(await tries(none)).toBe(400)
    expect(await tries([...Array<string>(20).fill(none[3]!), 'valid'])).toBe(400)
    expect(inbox.heard).toHaveLength(2)
  })

  it('SEC-275 headers of interceptors are no webhook’s', async () => {
    const body = eventText('user.login', visit)
    const { headersFor } = webhooks(stage)
    const own = [...headersFor(body)].filter(([name]) => name.startsWith('webhook-'))
    const headers = {
      ...Object.fromEntries(own.map(([name, value]) => [name.replace('webhook', 'interceptor'), value])),
      ...Object.fromEntries(own.map(([name]) => [name, null])),
    }
    expectWebhookRefused(await post(body, { headers }), 'signature_invalid')
  })

  it('SEC-278 an older event after a newer one says so', async () => {
    await post(eventText('user.organization_membership_updated', member(['admin']), at(5)))
    await post(eventText('user.organization_membership_created', member(['member']), at(2)))
    await post(eventText('user.organization_membership_updated', member(['guest']), at(8)))
    await post(
      eventText('user.organization_membership_created', { ...member([]), organization: { id: 'org_2' } }, at(1)),
    )
    expect(inbox.heard.map(({ stale }) => stale)).toEqual([false, true, false, false])
  })

  it('SEC-278 a queue that is let go backwards', async () => {
    await stage().emulator.control.settings({ webhooksPaused: true })
    const about = { userId: people.max, organizationId: organizations.acme }
    for (const occurredAt of [1, 2, 3])
      await sender().send({
        type: 'user.organization_membership_updated',
        ...about,
        occurredAt: 1_767_225_600 + occurredAt,
      })
    await sender().resume('reversed')
    await sender().settled()
    expect(inbox.heard.map(({ stale }) => stale)).toEqual([false, true, true])
  })

  it('SEC-278 two about one object are handled one after the other', async () => {
    const finish = inbox.holdNext()
    const first = post(eventText('user.organization_membership_updated', member(['admin'], 'usr_2'), at(5)))
    await inbox.begun()
    const second = post(eventText('user.organization_membership_updated', member(['guest'], 'usr_2'), at(4)))
    // Somebody else's goes past both.
    expectReceived(await post(eventText('user.login', visit)))
    expect(inbox.log).toEqual(['begun', 'begun', 'done'])
    finish()
    for (const answer of await Promise.all([first, second])) expectReceived(answer)
    expect(inbox.heard.map(({ stale }) => stale)).toEqual([false, false, true])
  })
})
