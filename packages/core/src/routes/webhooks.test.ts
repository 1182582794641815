import { afterEach, describe, expect, it, vi } from 'vitest'
import { sha256Base64url } from '../crypto/sha256.js'
import { parseBaseUrl } from '../http/base-url.js'
import type { ScalegateEvent } from '../model/events.js'
import type { UnknownWebhookEvent, WebhookEvent } from '../model/webhook-events.js'
import { type Clock, fineClock, systemClock } from '../options/clock.js'
import type { DeliveryStore } from '../options/delivery-store.js'
import type { EndedSessions, WebhookOptions } from '../options/scalegate-options.js'
import { createMarkTable } from '../revocation/mark-table.js'
import { createRevocationMarks } from '../revocation/revocation-marks.js'
import { createDeliveryMemory, deliveryMemory } from '../state/delivery-memory.js'
import { type ProcessState, processState } from '../state/process-state.js'
import { createUsedOnce } from '../store/used-once.js'
import { eventBody, type Sending, signedHeaders, webhookSecret } from '../test/webhook-sender.js'
import { createRouter } from './router.js'
import { webhooksRoute } from './webhooks.js'

afterEach(() => void Reflect.deleteProperty(globalThis, 'navigator'))

const start = 1_800_000_000
const address = 'https://app.example/auth/webhooks'
const otherSecret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
let made = 0

type Heard = WebhookEvent | UnknownWebhookEvent
type Given = Omit<WebhookOptions, 'secret'> & {
  readonly onSessionsEnded?: (ended: EndedSessions) => void | Promise<void>
  readonly secrets?: readonly string[]
  readonly clock?: Clock
}

function storage(state: ProcessState, clock: Clock, deliveries = deliveryMemory(state, address, clock)) {
  return {
    state,
    clock,
    deliveries,
    steps: createUsedOnce({ name: 'step', owner: '', store: undefined, state, clock }),
  }
}

function createBench(given: Given = {}) {
  made += 1
  const time = { now: start }
  const { onSessionsEnded, secrets = [webhookSecret], clock = () => time.now, ...webhooks } = given
  const events: ScalegateEvent[] = []
  const fine = fineClock(clock)
  const marks = createRevocationMarks({
    clock: fine,
    clockSkew: 60,
    table: createMarkTable({ clock: fine, capacity: 10 }),
  })
  const route = webhooksRoute({
    route: address,
    options: { webhooks: { ...webhooks, secrets, listeners: [] }, onSessionsEnded, clockSkew: 60 },
    marks,
    ...storage(processState(`https://webhooks-${made}.example`, 'skc_1'), clock, webhooks.deliveries),
    emit: (type, details) => void events.push({ type, at: time.now, ...details } as never),
  })
  const router = createRouter(parseBaseUrl('https://app.example'), new Map([['/auth/webhooks', route]]))
  const request = async (init: RequestInit) => {
    const answer = await router.route(new Request(address, { duplex: 'half', ...init } as RequestInit), undefined)
    if (answer === undefined) throw new Error('not a route')
    return answer
  }
  const send = async (body: string | Uint8Array<ArrayBuffer>, sending: Sending = {}) =>
    request({ method: 'POST', body, headers: await signedHeaders(body, { timestamp: clock(), ...sending }) })
  return {
    time,
    marks,
    events,
    request,
    send,
    eventsOf: (type: ScalegateEvent['type']) =>
      events.filter((event) => event.type === type).map(({ type: _type, at: _at, ...details }) => details),
  }
}

async function expectDone(answer: Response, body: object = {}): Promise<void> {
  expect([answer.status, await answer.json()]).toEqual([200, body])
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  expect([...answer.headers.keys()].filter((name) => /cors|origin|set-cookie/.test(name))).toEqual([])
}

async function expectRefused(answer: Response, status: number, code: string): Promise<void> {
  expect(await answer.json()).toMatchObject({ status, code })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
  expect(answer.headers.get('retry-after')).toBe(status === 503 ? '30' : null)
}

const visit = { user: { id: 'usr_1' }, user_session: { session_id: 'ses_1', status: 'ACTIVE' } }
const member = { user: { id: 'usr_1' }, organization: { id: 'org_1' } }
const ada = {
  id: 'one',
  sid: 'ses_1',
  sub: 'usr_1',
  organizationId: 'org_1',
  loggedInAt: start - 10,
  confirmedAt: start - 10,
}
const later = '2027-01-15T08:00:00.2Z'
const earlier = '2027-01-15T08:00:00.100000001Z'

describe('POST webhooks', () => {
  it('gives the handler of its type the event, and answers when that is done', async () => {
    const heard: Heard[] = []
    const bench = createBench({ on: { 'user.login': async (event) => void heard.push(event) } })
    await expectDone(await bench.send(eventBody('user.login', visit)))
    expect(heard).toEqual([
      {
        id: 'evt_1',
        deliveryId: 'msg_1',
        type: 'user.login',
        object: 'User',
        occurredAt: '2027-01-15T08:00:00.123456789Z',
        environmentId: 'env_1',
        organizationId: 'org_1',
        displayName: 'An Event',
        data: visit,
        stale: false,
      },
    ])
    expect(Object.isFrozen(heard[0])).toBe(true)
    expect(bench.eventsOf('webhook_handled')).toEqual([{ event: 'user.login', duplicate: false, stale: false }])
  })

  it('narrows data by type', () => {
    createBench({
      on: {
        'user.logout': ({ data }) => void (data.user_session.session_id satisfies string),
        'organization.directory.user_created': ({ data }) =>
          void (data.groups satisfies readonly object[] | null | undefined),
        // @ts-expect-error: it is no event of Scalekit
        'user.created': () => undefined,
      },
    })
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('SEC-280 %s is not allowed', async (method) => {
    const answer = await createBench().request({ method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it('SEC-280 an Origin changes nothing, and no CORS header answers it', async () => {
    const bench = createBench()
    const cross = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    await expectDone(await bench.send(eventBody('user.login', visit), { headers: cross }))
    const preflight = await bench.request({
      method: 'OPTIONS',
      headers: { ...cross, 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, null])
  })

  it.each<[string, Sending, string, string]>([
    ['SEC-258 no id', { headers: { 'webhook-id': undefined } }, 'signature_invalid', 'id'],
    ['SEC-258 no signature', { headers: { 'webhook-signature': undefined } }, 'signature_invalid', 'signature'],
    ['SEC-262 an id with dots', { id: 'a.b' }, 'signature_invalid', 'id'],
    ['SEC-261 an odd timestamp', { timestamp: '1e9' }, 'signature_invalid', 'timestamp'],
    ['SEC-261 an old timestamp', { timestamp: start - 301 }, 'timestamp_out_of_range', 'age'],
    ['SEC-274 another secret', { secret: otherSecret }, 'signature_invalid', 'signature'],
  ])('%s is refused, and nothing happens', async (_label, sending, code, reason) => {
    const heard: Heard[] = []
    const bench = createBench({ onOther: (event) => void heard.push(event) })
    await expectRefused(await bench.send(eventBody('user.logout', visit), sending), 400, code)
    expect(heard).toEqual([])
    expect(bench.marks.isRevoked(ada)).toBe(false)
    expect(bench.events).toEqual([{ type: 'webhook_refused', at: start, code, reason }])
  })

  it('SEC-274 while a secret is rotated either verifies', async () => {
    const bench = createBench({ secrets: [otherSecret, webhookSecret] })
    await expectDone(await bench.send(eventBody('user.login', visit), { id: 'msg_1' }))
    await expectDone(await bench.send(eventBody('user.login', visit), { id: 'msg_2', secret: otherSecret }))
  })

  it('SEC-275 no other header names are read', async () => {
    const bench = createBench()
    const headers = await signedHeaders(eventBody('user.login'), { timestamp: start })
    for (const name of ['id', 'timestamp', 'signature']) {
      headers.set(`interceptor-${name}`, headers.get(`webhook-${name}`)!)
      headers.delete(`webhook-${name}`)
    }
    const answer = await bench.request({ method: 'POST', body: eventBody('user.login'), headers })
    await expectRefused(answer, 400, 'signature_invalid')
  })

  it.each([
    ['empty', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['deep', '['.repeat(100_000)],
    ['without data', eventBody('user.login', null)],
    ['of a type that is a list', eventBody('x', {}, { type: ['user.login'] })],
    ['a logout of nobody', eventBody('user.logout', {})],
  ])('SEC-266 SEC-272 a signed body that is %s', async (_label, body) => {
    const bench = createBench()
    await expectRefused(await bench.send(body), 400, 'webhook_invalid')
    await expectRefused(await bench.send(body, { secret: otherSecret }), 400, 'signature_invalid')
    expect(bench.eventsOf('webhook_refused')).toMatchObject([
      { code: 'webhook_invalid' },
      { code: 'signature_invalid' },
    ])
  })

  it('SEC-265 signed bytes that are no UTF-8', async () => {
    const body = new TextEncoder()
      .encode(eventBody('user.login', { a: '?' }))
      .map((byte) => (byte === 0x3f ? 0xff : byte))
    await expectRefused(await createBench().send(body), 400, 'webhook_invalid')
  })

  it('SEC-267 a body over 1 MB, before any hashing', async () => {
    const bench = createBench()
    const answer = await bench.send('x'.repeat(1024 * 1024 + 1))
    expect(answer.headers.get('connection')).toBe('close')
    await expectRefused(answer, 413, 'payload_too_large')
    await expectDone(await bench.send(eventBody('user.login', { filler: 'x'.repeat(1_000_000) })))
  })

  it('SEC-264 tells the developer that a body parser was faster', async () => {
    const bench = createBench()
    const router = async () => {
      const request = new Request(address, { method: 'POST', body: '{}' })
      await request.json()
      return request
    }
    const route = webhooksRoute({
      route: address,
      options: { webhooks: { secrets: [webhookSecret], listeners: [] }, onSessionsEnded: undefined, clockSkew: 60 },
      marks: bench.marks,
      ...storage(processState('https://webhooks-parsed.example', 'skc_1'), () => start),
      emit: () => undefined,
    })
    await expect(route.post!({ request: await router() } as never)).rejects.toMatchObject({ code: 'body_already_read' })
  })

  it.each(['user.unheard_of', '__proto__', 'constructor', 'hasOwnProperty', 'user.deleted'])(
    'SEC-271 SEC-272 %s goes to onOther',
    async (type) => {
      const heard: string[] = []
      const bench = createBench({
        on: { 'user.login': () => void heard.push('wrong') },
        onOther: (event) => void heard.push(event.type),
      })
      await expectDone(await bench.send(eventBody(type, visit)))
      expect(heard).toEqual([type])
      expect(bench.eventsOf('webhook_handled')).toEqual([{ event: 'unknown', duplicate: false, stale: false }])
    },
  )

  it('SEC-271 a type that nobody hears is done', async () => {
    const heard: string[] = []
    await expectDone(await createBench().send(eventBody('user.unheard_of')))
    const bench = createBench({ onOther: (event) => void heard.push(event.type) })
    await expectDone(await bench.send(eventBody('role.created', { id: 'role_1', name: 'x' })))
    expect(heard).toEqual(['role.created'])
  })
})

describe('once', () => {
  it('SEC-268 a delivery that comes again is a duplicate', async () => {
    let runs = 0
    const bench = createBench({ onOther: () => void runs++ })
    const body = eventBody('user.login', visit)
    await expectDone(await bench.send(body))
    bench.time.now += 200
    await expectDone(await bench.send(body), { status: 'duplicate' })
    bench.time.now += 80_000
    await expectDone(await bench.send(body), { status: 'duplicate' })
    await expectDone(await bench.send(body, { id: 'msg_2' }))
    expect(runs).toBe(2)
    expect(bench.eventsOf('webhook_handled').map((event) => (event as { duplicate: boolean }).duplicate)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('SEC-268 of 50 at once one runs, and all get its outcome', async () => {
    let runs = 0
    const ended: EndedSessions[] = []
    const bench = createBench({
      onSessionsEnded: (one) => void ended.push(one),
      async onOther() {
        runs += 1
        await new Promise((resolve) => setTimeout(resolve, 5))
      },
    })
    const answers = await Promise.all(Array.from({ length: 50 }, () => bench.send(eventBody('user.logout', visit))))
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    const bodies = await Promise.all(answers.map((answer) => answer.text()))
    expect(bodies.filter((text) => text === '{}')).toHaveLength(1)
    expect([runs, ended.length]).toEqual([1, 1])
  })

  it('SEC-268 on workerd nobody waits for another request: one runs, the others come again', async () => {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true })
    let runs = 0
    const bench = createBench({
      async onOther() {
        runs += 1
        await new Promise((resolve) => setTimeout(resolve, 5))
      },
    })
    const answers = await Promise.all([1, 2, 3].map(() => bench.send(eventBody('user.login', visit))))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 503, 503])
    expect(runs).toBe(1)
  })

  it('SEC-269 what the handler throws goes to the framework, for all who wait, and the next delivery tries again', async () => {
    const failure = new Error('canary')
    let runs = 0
    const ended: EndedSessions[] = []
    const bench = createBench({
      onSessionsEnded: (one) => void ended.push(one),
      on: {
        async 'user.logout'() {
          runs += 1
          await new Promise((resolve) => setTimeout(resolve, 1))
          if (runs === 1) throw failure
        },
      },
    })
    const body = eventBody('user.logout', visit)
    const outcomes = await Promise.allSettled([bench.send(body), bench.send(body)])
    expect(outcomes).toEqual(Array(2).fill({ status: 'rejected', reason: failure }))
    expect(bench.eventsOf('webhook_failed')).toEqual([{ event: 'user.logout' }])
    expect(JSON.stringify(bench.events)).not.toContain('canary')
    bench.time.now += 5
    await expectDone(await bench.send(body))
    await expectDone(await bench.send(body), { status: 'duplicate' })
    // The handler succeeded once, and what had succeeded before was not done again.
    expect([runs, ended.length]).toEqual([2, 1])
  })

  it('SEC-269 where onSessionsEnded throws the handler waits for the next delivery, and the session has ended', async () => {
    let fails = true
    let runs = 0
    const bench = createBench({
      onSessionsEnded: () => {
        if (fails) throw new Error('down')
      },
      onOther: () => void runs++,
    })
    const body = eventBody('user.logout', visit)
    await expect(bench.send(body)).rejects.toThrow('down')
    expect([runs, bench.marks.isRevoked(ada)]).toEqual([0, true])
    expect(bench.eventsOf('webhook_failed')).toEqual([{ event: 'user.logout' }])
    fails = false
    await expectDone(await bench.send(body))
    expect(runs).toBe(1)
  })

  const methods = ['claim', 'complete', 'latest'] as const
  it.each(methods)('SEC-270 where `%s` fails it is 503, and the handler succeeds once', async (broken) => {
    const store = createDeliveryMemory({ clock: () => start })
    let down = true
    let runs = 0
    const refuse = () => Promise.reject(new Error('store down: canary'))
    const deliveries: DeliveryStore = new Proxy(store, {
      get: (target, name: keyof DeliveryStore) => (down && name === broken ? refuse : target[name]),
    })
    const bench = createBench({ deliveries, onOther: () => void runs++ })
    await expectRefused(await bench.send(eventBody('user.login', visit)), 503, 'deliveries_unavailable')
    expect(runs).toBe(broken === 'complete' ? 1 : 0)
    expect(bench.eventsOf('webhook_refused')).toMatchObject([{ code: 'deliveries_unavailable' }])
    expect(bench.eventsOf('webhook_failed')).toEqual([])
    down = false
    await expectDone(await bench.send(eventBody('user.login', visit)))
    await expectDone(await bench.send(eventBody('user.login', visit)), { status: 'duplicate' })
    expect(runs).toBe(1)
    expect(JSON.stringify(bench.events)).not.toContain('canary')
  })

  it('SEC-270 a store that throws at once, or cannot release, hides no error of the handler', async () => {
    const store = createDeliveryMemory({ clock: () => start })
    const release = () => {
      throw new Error('store down')
    }
    const bench = createBench({
      deliveries: { ...store, release },
      onOther: () => {
        throw new Error('of the handler')
      },
    })
    await expect(bench.send(eventBody('user.login', visit))).rejects.toThrow('of the handler')
  })

  it('SEC-268 another process that is at it: 503, later a duplicate', async () => {
    const deliveries = createDeliveryMemory({ clock: () => start })
    // By the address of its route: a store may be shared by several.
    const key = await sha256Base64url(`${address} msg_1`)
    await deliveries.claim('msg_1', 60)
    await deliveries.claim(key, 60)
    let runs = 0
    const bench = createBench({ deliveries, onOther: () => void runs++ })
    await expectRefused(await bench.send(eventBody('user.login', visit)), 503, 'deliveries_unavailable')
    expect(bench.eventsOf('webhook_refused')).toMatchObject([{ reason: 'in_progress' }])
    await deliveries.complete(key, 60)
    await expectDone(await bench.send(eventBody('user.login', visit)), { status: 'duplicate' })
    expect(runs).toBe(0)
  })

  it('SEC-243 asks a store of the app with short names only', async () => {
    const keys: string[] = []
    const store = createDeliveryMemory({ clock: () => start })
    const deliveries: DeliveryStore = {
      ...store,
      claim: (key, seconds) => store.claim(keys[keys.push(key) - 1]!, seconds),
      latest: (key, at, seconds) => store.latest(keys[keys.push(key) - 1]!, at, seconds),
    }
    await createBench({ deliveries }).send(eventBody('a', { id: `:*\u0000${'x'.repeat(9_999)}` }))
    expect(keys).toHaveLength(2)
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{1,255}$/)
  })
})

describe('in order', () => {
  const membership = (occurred_at: string) => eventBody('user.organization_membership_updated', member, { occurred_at })

  it('SEC-278 says of an older event that a later one was handled', async () => {
    const heard: unknown[] = []
    const bench = createBench({ onOther: ({ deliveryId, stale }) => void heard.push([deliveryId, stale]) })
    await bench.send(membership(later), { id: 'later' })
    await bench.send(membership(earlier), { id: 'earlier' })
    await bench.send(membership(later), { id: 'same' })
    await bench.send(eventBody('user.login', visit, { occurred_at: earlier }), { id: 'other' })
    expect(heard).toEqual([
      ['later', false],
      ['earlier', true],
      ['same', false],
      ['other', false],
    ])
    expect(bench.eventsOf('webhook_handled').map((event) => (event as { stale: boolean }).stale)).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('SEC-278 handles two events about one object one after another, others beside them', async () => {
    const log: string[] = []
    const bench = createBench({
      async onOther({ deliveryId }) {
        log.push(`${deliveryId} begins`)
        await new Promise((resolve) => setTimeout(resolve, deliveryId === 'first' ? 20 : 1))
        log.push(`${deliveryId} ends`)
      },
    })
    await Promise.all([
      bench.send(membership(earlier), { id: 'first' }),
      new Promise((resolve) => setTimeout(resolve, 5)).then(() => bench.send(membership(later), { id: 'second' })),
      bench.send(eventBody('user.login', visit), { id: 'other' }),
    ])
    expect(log.filter((line) => !line.startsWith('other'))).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends',
    ])
    expect(log.indexOf('other ends')).toBeLessThan(log.indexOf('first ends'))
  })

  it('SEC-279 a session ends before the handler is done, and before the turn of its event', async () => {
    const releases: (() => void)[] = []
    const bench = createBench({ onOther: () => new Promise<void>((resolve) => void releases.push(resolve)) })
    const slow = bench.send(eventBody('user.login', visit), { id: 'slow' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const logout = bench.send(eventBody('user.logout', visit), { id: 'logout' })
    await vi.waitFor(() => expect(bench.marks.isRevoked(ada)).toBe(true))
    // Of one object the second waits for the first; here they are the two events of one session.
    expect(releases).toHaveLength(1)
    releases[0]!()
    await slow
    await new Promise((resolve) => setTimeout(resolve, 5))
    releases[1]!()
    await expectDone(await logout)
  })
})

describe('sessions', () => {
  it.each([
    ['user.logout', visit, 'sid', { sid: 'ses_1', userId: 'usr_1' }],
    ['user.organization_membership_deleted', member, 'member', { userId: 'usr_1', organizationId: 'org_1' }],
    ['user.deleted', { user: { id: 'usr_1' } }, 'sub', { userId: 'usr_1' }],
    ['organization.deleted', { id: 'org_1', display_name: 'x' }, 'organization', { organizationId: 'org_1' }],
  ])(
    'SEC-279 %s ends sessions by the path of back-channel logout, whatever the app does',
    async (type, data, scope, names) => {
      const ended: EndedSessions[] = []
      const bench = createBench({ onSessionsEnded: (one) => void ended.push(one) })
      await expectDone(await bench.send(eventBody(type, data)))
      expect(bench.marks.isRevoked(ada)).toBe(true)
      expect(bench.marks.isRevoked({ ...ada, loggedInAt: start + 1 })).toBe(false)
      expect(bench.marks.isRevoked({ ...ada, sid: 'ses_2', sub: 'usr_2', organizationId: 'org_2' })).toBe(false)
      expect(ended).toEqual([{ at: start, scope, ...names }])
      expect(bench.eventsOf('sessions_ended')).toEqual([{ by: 'webhook', scope }])
    },
  )

  it('SEC-279 a changed membership ends nothing, and is refreshed before it is believed', async () => {
    const bench = createBench()
    await bench.send(eventBody('user.organization_membership_updated', member, { occurred_at: '2027-01-15T07:00:00Z' }))
    expect(bench.marks.isRevoked(ada)).toBe(false)
    expect(bench.marks.isOutdated({ ...ada, confirmedAt: start })).toBe(true)
    expect(bench.marks.isOutdated({ ...ada, confirmedAt: start + 1 })).toBe(false)
    expect(bench.marks.isOutdated({ ...ada, organizationId: 'org_2', confirmedAt: start })).toBe(false)
  })

  it('SEC-279 a membership that changes in the second of a confirmation is noticed', async () => {
    const bench = createBench({ clock: systemClock })
    while (Date.now() % 1000 > 500) await new Promise((resolve) => setTimeout(resolve, 20))
    const confirmedAt = Date.now() / 1000
    await bench.send(eventBody('user.organization_membership_updated', member))
    expect(bench.marks.isOutdated({ ...ada, confirmedAt })).toBe(true)
    expect(bench.marks.isOutdated({ ...ada, confirmedAt: await bench.marks.confirmationTime(ada) })).toBe(false)
  })

  it('SEC-278 a late logout ends no login that came after it, and takes back no later one', async () => {
    const bench = createBench()
    const late = eventBody('user.logout', visit, { occurred_at: '2027-01-15T07:59:00.999Z' })
    await bench.send(late, { id: 'late' })
    expect(bench.marks.isRevoked({ ...ada, loggedInAt: start - 60 })).toBe(true)
    expect(bench.marks.isRevoked({ ...ada, loggedInAt: start - 59 })).toBe(false)
    await bench.send(eventBody('user.logout', visit), { id: 'now' })
    await bench.send(late, { id: 'later-still' })
    expect(bench.marks.isRevoked({ ...ada, loggedInAt: start - 59 })).toBe(true)
  })

  it('I2 I7 SEC-278 ends a session also where our clock is minutes behind the sender’s', async () => {
    const bench = createBench()
    bench.time.now = start - 280
    await bench.send(eventBody('user.logout', visit), { timestamp: start })
    expect(bench.marks.isRevoked({ ...ada, loggedInAt: start })).toBe(true)
    expect(bench.marks.isRevoked({ ...ada, loggedInAt: start + 1 })).toBe(false)
  })

  it.each([
    ['behind the sender’s', -280, start + 1],
    ['ahead of it', 290, start + 290],
  ])('SEC-279 a changed membership is noticed where our clock is minutes %s', async (_label, off, at) => {
    const bench = createBench()
    bench.time.now = start + off
    await bench.send(eventBody('user.organization_membership_updated', member), { timestamp: start })
    expect(bench.marks.isOutdated({ ...ada, confirmedAt: at })).toBe(true)
    expect(bench.marks.isOutdated({ ...ada, confirmedAt: at + 1 })).toBe(false)
  })

  it('SEC-278 an event from the future keeps nobody out for longer than clocks may differ', async () => {
    const ended: EndedSessions[] = []
    const bench = createBench({ onSessionsEnded: (one) => void ended.push(one) })
    await bench.send(eventBody('user.logout', visit, { occurred_at: '2099-01-01T00:00:00Z' }))
    expect(ended).toMatchObject([{ at: start + 60 }])
    expect(bench.marks.isRevoked({ ...ada, loggedInAt: start + 61 })).toBe(false)
  })

  it('says nothing of what was sent in any event of the kit', async () => {
    const bench = createBench({ onOther: () => undefined })
    const secret = { user: { id: 'usr_canary', email: 'canary@example' }, user_session: { session_id: 'ses_canary' } }
    await bench.send(eventBody('user.logout', secret))
    await bench.send(eventBody('canary', secret), { id: 'msg_canary' })
    await bench.send(eventBody('user.logout', secret), { secret: otherSecret, id: 'msg_canary2' })
    expect(bench.events.length).toBeGreaterThan(3)
    expect(JSON.stringify(bench.events)).not.toContain('canary')
  })
})
