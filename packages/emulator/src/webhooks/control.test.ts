import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultWebhookSecret, type Emulator, webhookEventTypes } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { signedBy, WebhookReceiver } from '../test/webhook-receiver.js'

let emulator: Emulator
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  emulator = await startBuilt()
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await emulator.control.reset()
  receiver.reset()
  await emulator.control.webhooks.register({ url: receiver.url })
})

const raw = (method: string, path: string, body?: unknown) =>
  fetch(`${emulator.url}/_emulator/webhooks${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

describe('endpoints', () => {
  it('are none at the start and after a reset', async () => {
    await emulator.control.reset()
    expect(await emulator.control.webhooks.endpoints()).toEqual([])
  })

  it('are registered, with the secret that documents show', async () => {
    const endpoints = await emulator.control.webhooks.register({ url: receiver.url })
    expect(endpoints).toEqual([{ url: receiver.url, secrets: [defaultWebhookSecret] }])
    expect(Buffer.from(defaultWebhookSecret.slice(6), 'base64')).toHaveLength(32)
  })

  it('may be several', async () => {
    const urls = [receiver.url, `${receiver.url}/second`]
    await emulator.control.webhooks.register(urls.map((url) => ({ url })))
    const deliveries = await emulator.control.webhooks.send({ type: 'user.login' })
    expect(deliveries.map(({ url }) => url)).toEqual(urls)
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(1)
  })

  it('come with the seed', async () => {
    const seed = { ...emulator.seed, webhooks: [{ url: receiver.url, secret: defaultWebhookSecret }] }
    const own = await startBuilt({ seed })
    await own.control.webhooks.register(null)
    await own.control.reset()
    expect(await own.control.webhooks.endpoints()).toHaveLength(1)
    await own.stop()
    await expect(startBuilt({ seed: { ...seed, webhooks: [...seed.webhooks, ...seed.webhooks] } })).rejects.toThrow(
      'webhooks must not hold',
    )
  })

  it('get the events they listen to, and what is sent by hand', async () => {
    await emulator.control.webhooks.register({ url: receiver.url, events: ['user.organization_membership_deleted'] })
    await emulator.control.setMember(organizations.globex, people.max, ['member'])
    await emulator.control.removeMember(organizations.globex, people.max)
    await emulator.control.webhooks.settled()
    await emulator.control.webhooks.send({ type: 'role.created' })
    expect(receiver.types).toEqual(['user.organization_membership_deleted', 'role.created'])
  })

  it.each([
    [{ url: 'nowhere' }, 'url'],
    [{ url: 'ftp://x.example' }, 'url'],
    [{ url: 'http://x.example', secret: 'secret' }, 'secret'],
    [{ url: 'http://x.example', secret: 'whsec_' }, 'secret'],
    [{ url: 'http://x.example', secret: 'whsec_a_b' }, 'secret'],
    [{ url: 'http://x.example', secret: [] }, 'secret'],
    [{ url: 'http://x.example', extra: 1 }, 'extra'],
    [[{ url: 'http://x.example' }, { url: 'http://x.example' }], ''],
  ])('are refused when wrong: %j', async (body, path) => {
    const response = await raw('PUT', '', body)
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ path })])
  })
})

describe('POST send', () => {
  it.each(webhookEventTypes)('sends %s', async (type) => {
    const [delivery] = await emulator.control.webhooks.send({ type })
    expect(delivery?.state).toBe('success')
    const [event] = receiver.events
    expect(event).toMatchObject({ type, environment_id: emulator.seed.environmentId })
    expect('organization_id' in event!).toBe(!/^(role|permission)\./.test(type))
    expect(Object.keys(event?.data as object).length).toBeGreaterThan(2 - Number(/^user\./.test(type)))
  })

  it('is about whom it is told', async () => {
    const [at, ids] = [1_700_000_000, { userId: people.bea, organizationId: organizations.globex }]
    await emulator.control.webhooks.send({
      type: 'user.organization_membership_updated',
      occurredAt: at,
      id: 'msg_chosen',
      ...ids,
    })
    expect(receiver.received[0]?.headers['webhook-id']).toBe('msg_chosen')
    expect(receiver.events[0]).toMatchObject({
      occurred_at: '2023-11-14T22:13:20.000000000Z',
      organization_id: organizations.globex,
      data: { organization: { id: organizations.globex }, user: { id: people.bea } },
    })
  })

  it('takes data instead, also for types that nobody knows', async () => {
    await emulator.control.webhooks.send({ type: 'session.expired', data: { any: 'thing' } })
    expect(receiver.events[0]).toMatchObject({ type: 'session.expired', data: { any: 'thing' } })
  })

  it('forges: body, headers, timestamp and signatures; one attempt only', async () => {
    receiver.statuses = [401]
    const [delivery] = await emulator.control.webhooks.send({
      type: 'user.login',
      body: '{"a":',
      timestampOffset: -301,
      headers: { 'Webhook-Id': null, 'content-type': 'text/plain' },
      signatures: ['v1,short', 'valid'],
    })
    expect(delivery).toMatchObject({ state: 'failed', body: '{"a":', attempts: [{ status: 401 }] })
    const [request] = receiver.received
    expect(request?.body).toBe('{"a":')
    expect(request?.headers).not.toHaveProperty('webhook-id')
    expect(request?.headers['content-type']).toBe('text/plain')
    expect(Math.abs(Date.now() / 1000 - 301 - Number(request?.headers['webhook-timestamp']))).toBeLessThan(5)
    const id = { ...request!, headers: { ...request!.headers, 'webhook-id': delivery!.id } }
    expect(request?.headers['webhook-signature']).toMatch(/^v1,short v1,/)
    expect(signedBy(id, defaultWebhookSecret)).toHaveLength(1)
  })

  it.each([
    [{}, 400, 'type'],
    [{ type: 'user.loggin' }, 400, 'type'],
    [{ type: 'user.login', userId: 'usr_none' }, 400, 'userId'],
    [{ type: 'user.login', organizationId: 'org_none' }, 400, 'organizationId'],
    [{ type: 'user.login', sessionId: 'ses_none' }, 400, 'sessionId'],
    [{ type: 'user.login', id: 'msg.dot' }, 400, 'id'],
  ])('refuses %j', async (body, status, path) => {
    const response = await raw('POST', '/send', body)
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ path })])
    expect(receiver.received).toEqual([])
  })

  it('says that there is no endpoint', async () => {
    await emulator.control.webhooks.register(null)
    await expect(emulator.control.webhooks.send({ type: 'user.login' })).rejects.toMatchObject({ status: 404 })
  })
})

describe('deliveries', () => {
  it('are replayed by webhook id, byte for byte', async () => {
    const [delivery] = await emulator.control.webhooks.send({ type: 'user.login' })
    await emulator.control.webhooks.send({ type: 'user.logout' })
    await emulator.control.webhooks.replay(delivery!.id)
    expect(receiver.types).toEqual(['user.login', 'user.logout', 'user.login'])
    expect(receiver.received[2]?.body).toBe(receiver.received[0]?.body)
    await expect(emulator.control.webhooks.replay('msg_unknown')).rejects.toMatchObject({ status: 404 })
  })

  it('are forgotten on demand', async () => {
    await emulator.control.webhooks.send({ type: 'user.login' })
    await emulator.control.webhooks.clearDeliveries()
    expect(await emulator.control.webhooks.deliveries()).toEqual([])
  })
})

it('the control page has a button for every event type, and one to replay', async () => {
  const [delivery] = await emulator.control.webhooks.send({ type: 'user.login' })
  const page = await (await fetch(`${emulator.url}/_emulator`)).text()
  for (const type of webhookEventTypes) expect(page).toContain(`name="type" value="${type}"`)
  expect(page).toContain(`name="id" value="${delivery!.id}"`)
  expect(page).toContain(receiver.url)
})
