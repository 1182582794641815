import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, SeedClient } from '../index.js'
import { Browser } from '../test/browser.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { authorize, callbackOf, claims, exchange, loginPath, refresh, session } from '../test/login.js'
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
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop(), apps.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  call = await management(emulator)
  hooks.reset()
  apps.reset()
})

const { acme, globex } = organizations
const zoe = { email: ' Zoe@New.test ', external_id: 'z-1', user_profile: { given_name: 'Zoe', family_name: 'Zest' } }
const heard = async () => {
  await emulator.control.webhooks.settled()
  return hooks.types
}
const create = async (body: object, query = '') =>
  (await call('POST', `organizations/${globex}/users${query}`, body)).json.user
const invitations = async () => (await emulator.control.state()).invitations
const place = (user: string, organization: string = globex) => `memberships/organizations/${organization}/users/${user}`

/** Opens the link of the mail as the browser of the invited person, and accepts. */
async function accept(invitation: string, fields: Record<string, string> = {}) {
  const browser = new Browser(emulator.url)
  const sent = await browser.get(`/invitations/${invitation}`)
  const app = new URL(sent.headers.get('location') ?? 'about:blank')
  expect(app.origin + app.pathname).toBe('http://localhost:3000/auth/login')
  const path = await loginPath(emulator, browser, Object.fromEntries(app.searchParams))
  const answer = await browser.follow(await browser.post(`${path}/invitation`, fields))
  return claims((await exchange(emulator, callbackOf(answer))).access_token)
}

describe('inviting somebody by making a user', () => {
  it('gives a membership that waits, and a mail that the control page shows', async () => {
    const { status, json } = await call('POST', `organizations/${globex}/users`, {
      ...zoe,
      metadata: { plan: 'pro' },
      membership: { roles: [{ name: 'guest' }], metadata: { team: 'red' }, inviter_email: 'bea@globex.test' },
    })
    expect(status).toBe(201)
    expect(json.user).toMatchObject({
      id: expect.stringMatching(/^usr_\d{18}$/),
      email: 'zoe@new.test',
      external_id: 'z-1',
      metadata: { plan: 'pro' },
      user_profile: { given_name: 'Zoe', family_name: 'Zest', name: 'Zoe Zest', email_verified: false },
    })
    const [membership] = json.user.memberships
    expect(membership).toMatchObject({
      organization_id: globex,
      display_name: 'Globex',
      membership_status: 'PENDING_INVITE',
      roles: [{ name: 'guest', display_name: 'Guest' }],
      permissions: [],
      metadata: { team: 'red' },
      inviter_email: 'bea@globex.test',
      provisioning_method: 'invitation',
    })
    expect(Date.parse(membership.expires_at) - Date.parse(membership.created_at)).toBe(15 * 86_400_000)
    expect(membership).not.toHaveProperty('join_time')
    expect(await heard()).toEqual(['user.organization_invitation'])

    const [invitation] = await invitations()
    const html = await (await fetch(`${emulator.url}/_emulator`)).text()
    expect(html).toContain('zoe@new.test')
    expect(html).toContain('bea@globex.test: Join Globex')
    expect(html).toContain(`href="/invitations/${invitation?.id}"`)
    expect(html).toContain('PENDING_INVITE')
  })

  it('leads to the app that invites, or else to the first that can be reached', async () => {
    const [first, second, third] = emulator.seed.clients as [SeedClient, SeedClient, SeedClient]
    const { initiateLoginUri: _, ...unreachable } = first
    const several = await startBuilt({ seed: { ...emulator.seed, clients: [unreachable, second, third] } })
    const leadsTo = async (clientId: string, email: string) => {
      await (await management(several, clientId))('POST', `organizations/${globex}/users`, { email })
      const { id } = (await several.control.state()).invitations.at(-1) ?? {}
      const sent = await new Browser(several.url).get(`/invitations/${id}`)
      return new URL(sent.headers.get('location') ?? 'about:blank').host
    }
    try {
      expect(await leadsTo(third.id, 'zoe@new.test')).toBe('localhost:3002')
      expect(await leadsTo(first.id, 'zia@new.test')).toBe('localhost:3001')
    } finally {
      await several.stop()
    }
  })

  it('lets nobody in before the link is followed', async () => {
    const { id } = await create(zoe)
    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser, { organization_id: globex })
    const refused = callbackOf(await browser.follow(await browser.post(path, { user: id })))
    expect(refused.searchParams.get('error')).toBe('access_denied')

    // Somebody with a session elsewhere does not get in by switching either.
    await call('POST', place(people.max))
    const max = await session(emulator, { user: people.max })
    const switched = callbackOf(await authorize(emulator, max.browser, { organization_id: globex }))
    expect(switched.searchParams.get('error')).toBe('access_denied')
    expect((await call('GET', `organizations/${globex}/users/${people.max}/permissions`)).json.permissions).toEqual([])
  })

  it('becomes a membership by the link, with the roles of that moment', async () => {
    const { id } = await create({ ...zoe, membership: { roles: [{ name: 'guest' }] } })
    await call('PATCH', place(id), { roles: [{ name: 'admin' }] })
    const [invitation] = await invitations()
    hooks.reset()
    expect(await accept(invitation?.id ?? '')).toMatchObject({ sub: id, oid: globex, roles: ['admin'], xuid: 'z-1' })
    const { user } = (await call('GET', `users/${id}`)).json
    expect(user.memberships[0]).toMatchObject({ membership_status: 'ACTIVE', accepted_at: expect.any(String) })
    expect(user.memberships[0]).not.toHaveProperty('expires_at')
    expect(user).toMatchObject({ last_login_time: expect.any(String), user_profile: { email_verified: true } })
    expect(await heard()).toEqual(['user.organization_membership_created', 'user.login'])
  })

  it('asks whoever was invited without a name', async () => {
    await create({ email: 'zoe@new.test' })
    const [invitation] = await invitations()
    await accept(invitation?.id ?? '', { given_name: 'Zoe', family_name: 'Zest' })
    expect((await emulator.control.state()).users.at(-1)).toMatchObject({ name: 'Zoe Zest' })
  })

  it('is a membership at once without a mail', async () => {
    const { id, memberships } = await create(zoe, '?send_invitation_email=false')
    expect(memberships).toMatchObject([
      { membership_status: 'ACTIVE', provisioning_method: 'direct_provision', roles: [{ name: 'member' }] },
    ])
    expect(await invitations()).toEqual([])
    expect(await heard()).toEqual(['user.organization_membership_created'])
    expect((await session(emulator, { user: id })).access).toMatchObject({ oid: globex, roles: ['member'] })
  })

  it('expires after fifteen days; sent again it is a new one', async () => {
    const { id } = await create(zoe)
    const [first] = await invitations()
    await emulator.control.clock({ advance: 15 * 86_400 })
    call = await management(emulator)
    expect((await call('GET', `users/${id}`)).json.user.memberships[0].membership_status).toBe('INVITE_EXPIRED')
    const { json } = await call('PATCH', `invites/organizations/${globex}/users/${id}/resend`, {})
    expect(json.invite).toMatchObject({ status: 'pending_invite', resent_count: 1 })
    expect(Date.parse(json.invite.expires_at) - Date.parse(json.invite.created_at)).toBe(15 * 86_400_000)
    expect((await fetch(`${emulator.url}/invitations/${first?.id}`)).status).toBe(404)
    const second = (await invitations()).at(-1)
    expect(await accept(second?.id ?? '')).toMatchObject({ sub: id, oid: globex })
  })

  it.each<[string, unknown, readonly string[]]>([
    ['no e-mail', {}, ['user.email']],
    ['an e-mail that is none', { email: 'zoe' }, ['user.email']],
    ['an unknown role', { ...zoe, membership: { roles: [{ name: 'king' }] } }, ['user.membership.roles[0].name']],
    [
      'a short value',
      { ...zoe, user_profile: { custom_attributes: { team: '' } } },
      ['user.user_profile.custom_attributes["team"]'],
    ],
    ['a long name', { ...zoe, user_profile: { given_name: 'x'.repeat(256) } }, ['user.user_profile.given_name']],
    ['an inviter that is none', { ...zoe, membership: { inviter_email: 'bea' } }, ['user.membership.inviter_email']],
  ])('is refused with %s', async (_label, body, fields) => {
    expect(await call('POST', `organizations/${globex}/users`, body)).toMatchObject(violation(...fields))
    expect((await emulator.control.state()).users).toHaveLength(5)
  })

  it('is refused for an address or an external id that somebody has, and where there is no organization', async () => {
    await create(zoe)
    const post = (body: object, organization: string = acme) =>
      call('POST', `organizations/${organization}/users`, body)
    expect(await post({ email: 'ZOE@new.test' })).toMatchObject({ status: 409, json: { code: 6 } })
    expect(await post({ email: 'yan@new.test', external_id: 'z-1' })).toMatchObject({ status: 409 })
    expect(await post({ email: 'yan@new.test' }, 'org_9')).toMatchObject({ status: 404 })
    expect(await call('POST', `organizations/${acme}/users?send_invitation_email=perhaps`, zoe)).toMatchObject(
      violation('send_invitation_email'),
    )
  })
})

describe('sending an invitation again', () => {
  const path = (user: string, organization: string = globex) =>
    `invites/organizations/${organization}/users/${user}/resend`

  it('counts, and keeps an open link as it is', async () => {
    const { id } = await create({ ...zoe, membership: { inviter_email: 'bea@globex.test' } })
    const [before] = await invitations()
    await call('PATCH', path(id), {})
    const { status, json } = await call('PATCH', path(id))
    expect(status).toBe(200)
    expect(json).toEqual({
      invite: {
        organization_id: globex,
        user_id: id,
        inviter_email: 'bea@globex.test',
        status: 'pending_invite',
        created_at: expect.any(String),
        expires_at: expect.any(String),
        resent_at: expect.any(String),
        resent_count: 2,
      },
    })
    expect(await invitations()).toMatchObject([{ id: before?.id, resentCount: 2 }])
    expect(await (await fetch(`${emulator.url}/_emulator`)).text()).toContain('sent 3 times')
  })

  it('is refused for members, strangers and foreign organizations', async () => {
    expect(await call('PATCH', path(people.bea))).toMatchObject({ status: 404 })
    expect(await call('PATCH', path(people.max))).toMatchObject({ status: 404 })
    const { id } = await create(zoe)
    expect(await call('PATCH', path(id, acme))).toMatchObject({ status: 404 })
    await accept((await invitations())[0]?.id ?? '')
    expect(await call('PATCH', path(id))).toMatchObject({ status: 400, json: { code: 9 } })
  })
})

describe.each([
  ['id', people.max as string],
  ['external id', 'external'],
])('memberships by %s', (_label, user) => {
  const at = (organization: string = globex) =>
    user === 'external' ? `memberships/organizations/${organization}/users:external/m-1` : place(user, organization)
  beforeEach(async () => {
    await call('PATCH', `users/${people.max}`, { external_id: 'm-1' })
  })

  it('are made, changed and removed', async () => {
    const made = await call('POST', `${at()}?send_invitation_email=false`, { roles: [{ name: 'admin' }] })
    expect([made.status, made.json.user.memberships.length]).toEqual([201, 2])
    const changed = await call('PATCH', at(), { roles: [{ name: 'guest' }], metadata: { team: 'red' } })
    expect(changed.json.user.memberships[1]).toMatchObject({ roles: [{ name: 'guest' }], metadata: { team: 'red' } })
    expect(await call('DELETE', at())).toEqual({ status: 200, json: {} })
    expect((await call('GET', `users/${people.max}`)).json.user.memberships).toHaveLength(1)
    expect(await heard()).toEqual([
      'user.organization_membership_created',
      'user.organization_membership_updated',
      'user.organization_membership_deleted',
    ])
  })

  it('are refused where there is one, none, or no such role', async () => {
    expect(await call('POST', at(acme), {})).toMatchObject({ status: 409, json: { code: 6 } })
    expect(await call('PATCH', at(), {})).toMatchObject({ status: 404, json: { code: 5 } })
    expect(await call('DELETE', at())).toMatchObject({ status: 404 })
    expect(await call('POST', at('org_9'), {})).toMatchObject({ status: 404 })
    expect(await call('POST', at(), { roles: [{ name: 'king' }] })).toMatchObject(violation('membership.roles[0].name'))
    expect(await call('PATCH', at(acme), { roles: [{}] })).toMatchObject(violation('membership.roles[0].name'))
  })
})

describe('memberships', () => {
  it('lose their roles by an update without roles, unless the setting says otherwise', async () => {
    const update = async () =>
      (await call('PATCH', place(people.max, acme), { metadata: { team: 'red' } })).json.user.memberships[0].roles
    expect(await update()).toEqual([])
    await emulator.control.setMember(acme, people.max, ['member'])
    await emulator.control.settings({ membershipUpdateKeepsRoles: true })
    expect(await update()).toMatchObject([{ name: 'member' }])
  })

  it('end at once, with notice to the apps; the others and their sessions stay', async () => {
    const bea = await session(emulator, { user: people.bea, organization: acme })
    const max = await session(emulator, { user: people.max })
    hooks.reset()
    await call('DELETE', place(people.bea, acme))
    expect(await refresh(emulator, bea.tokens)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(emulator, max.tokens)).toHaveProperty('access_token')
    expect(apps.tokens.map((token) => claims(token).sid)).toEqual([bea.id.sid])
    expect(await heard()).toEqual(['user.organization_membership_deleted', 'user.logout'])
    expect((await call('GET', `users/${people.bea}`)).json.user.memberships).toHaveLength(1)
  })

  it('take the account with the last of them', async () => {
    const max = await session(emulator, { user: people.max })
    hooks.reset()
    await call('DELETE', place(people.max, acme))
    expect(await call('GET', `users/${people.max}`)).toMatchObject({ status: 404 })
    expect(await heard()).toEqual(['user.organization_membership_deleted', 'user.logout'])
    expect((await call('GET', `sessions/${max.id.sid}`)).json).toMatchObject({ status: 'revoked', user_id: people.max })
  })

  it('withdraw their invitation', async () => {
    const { id } = await create(zoe)
    const [invitation] = await invitations()
    await call('DELETE', place(id))
    expect((await fetch(`${emulator.url}/invitations/${invitation?.id}`)).status).toBe(404)
    expect(await (await fetch(`${emulator.url}/_emulator`)).text()).toContain('withdrawn')
  })
})

describe('a membership that is switched off', () => {
  it('lets nobody in, neither by password nor by single sign-on', async () => {
    const own = await startBuilt({
      seed: {
        ...emulator.seed,
        users: [
          {
            id: 'usr_1',
            email: 'sam@example.com',
            givenName: 'Sam',
            familyName: 'Single',
            memberships: [{ organization: acme, roles: ['member'], status: 'INACTIVE' }],
          },
        ],
      },
    })
    const browser = new Browser(own.url)
    const path = await loginPath(own, browser, { organization_id: acme, login_hint: 'sam@example.com' })
    await browser.follow(await browser.post(path, { email: 'sam@example.com' }))
    const vouched = await browser.post(`${path}/sso`, { email: 'sam@example.com', outcome: 'success' })
    const refused = callbackOf(await browser.follow(vouched))
    expect(refused.searchParams.get('error')).toBe('access_denied')
    const api = await management(own)
    expect((await api('GET', 'users/usr_1')).json.user.memberships).toMatchObject([
      { membership_status: 'INACTIVE', permissions: [] },
    ])
    await own.stop()
  })
})

describe('roles of a member', () => {
  it('are given and taken one by one', async () => {
    const path = `organizations/${acme}/users/${people.max}/roles`
    expect((await call('POST', path, [{ role_name: 'guest' }])).json.roles).toMatchObject([
      { name: 'member' },
      { name: 'guest' },
    ])
    expect(await call('POST', path, [{ role_name: 'king' }])).toMatchObject(violation('roles[0].name'))
    expect(await call('DELETE', `${path}/member`)).toEqual({ status: 200, json: {} })
    expect((await call('GET', path)).json.roles).toMatchObject([{ name: 'guest' }])
    expect(await call('DELETE', `${path}/member`)).toMatchObject({ status: 404 })
  })
})
