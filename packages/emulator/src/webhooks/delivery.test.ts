import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultWebhookSecret, type Emulator } from '../index.js'
import { people, startBuilt } from '../test/emulator.js'
import { signedBy, WebhookReceiver } from '../test/webhook-receiver.js'

const otherSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

let emulator: Emulator
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  emulator = await startBuilt({ webhooks: { url: receiver.url }, settings: { webhookRetryScale: 0 } })
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await emulator.control.reset()
  receiver.reset()
})

const send = (input: Partial<Parameters<Emulator['control']['webhooks']['send']>[0]> = {}) =>
  emulator.control.webhooks.send({ type: 'user.login', ...input })

describe('a webhook request', () => {
  it('is what Standard Webhooks asks for', async () => {
    await send()
    const [request] = receiver.received
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^msg_[0-9A-Za-z]+$/),
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[0-9A-Za-z+/]{43}=$/),
    })
    expect(signedBy(request!, defaultWebhookSecret)).toHaveLength(1)
  })

  it('tells the time of the emulator, not of your process', async () => {
    await emulator.control.clock({ offset: -3600 })
    await send()
    const [request] = receiver.received
    const age = Date.now() / 1000 - Number(request?.headers['webhook-timestamp'])
    expect(age).toBeGreaterThan(3590)
    expect(Date.now() - Date.parse(receiver.events[0]?.occurred_at ?? '')).toBeGreaterThan(3_590_000)
  })

  it('is signed with the secret of the endpoint', async () => {
    await emulator.control.webhooks.register({ url: receiver.url, secret: otherSecret })
    await send()
    expect(signedBy(receiver.received[0]!, otherSecret)).toHaveLength(1)
    expect(signedBy(receiver.received[0]!, defaultWebhookSecret)).toHaveLength(0)
  })

  it('has a signature for each secret during a rotation', async () => {
    await emulator.control.webhooks.register({ url: receiver.url, secret: [otherSecret, defaultWebhookSecret] })
    await send()
    const [request] = receiver.received
    expect(String(request?.headers['webhook-signature']).split(' ')).toHaveLength(2)
    expect(signedBy(request!, otherSecret)).toHaveLength(1)
    expect(signedBy(request!, defaultWebhookSecret)).toHaveLength(1)
  })

  it('has an envelope with everything that is required', async () => {
    await send({ userId: people.max })
    expect(receiver.events[0]).toEqual({
      spec_version: '1',
      id: expect.stringMatching(/^evt_\d{18}$/),
      type: 'user.login',
      object: 'User',
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
      environment_id: 'env_101000000000000001',
      organization_id: 'org_102000000000000001',
      data: { user: expect.objectContaining({ id: people.max }), user_session: expect.any(Object) },
      display_name: 'User Login',
    })
  })
})

describe('delivery', () => {
  it.each([200, 201, 202, 204])('is a success with %i', async (status) => {
    receiver.statuses = [status]
    expect(await send()).toMatchObject([{ type: 'user.login', state: 'success', attempts: [{ status }] }])
  })

  it.each([302, 400, 401, 410, 500])('is tried again after %i, and not redirected', async (status) => {
    receiver.statuses = [status]
    await send()
    const [delivery] = await emulator.control.webhooks.settled()
    expect(delivery).toMatchObject({ state: 'success', attempts: [{ status }, { status: 200 }] })
    expect(receiver.received).toHaveLength(2)
  })

  it('keeps id and body, and signs a new timestamp', async () => {
    await emulator.control.settings({ webhookRetryScale: 1000 })
    receiver.statuses = [500]
    const [first] = await send()
    expect(first).toMatchObject({ state: 'retrying', nextAttemptAt: expect.any(Number) })
    await emulator.control.clock({ offset: 60 })
    const [replayed] = await emulator.control.webhooks.replay(first!.id)
    expect(replayed).toMatchObject({ id: first!.id, state: 'success', attempts: [{ status: 500 }, { status: 200 }] })
    expect(replayed).not.toHaveProperty('nextAttemptAt')
    const [one, two] = receiver.received
    expect([two?.headers['webhook-id'], two?.body]).toEqual([one?.headers['webhook-id'], one?.body])
    const [before, after] = [one, two].map((request) => Number(request?.headers['webhook-timestamp']))
    expect(after! - before!).toBeGreaterThanOrEqual(60)
    expect(signedBy(two!, defaultWebhookSecret)).toHaveLength(1)
  })

  it('gives up after six attempts', async () => {
    receiver.statuses = Array.from({ length: 10 }, () => 500)
    await send()
    const [delivery] = await emulator.control.webhooks.settled()
    expect(delivery?.state).toBe('failed')
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500, 500, 500])
  })

  it('waits as the schedule and the scale say', async () => {
    await emulator.control.settings({ webhookRetryScale: 0.01 })
    receiver.statuses = [500, 500]
    const started = performance.now()
    await send()
    await emulator.control.webhooks.settled()
    expect(performance.now() - started).toBeGreaterThan((5 + 30) * 10 - 20)
    await emulator.control.settings({ webhookRetryScale: 1 })
    receiver.statuses = [500]
    const [delivery] = await send()
    expect(delivery!.nextAttemptAt! - delivery!.attempts[0]!.at).toBeGreaterThanOrEqual(5)
    expect(delivery!.nextAttemptAt! - delivery!.attempts[0]!.at).toBeLessThanOrEqual(6)
  })

  it('says why there was no answer', async () => {
    await emulator.control.webhooks.register({ url: 'http://127.0.0.1:9/' })
    const [delivery] = await send({ attempts: 1 })
    expect(delivery).toMatchObject({ state: 'failed', attempts: [{ error: expect.any(String) }] })
  })

  it('webhookDuplicates: sends everything twice under one id', async () => {
    await emulator.control.settings({ webhookDuplicates: true })
    const [delivery] = await send()
    expect(delivery?.attempts).toHaveLength(2)
    const [one, two] = receiver.received
    expect(receiver.received).toHaveLength(2)
    expect(two?.headers['webhook-id']).toBe(one?.headers['webhook-id'])
  })

  it.each([
    ['as-happened', ['user.signup', 'user.login', 'user.logout']],
    ['reversed', ['user.logout', 'user.login', 'user.signup']],
  ] as const)('webhooksPaused: queues until resumed, %s', async (order, expected) => {
    await emulator.control.settings({ webhooksPaused: true })
    for (const type of ['user.signup', 'user.login', 'user.logout']) await send({ type })
    expect((await emulator.control.webhooks.settled()).map(({ state }) => state)).toEqual([
      'queued',
      'queued',
      'queued',
    ])
    expect(receiver.received).toEqual([])
    await emulator.control.webhooks.resume(order)
    await emulator.control.webhooks.settled()
    expect(receiver.types).toEqual(expected)
    expect((await emulator.control.state()).settings.webhooksPaused).toBe(false)
  })

  it('goes on when the setting ends the pause', async () => {
    await emulator.control.settings({ webhooksPaused: true })
    await send()
    await emulator.control.settings({ webhooksPaused: false })
    expect(await emulator.control.webhooks.settled()).toMatchObject([{ state: 'success' }])
  })

  it('ends with the endpoint', async () => {
    await emulator.control.settings({ webhooksPaused: true })
    await send()
    await emulator.control.webhooks.register(null)
    await emulator.control.webhooks.resume()
    expect(await emulator.control.webhooks.settled()).toMatchObject([
      { state: 'failed', attempts: [{ error: 'endpoint_removed' }] },
    ])
  })

  it('forgets what is under way on a reset', async () => {
    await emulator.control.settings({ webhookRetryScale: 0.02 })
    receiver.statuses = [500]
    await send()
    await emulator.control.reset()
    expect(await emulator.control.webhooks.deliveries()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(receiver.received).toHaveLength(1)
  })
})

it('holds up neither its cause nor the end of the emulator', async () => {
  const own = await startBuilt({ webhooks: { url: receiver.url, secret: otherSecret } })
  receiver.statuses = [0]
  const started = performance.now()
  await own.control.setMember('org_102000000000000002', people.max, ['member'])
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1))
  await own.stop()
  expect(performance.now() - started).toBeLessThan(5000)
  expect(signedBy(receiver.received[0]!, otherSecret)).toHaveLength(1)
})
