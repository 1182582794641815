import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clients, items, seeded, startClients, withSession } from './clients.js'
import { type Masks, plain } from './plain.js'

const { acme, ada } = seeded
let clients: Clients
let sid: string

beforeAll(async () => {
  clients = await startClients()
})
afterAll(() => clients.emulator.stop())
const prepare = async () => {
  sid = await withSession(clients.emulator, ada)
}

describe('sessions: both clients tell the same of one login', () => {
  beforeAll(prepare)

  it('one session', async () => {
    const theirs = plain(await clients.sdk.session.getSession(sid))
    expect(plain(await clients.ours.sessions.get(sid))).toEqual(theirs)
    expect(theirs).toMatchObject({ sessionId: sid, userId: ada, organizationId: acme })
  })

  it('the sessions of a person, and those with a status', async () => {
    const theirs = await clients.sdk.session.getUserSessions(ada, { pageSize: 10 })
    expect(plain(await items(clients.ours.sessions.list({ userId: ada })))).toEqual(plain(theirs.sessions))
    expect(theirs.sessions).toHaveLength(1)
    const ended = await clients.sdk.session.getUserSessions(ada, { filter: { status: ['revoked'] } })
    expect(ended.sessions).toEqual([])
    expect(await items(clients.ours.sessions.list({ userId: ada, status: ['revoked'] }))).toEqual([])
  })
})

describe('sessions: both clients end the same', () => {
  const masks: Masks = { ids: true, times: true }
  const status = async () => (await clients.emulator.control.state()).sessions[0]?.status

  it('one', async () => {
    await prepare()
    const theirs = plain((await clients.sdk.session.revokeSession(sid)).revokedSession, masks)
    expect(await status()).toBe('revoked')
    await prepare()
    expect(plain(await clients.ours.sessions.revoke(sid), masks)).toEqual(theirs)
    expect(await status()).toBe('revoked')
  })

  it('all of a person', async () => {
    await prepare()
    const theirs = await clients.sdk.session.revokeAllUserSessions(ada)
    expect([theirs.totalRevoked, await status()]).toEqual([1, 'revoked'])
    await prepare()
    const own = await clients.ours.sessions.revokeAll({ userId: ada })
    expect([own.totalRevoked, await status()]).toEqual([1, 'revoked'])
    expect(plain(own.revokedSessions, masks)).toEqual(plain(theirs.revokedSessions, masks))
  })
})

describe('a portal link and an invitation', () => {
  it('come from both in the same form', async () => {
    await clients.emulator.control.reset()
    const theirs = await clients.sdk.organization.generatePortalLink(acme)
    const own = await clients.ours.organizations.portalLink(acme)
    const form = (location: string | undefined) => location?.replace(/[0-9a-f-]{36}$/, '{uuid}')
    expect(form(own.location)).toBe(`${clients.emulator.environmentUrl}/magicLink/{uuid}`)
    expect(form(theirs.location)).toBe(form(own.location))
    expect(theirs.location).not.toBe(own.location)
  })

  it('are sent again with the same answer', async () => {
    const masks: Masks = { ids: true, times: true }
    const invite = async () => {
      await clients.emulator.control.reset()
      return (await clients.ours.users.invite({ organizationId: acme }, { email: 'new@acme.test' })).id
    }
    const theirs = plain((await clients.sdk.user.resendInvite(acme, await invite())).invite, masks)
    const own = await clients.ours.invitations.resend({ organizationId: acme, userId: await invite() })
    expect(plain(own, masks)).toEqual(theirs)
    expect(own).toMatchObject({ resentCount: 1 })
  })
})
