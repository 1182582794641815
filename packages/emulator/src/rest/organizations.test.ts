import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { refresh, session } from '../test/login.js'
import { type Call, management, violation } from '../test/management.js'
import { Receiver } from '../test/receiver.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

let emulator: Emulator
let hooks: WebhookReceiver
let apps: Receiver
let call: Call

beforeAll(async () => {
  hooks = await WebhookReceiver.start()
  apps = await Receiver.start()
  emulator = await startBuilt({ clients: { backchannelLogoutUri: apps.url }, webhooks: { url: hooks.url } })
  call = await management(emulator)
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop(), apps.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  hooks.reset()
  apps.reset()
})

const types = async () => {
  await emulator.control.webhooks.settled()
  return hooks.types
}
const create = async (body: object) => (await call('POST', 'organizations', body)).json.organization

describe('organizations', () => {
  it('are made with everything an app says of them', async () => {
    const body = { display_name: 'Hooli', external_id: 'h-1', slug: 'hooli', logo_url: 'https://h.test/l.png' }
    const { status, json } = await call('POST', 'organizations', { ...body, metadata: { plan: 'pro' } })
    expect(status).toBe(201)
    expect(json).toEqual({
      organization: {
        ...body,
        id: expect.stringMatching(/^org_\d{18}$/),
        create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        update_time: json.organization.create_time,
        region_code: 'US',
        metadata: { plan: 'pro' },
        settings: { features: [] },
      },
    })
    expect(await types()).toEqual(['organization.created'])
    expect(hooks.events[0]?.data).toMatchObject({
      id: json.organization.id,
      external_id: 'h-1',
      metadata: { plan: 'pro' },
    })
  })

  it('take fields by their JSON names, ignore unknown ones and take null for absent', async () => {
    const made = await create({ displayName: 'Hooli', externalId: 'h', metadata: null, colour: 'red' })
    expect(made).toMatchObject({ display_name: 'Hooli', external_id: 'h', metadata: {} })
    expect(made).not.toHaveProperty('colour')
  })

  it.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['organization.display_name']],
    ['an empty name', { display_name: '' }, ['organization.display_name']],
    ['a name that is none', { display_name: 7 }, ['organization.display_name']],
    ['a long name', { display_name: 'x'.repeat(201) }, ['organization.display_name']],
    ['a slug of no host', { display_name: 'H', slug: 'Not Ok' }, ['organization.slug']],
    ['a logo that is not https', { display_name: 'H', logo_url: 'http://h.test' }, ['organization.logo_url']],
    ['a short key', { display_name: 'H', metadata: { a: 'b' } }, ['organization.metadata["a"]']],
    ['eleven pairs', { display_name: 'H', metadata: pairs(11) }, ['organization.metadata']],
    ['two wrong fields', { metadata: { key: 5 } }, ['organization.display_name', 'organization.metadata["key"]']],
    ['a list', [], ['organization']],
  ])('are refused with %s', async (_label, body, fields) => {
    expect(await call('POST', 'organizations', body)).toMatchObject(violation(...fields))
    expect(await types()).toEqual([])
  })

  it('are refused with a body that is not JSON', async () => {
    expect(await call('POST', 'organizations', '{"display')).toMatchObject({ status: 400, json: { code: 3 } })
  })

  it('have an external id and a slug of their own', async () => {
    const twin = { status: 409, json: { code: 6, details: [{ error_code: 'ALREADY_EXISTS' }] } }
    const made = await create({ display_name: 'Hooli', slug: 'hooli' })
    expect(await call('POST', 'organizations', { display_name: 'B', external_id: 'acme' })).toMatchObject(twin)
    expect(await call('POST', 'organizations', { display_name: 'B', slug: 'hooli' })).toMatchObject(twin)
    expect(await call('PATCH', `organizations/${made.id}`, { external_id: 'acme' })).toMatchObject(twin)
    expect(await call('PATCH', `organizations/${made.id}`, { slug: 'hooli' })).toMatchObject({ status: 200 })
  })

  it('are found by external id; an `id` in the query wins and fails, as Scalekit documents', async () => {
    const path = 'organizations:external/globex'
    expect((await call('GET', path)).json.organization.id).toBe(organizations.globex)
    expect(await call('GET', 'organizations:external/hooli')).toMatchObject({ status: 404, json: { code: 5 } })
    expect(await call('GET', `${path}?id=${organizations.acme}`)).toMatchObject({
      status: 400,
      json: { message: 'ExternalId is required' },
    })
  })

  it('change in what a patch says', async () => {
    const { id } = await create({ display_name: 'Hooli', external_id: 'h', slug: 'hooli', metadata: { plan: 'pro' } })
    const patch = { display_name: 'Hooli 2', external_id: '', slug: '' }
    const { json } = await call('PATCH', `organizations/${id}`, patch)
    expect(json.organization).toMatchObject({ display_name: 'Hooli 2', metadata: { plan: 'pro' } })
    expect(json.organization).not.toHaveProperty('external_id')
    expect(json.organization).not.toHaveProperty('slug')
    expect(await call('PATCH', 'organizations/org_9', {})).toMatchObject({ status: 404 })
    expect(await types()).toEqual(['organization.created', 'organization.updated'])
  })

  it('come in pages', async () => {
    for (let number = 1; number <= 22; number += 1) await create({ display_name: `Org ${number}` })
    const first = (await call('GET', 'organizations?page_size=10')).json
    expect(first).toMatchObject({ prev_page_token: '', total_size: 25 })
    expect(first.organizations).toHaveLength(10)
    const second = (await call('GET', `organizations?pageSize=10&pageToken=${first.next_page_token}`)).json
    const third = (await call('GET', `organizations?page_size=10&page_token=${second.next_page_token}`)).json
    expect(third).toMatchObject({ next_page_token: '', total_size: 25 })
    const ids = [first, second, third].flatMap(({ organizations: page }) => page.map(({ id }: { id: string }) => id))
    expect(new Set(ids).size).toBe(25)
    const back = (await call('GET', `organizations?page_size=10&page_token=${third.prev_page_token}`)).json
    expect(back.organizations).toEqual(second.organizations)
    expect((await call('GET', 'organizations?external_id=acme')).json.organizations).toHaveLength(1)
  })

  it.each(['page_size=9', 'page_size=101', 'page_size=-1', 'page_size=many'])('refuse %s', async (query) => {
    expect(await call('GET', `organizations?${query}`)).toMatchObject(violation('page_size'))
  })

  it('refuse a page token that is none, and one of another list', async () => {
    const wrong = { status: 400, json: { code: 3, message: 'invalid page token' } }
    expect(await call('GET', 'organizations?page_token=x')).toMatchObject(wrong)
    for (let number = 1; number <= 10; number += 1) await create({ display_name: `Org ${number}` })
    const { next_page_token: token } = (await call('GET', 'organizations')).json
    expect(await call('GET', `users?page_token=${token}`)).toMatchObject(wrong)
  })

  it('are searched by name, id and external id', async () => {
    expect((await call('GET', 'organizations:search?query=GLOB')).json.organizations).toHaveLength(1)
    expect(await call('GET', 'organizations:search?query=gl')).toMatchObject(violation('query'))
  })

  it('have features', async () => {
    const path = `organizations/${organizations.globex}/settings`
    const { json } = await call('PATCH', path, { features: [{ name: 'dir_sync', enabled: true }, { name: 'sso' }] })
    expect(json.organization.settings.features).toEqual(
      expect.arrayContaining([
        { name: 'dir_sync', enabled: true },
        { name: 'sso', enabled: false },
      ]),
    )
    expect(await call('PATCH', path, { features: [{ name: 'time_travel', enabled: true }] })).toMatchObject(
      violation('settings.features[0].name'),
    )
    expect(await call('PATCH', 'organizations/org_9/settings', { features: [] })).toMatchObject({ status: 404 })
  })
})

describe('deleting an organization', () => {
  it('ends the sessions there, and the accounts of those who belong nowhere else', async () => {
    const max = await session(emulator, { user: people.max })
    const bea = await session(emulator, { user: people.bea, organization: organizations.globex })
    await emulator.control.webhooks.settled()
    hooks.reset()
    expect(await call('DELETE', `organizations/${organizations.acme}`)).toEqual({ status: 200, json: {} })

    const { sessions, users, organizations: left } = await emulator.control.state()
    expect(sessions.map(({ status }) => status)).toEqual(['revoked', 'active'])
    expect(users.map(({ email }) => email)).toEqual(['bea@globex.test', 'ivy@acme.test'])
    expect(left.map(({ name }) => name)).toEqual(['Globex', 'Initech'])
    expect(apps.tokens).toHaveLength(1)
    expect(await refresh(emulator, max.tokens)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(emulator, bea.tokens)).toHaveProperty('access_token')
    expect(await types()).toEqual([
      ...Array(5).fill('user.organization_membership_deleted'),
      'user.logout',
      'organization.deleted',
    ])
    expect(await call('GET', `organizations/${organizations.acme}`)).toMatchObject({ status: 404 })
    expect(await call('DELETE', `organizations/${organizations.acme}`)).toMatchObject({ status: 404 })
  })

  it('ends its machine clients', async () => {
    await call('DELETE', `organizations/${organizations.acme}`)
    const response = await fetch(`${emulator.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'm2morg_106000000000000001',
        client_secret: 'test_machine_secret_not_for_production',
      }),
    })
    expect(response.status).toBe(401)
  })
})

describe('session policy', () => {
  const path = `organizations/${organizations.acme}/session-policy`
  const custom = { policy_source: 'CUSTOM', absolute_session_timeout: 6, absolute_session_timeout_unit: 'HOURS' }
  const idle = { idle_session_timeout_enabled: true, idle_session_timeout: 84 }

  it('is the application’s until the organization has its own, in minutes', async () => {
    expect((await call('GET', path)).json).toEqual({ policy: { policy_source: 'APPLICATION' } })
    const { json } = await call('PATCH', path, { ...custom, ...idle })
    expect(json.policy).toEqual({
      policy_source: 'CUSTOM',
      absolute_session_timeout: 360,
      absolute_session_timeout_unit: 'MINUTES',
      idle_session_timeout_enabled: true,
      idle_session_timeout: 84,
      idle_session_timeout_unit: 'MINUTES',
    })
    expect((await call('GET', path)).json).toEqual(json)
    expect((await call('PATCH', path, { policy_source: 'APPLICATION' })).json.policy).toEqual({
      policy_source: 'APPLICATION',
    })
    expect((await call('GET', path.replace('session', 'application-session'))).json).toMatchObject({
      application_policy: { absolute_session_timeout: 43_200, idle_session_timeout: 10_080 },
    })
  })

  it('limits the sessions that begin there, where it is the stricter one', async () => {
    await call('PATCH', path, { ...custom, ...idle })
    const { id } = await session(emulator, { user: people.max })
    const { json } = await call('GET', `sessions/${id.sid}`)
    // A login may take from one second into the next.
    const distance = (name: string) => Math.round((Date.parse(json[name]) - Date.parse(json.created_at)) / 60_000)
    expect([distance('absolute_expires_at'), distance('idle_expires_at')]).toEqual([360, 84])
    await emulator.control.clock({ advance: 84 * 60 + 1 })
    expect((await call('GET', `sessions/${id.sid}`)).json).toMatchObject({ status: 'expired', logout_at: null })
  })

  it.each<[string, object, string]>([
    ['no source', {}, 'policy_source'],
    ['no limit', { policy_source: 'CUSTOM' }, 'absolute_session_timeout'],
    [
      'an absolute limit below the token’s life',
      { ...custom, absolute_session_timeout_unit: 'MINUTES', absolute_session_timeout: 4 },
      'absolute_session_timeout',
    ],
    ['an idle limit below the token’s life', { ...custom, ...idle, idle_session_timeout: 4 }, 'idle_session_timeout'],
    [
      'an idle limit above the absolute one',
      { ...custom, ...idle, idle_session_timeout: 360 },
      'absolute_session_timeout',
    ],
    ['an unknown unit', { ...custom, absolute_session_timeout_unit: 'WEEKS' }, 'absolute_session_timeout_unit'],
  ])('is refused with %s', async (_label, body, field) => {
    expect(await call('PATCH', path, body)).toMatchObject(violation(field))
  })

  it('needs its feature', async () => {
    const globex = `organizations/${organizations.globex}/session-policy`
    expect(await call('PATCH', globex, custom)).toMatchObject({ status: 400, json: { code: 9 } })
    expect(await call('GET', 'organizations/org_9/session-policy')).toMatchObject({ status: 404 })
  })
})

describe('user management', () => {
  it('limits the seats; 0 and nothing are no limit', async () => {
    const path = `organizations/${organizations.acme}/settings/usermanagement`
    const invite = (email: string) => call('POST', `organizations/${organizations.acme}/users`, { email })
    expect((await call('PATCH', path, { settings: { max_allowed_users: 6 } })).json).toEqual({
      settings: { max_allowed_users: 6 },
    })
    expect((await call('GET', path)).json).toEqual({ settings: { max_allowed_users: 6 } })
    expect((await invite('one@new.test')).status).toBe(201)
    expect(await invite('two@new.test')).toMatchObject({ status: 400, json: { code: 9 } })
    // An expired invitation takes no seat.
    await emulator.control.clock({ advance: 15 * 86_400 })
    call = await management(emulator)
    expect((await invite('two@new.test')).status).toBe(201)
    await call('PATCH', path, { settings: { max_allowed_users: 0 } })
    expect((await invite('three@new.test')).status).toBe(201)
    expect((await call('PATCH', path, { settings: {} })).json).toEqual({ settings: {} })
    expect(await call('PATCH', path, { settings: { max_allowed_users: -1 } })).toMatchObject(
      violation('settings.max_allowed_users'),
    )
    expect(await call('PATCH', path, {})).toMatchObject(violation('settings'))
  })
})

function pairs(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']))
}
