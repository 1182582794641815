import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { claims, refresh, session } from '../test/login.js'
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

const emails = (json: { users: readonly { email: string }[] }) => json.users.map(({ email }) => email)

describe('users', () => {
  it('are listed over all organizations and of one, in pages', async () => {
    expect((await call('GET', 'users')).json).toMatchObject({ total_size: 5, next_page_token: '', prev_page_token: '' })
    const path = `organizations/${organizations.acme}/users`
    const first = (await call('GET', `${path}?page_size=2`)).json
    expect(emails(first)).toEqual(['ada@acme.test', 'max@acme.test'])
    const second = (await call('GET', `${path}?page_size=2&page_token=${first.next_page_token}`)).json
    expect(emails(second)).toEqual(['bea@globex.test', 'gil@acme.test'])
    expect((await call('GET', `organizations/${organizations.globex}/users`)).json.total_size).toBe(1)
    const foreign = `organizations/${organizations.globex}/users?page_token=${first.next_page_token}`
    expect(await call('GET', foreign)).toMatchObject({ status: 400, json: { message: 'invalid page token' } })
    expect(await call('GET', 'organizations/org_9/users')).toMatchObject({ status: 404 })
  })

  it.each(['users?page_size=9', 'users?page_size=101', `organizations/${organizations.acme}/users?page_size=101`])(
    'refuse the page size of %s',
    async (path) => {
      expect(await call('GET', path)).toMatchObject(violation('page_size'))
    },
  )

  it('are searched by address, id and external id, everywhere and in one organization', async () => {
    await call('PATCH', `users/${people.max}`, { external_id: 'crm-77' })
    expect(emails((await call('GET', 'users:search?query=ACME.')).json)).toHaveLength(4)
    expect(emails((await call('GET', 'users:search?query=CRM')).json)).toEqual(['max@acme.test'])
    expect(emails((await call('GET', `users:search?query=${people.bea}`)).json)).toEqual(['bea@globex.test'])
    const own = `organizations/${organizations.globex}/users:search`
    expect(emails((await call('GET', `${own}?query=.test`)).json)).toEqual(['bea@globex.test'])
    expect(await call('GET', 'users:search')).toMatchObject(violation('query'))
    expect(await call('GET', `${own}?query=ab`)).toMatchObject(violation('query'))
    expect(await call('GET', `${own}?query=${'x'.repeat(101)}`)).toMatchObject(violation('query'))
    expect(await call('GET', `${own}?query=abc&page_size=31`)).toMatchObject(violation('page_size'))
    expect(await call('GET', 'organizations/org_9/users:search?query=abc')).toMatchObject({ status: 404 })
  })

  it('change in what a patch says; the address never', async () => {
    const profile = {
      first_name: 'Maxine',
      phone_number: '+10000000000',
      preferred_username: 'max',
      gender: 'x',
      locale: 'de-DE',
      picture: 'https://max.test/p.png',
      groups: ['red'],
      custom_attributes: { team: 'red' },
      metadata: { source: 'crm' },
    }
    const { status, json } = await call('PATCH', `users/${people.max}`, {
      email: 'other@acme.test',
      external_id: 'm-1',
      metadata: { plan: 'pro' },
      user_profile: profile,
    })
    expect(status).toBe(200)
    const { first_name: _old, ...kept } = profile
    expect(json.user).toMatchObject({
      email: 'max@acme.test',
      external_id: 'm-1',
      metadata: { plan: 'pro' },
      user_profile: { ...kept, given_name: 'Maxine', family_name: 'Member', name: 'Maxine Member' },
    })
    const again = (await call('PATCH', 'users:external/m-1', { user_profile: { name: 'M. M.', gender: '' } })).json.user
    expect(again).toMatchObject({
      metadata: { plan: 'pro' },
      user_profile: { name: 'M. M.', phone_number: '+10000000000' },
    })
    expect(again.user_profile).not.toHaveProperty('gender')
    expect((await call('GET', 'users:external/m-1')).json.user).toEqual(again)
    expect((await session(emulator, { user: people.max })).id).toMatchObject({ name: 'M. M.', given_name: 'Maxine' })
  })

  it('have an external id of their own', async () => {
    await call('PATCH', `users/${people.max}`, { external_id: 'm-1' })
    expect(await call('PATCH', `users/${people.ada}`, { external_id: 'm-1' })).toMatchObject({ status: 409 })
    expect(await call('PATCH', `users/${people.max}`, { external_id: 'm-1' })).toMatchObject({ status: 200 })
    expect((await call('PATCH', `users/${people.max}`, { external_id: '' })).json.user).not.toHaveProperty(
      'external_id',
    )
  })

  it.each(['users/usr_9', 'users:external/nobody'])('404 for %s', async (path) => {
    for (const method of ['GET', 'DELETE']) expect(await call(method, path)).toMatchObject({ status: 404 })
    expect(await call('PATCH', path, {})).toMatchObject({ status: 404, json: { code: 5 } })
  })

  it('refuse wrong fields of a patch', async () => {
    expect(await call('PATCH', `users/${people.max}`, { metadata: { a: 'b' } })).toMatchObject(
      violation('user.metadata["a"]'),
    )
  })

  it('are deleted with their memberships and sessions', async () => {
    const bea = await session(emulator, { user: people.bea, organization: organizations.globex })
    await emulator.control.webhooks.settled()
    hooks.reset()
    expect(await call('DELETE', `users/${people.bea}`)).toEqual({ status: 200, json: {} })
    expect(await call('GET', `users/${people.bea}`)).toMatchObject({ status: 404 })
    expect(await refresh(emulator, bea.tokens)).toMatchObject({ error: 'invalid_grant' })
    expect(apps.tokens.map((token) => claims(token).sub)).toEqual([people.bea])
    await emulator.control.webhooks.settled()
    expect(hooks.types).toEqual([
      'user.organization_membership_deleted',
      'user.organization_membership_deleted',
      'user.logout',
    ])
    expect(hooks.events[2]?.data).toMatchObject({ user: { id: people.bea } })
  })

  it('are deleted by external id', async () => {
    await call('PATCH', `users/${people.max}`, { external_id: 'm-1' })
    expect(await call('DELETE', 'users:external/m-1')).toMatchObject({ status: 200 })
    expect(await call('GET', 'users:external/m-1')).toMatchObject({ status: 404 })
  })
})
