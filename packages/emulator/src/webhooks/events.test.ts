import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, WebhookEvent } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { logIn, loginPath, session } from '../test/login.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

let emulator: Emulator
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  emulator = await startBuilt({ webhooks: { url: receiver.url } })
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await emulator.control.reset()
  receiver.reset()
})

/** What the app heard so far. */
async function heard(): Promise<readonly WebhookEvent[]> {
  await emulator.control.webhooks.settled()
  return receiver.events
}

async function types(): Promise<readonly string[]> {
  return (await heard()).map(({ type }) => type)
}

describe('what happens is told', () => {
  it('user.login when a session begins, and only then', async () => {
    const { browser, id } = await session(emulator, { user: people.ada })
    await session(emulator, { user: people.ada, browser, params: { prompt: 'login' } })
    const [event, ...more] = await heard()
    expect(more).toEqual([])
    expect(event).toMatchObject({
      type: 'user.login',
      organization_id: organizations.acme,
      data: {
        user: { id: people.ada, email: 'ada@acme.test', user_profile: { name: 'Ada Admin', locale: 'en-GB' } },
        user_session: { session_id: id.sid, user_id: people.ada, status: 'ACTIVE', logout_at: null },
      },
    })
  })

  it('user.logout at a log-out, whose status says ACTIVE', async () => {
    const { browser, tokens, id } = await session(emulator, { user: people.ada })
    await browser.get(`/oidc/logout?id_token_hint=${tokens.id_token}`)
    const [, event] = await heard()
    expect(event).toMatchObject({
      type: 'user.logout',
      data: { user_session: { session_id: id.sid, status: 'ACTIVE', logout_at: null } },
    })
  })

  it('webhookLogoutStatus: user.logout may say LOGGED_OUT', async () => {
    await emulator.control.settings({ webhookLogoutStatus: 'LOGGED_OUT' })
    const { id } = await session(emulator, { user: people.ada })
    await emulator.control.revokeSession(String(id.sid))
    const [login, logout] = await heard()
    expect(login).toMatchObject({ data: { user_session: { status: 'ACTIVE' } } })
    expect(logout).toMatchObject({
      data: { user_session: { status: 'LOGGED_OUT', logout_at: expect.stringMatching(/Z$/) } },
    })
  })

  it('user.logout at a revocation, but not at a silent one', async () => {
    const { id } = await session(emulator, { user: people.ada })
    const other = await session(emulator, { user: people.max })
    await emulator.control.revokeSession(String(id.sid), { notify: false })
    await emulator.control.revokeSession(String(other.id.sid))
    expect(await types()).toEqual(['user.login', 'user.login', 'user.logout'])
  })

  it('memberships: created, updated, deleted, and the log-out that follows', async () => {
    await emulator.control.setMember(organizations.globex, people.max, ['member'])
    await emulator.control.setMember(organizations.globex, people.max, ['admin'])
    await logIn(emulator, { user: people.max, organization: organizations.globex })
    await emulator.control.removeMember(organizations.globex, people.max)
    const events = await heard()
    expect(events.map(({ type }) => type)).toEqual([
      'user.organization_membership_created',
      'user.organization_membership_updated',
      'user.login',
      'user.organization_membership_deleted',
      'user.logout',
    ])
    expect(events[3]).toMatchObject({
      object: 'OrgMembership',
      organization_id: organizations.globex,
      data: { organization: { id: organizations.globex, display_name: 'Globex' }, user: { id: people.max } },
    })
    expect(Object.keys(events[3]?.data as object)).toEqual(['organization', 'user'])
  })

  it('sign-up: the organization, the membership, the sign-up, the login, in growing instants', async () => {
    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser, { prompt: 'create' })
    const form = { email: 'new@new.test', given_name: 'New', family_name: 'Person', organization_name: 'New Inc' }
    await browser.post(`${path}/sign-up`, form)
    const events = await heard()
    expect(events.map(({ type }) => type)).toEqual([
      'organization.created',
      'user.organization_membership_created',
      'user.signup',
      'user.login',
    ])
    expect(events[2]).toMatchObject({
      data: { organization: { display_name: 'New Inc' }, user: { email: 'new@new.test' } },
    })
    const instants = events.map(({ occurred_at }) => occurred_at)
    expect(instants.toSorted()).toEqual(instants)
    expect(new Set(instants).size).toBe(4)
  })

  it('somebody who joins by SSO, with the identity provider', async () => {
    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser, { connection_id: connections.acme })
    await browser.post(`${path}/sso`, { email: 'sam@example.com', outcome: 'success' })
    const [joined, login] = await heard()
    expect(joined?.type).toBe('user.organization_membership_created')
    expect(login).toMatchObject({
      type: 'user.login',
      data: {
        user: { user_profile: { external_identities: [{ connection_id: connections.acme, is_social: false }] } },
      },
    })
  })

  it('user.organization_invitation for somebody who has no account yet', async () => {
    await emulator.control.invite({ organizationId: organizations.globex, email: 'ivy@new.test' })
    expect(await heard()).toMatchObject([
      {
        type: 'user.organization_invitation',
        organization_id: organizations.globex,
        data: { user: { email: 'ivy@new.test', user_profile: { name: '', email_verified: false } } },
      },
    ])
  })

  it('organization.updated when features change', async () => {
    await emulator.control.setFeatures(organizations.globex, { dir_sync: true })
    expect(await heard()).toMatchObject([
      {
        type: 'organization.updated',
        data: { settings: { features: expect.arrayContaining([{ name: 'dir_sync', enabled: true }]) } },
      },
    ])
  })

  it('nothing about users in Modular SSO, which has none', async () => {
    await emulator.control.settings({ product: 'modular-sso' })
    await emulator.control.setMember(organizations.globex, people.max, ['member'])
    expect(await heard()).toEqual([])
  })
})

it('works where nobody is seeded', async () => {
  const seed = { ...emulator.seed, users: [] }
  const own = await startBuilt({ seed, webhooks: { url: receiver.url } })
  await own.control.setFeatures(organizations.globex, { sso: false })
  await own.control.webhooks.send({ type: 'user.login' })
  await own.stop()
  expect(receiver.types).toEqual(['organization.updated', 'user.login'])
})

it('an event by hand is about whoever is logged in', async () => {
  const { id } = await session(emulator, { user: people.max })
  await emulator.control.webhooks.send({ type: 'user.logout' })
  expect((await heard()).at(-1)).toMatchObject({ data: { user_session: { session_id: id.sid, user_id: people.max } } })
})
