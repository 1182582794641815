import { createManagementClient } from '@scalegate/core/management'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, organizations, people, startBench } from '../test/bench.js'
import { members } from './members.js'

const { acme, globex } = organizations
let bench: Bench<readonly [ReturnType<typeof members>]>
beforeAll(async () => {
  bench = await startBench([members()])
})
afterAll(() => bench.stop())

describe('GET members', () => {
  it('shows who is in the organization, and nothing of other ones', async () => {
    const { environmentUrl, clientId, clientSecret } = bench.emulator
    const scalekit = createManagementClient({ environmentUrl, clientId, clientSecret })
    await scalekit.users.update(people.bea, { metadata: { crm: 'canary' } })
    await scalekit.users.invite({ organizationId: acme }, { email: 'new@acme.test' })
    const answer = await bench.call(await bench.signedIn('max'), '/auth/members')
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    const { members: listed } = answer.body
    const found = (email: string) => listed.find((one: { email: string }) => one.email === email)
    expect(listed.map(({ email }: { email: string }) => email)).toEqual([
      'ada@acme.test',
      'max@acme.test',
      'bea@globex.test',
      'gil@acme.test',
      'ivy@acme.test',
      'new@acme.test',
    ])
    const max = { id: people.max, name: 'Max Member', status: 'ACTIVE', isYou: true, roles: [{ name: 'member' }] }
    expect(found('max@acme.test')).toMatchObject(max)
    expect(found('bea@globex.test')).toMatchObject({ isYou: false, roles: [{ name: 'member' }] })
    const open = { status: 'PENDING_INVITE', invitationExpiresAt: expect.any(String) }
    expect(found('new@acme.test')).toMatchObject(open)
    expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`canary|${globex}|Globex"`))
  })

  it('comes in pages', async () => {
    const admin = await bench.signedIn('ada')
    const first = (await bench.call(admin, '/auth/members?page_size=4')).body
    expect(first.members).toHaveLength(4)
    const token = encodeURIComponent(first.nextPageToken)
    const second = (await bench.call(admin, `/auth/members?page_size=4&page_token=${token}`)).body
    expect([second.members.length, second.nextPageToken]).toEqual([2, undefined])
    expect(second.members[0].id).not.toBe(first.members[0].id)
  })

  it.each(['0', '101', '-1', '1.5', 'all', '1e9'])('refuses %s members a page', async (size) => {
    const admin = await bench.signedIn('ada')
    await bench.upstream()
    const { status, body } = await bench.call(admin, `/auth/members?page_size=${size}`)
    expect([status, body.code, await bench.upstream()]).toEqual([400, 'page_size_invalid', []])
  })

  it('SEC-331 is of the own organization, for those who may read', async () => {
    const guest = await bench.signedIn('gil')
    const admin = await bench.signedIn('ada')
    await bench.upstream()
    const refused = [
      await bench.call(guest, '/auth/members'),
      await bench.call(admin, `/auth/members?organization_id=${globex}`),
    ]
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
      [403, 'forbidden'],
      [403, 'wrong_organization'],
    ])
    expect(await bench.upstream()).toEqual([])
  })
})

describe('the helpers', () => {
  const session = {
    user: { id: people.ada, emailVerified: true },
    organizationId: acme,
    roles: [],
    permissions: [],
    claims: {},
    loggedInAt: 0,
    expiresAt: 0,
    stale: false,
  }
  const admin = ['sk_org_users_read', 'sk_org_users_invite', 'sk_org_users_role_change', 'sk_org_users_delete'] as const
  const helpers = {
    list: (one: typeof session) => bench.auth.members.list(one),
    invite: (one: typeof session) => bench.auth.members.invite(one, { email: 'x@acme.test' }),
    resendInvitation: (one: typeof session) => bench.auth.members.resendInvitation(one, people.max),
    changeRoles: (one: typeof session) => bench.auth.members.changeRoles(one, people.max, ['guest']),
    remove: (one: typeof session) => bench.auth.members.remove(one, people.max),
    assignableRoles: (one: typeof session) => bench.auth.members.assignableRoles(one),
  }

  it.each(Object.entries(helpers))('%s asks the session for permission, and asks no stale one', async (_name, call) => {
    await bench.upstream()
    await expect(call(session)).rejects.toMatchObject({ code: 'forbidden', status: 403 })
    const stale = { ...session, permissions: admin as never, stale: true }
    await expect(call(stale)).rejects.toMatchObject({ code: 'session_stale', status: 401 })
    const { organizationId: _gone, ...nowhere } = { ...session, permissions: admin as never }
    await expect(call(nowhere as never)).rejects.toMatchObject({ code: 'no_organization', status: 403 })
    expect(await bench.upstream()).toEqual([])
  })
})
