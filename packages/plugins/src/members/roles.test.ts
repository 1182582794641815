import { createManagementClient, type ManagementClient } from '@scalegate/core/management'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type Bench, organizations, people, startBench } from '../test/bench.js'
import type { Visitor } from '../test/visitor.js'
import { type MembersOptions, members } from './members.js'

const { acme, globex } = organizations
const { ada, max, gil, bea } = people
const ivy = 'usr_104000000000000005'
let bench: Bench<readonly [ReturnType<typeof members>]>
let scalekit: ManagementClient

const clientOf = ({ emulator: { environmentUrl, clientId, clientSecret } }: typeof bench) =>
  createManagementClient({ environmentUrl, clientId, clientSecret })

async function makeRoles(client: ManagementClient) {
  const role = (name: string, permissions: readonly string[]) =>
    client.roles.create({ name, displayName: name, permissions })
  await role('inviter', ['sk_org_users_read', 'sk_org_users_invite'])
  await role('people_lead', [
    'sk_org_users_read',
    'sk_org_users_invite',
    'sk_org_users_role_change',
    'sk_org_users_delete',
    'projects:read',
  ])
  await role('remover', ['sk_org_users_read', 'sk_org_users_delete', 'projects:read'])
  await role('owner', [])
  await client.roles.create({ name: 'wide', displayName: 'wide', extends: 'admin' })
  const own = (organizationId: string, name: string) =>
    client.organizationRoles.create({ organizationId }, { name, displayName: name, permissions: ['projects:read'] })
  await own(acme, 'acme_reader')
  await own(globex, 'globex_reader')
}

beforeAll(async () => {
  bench = await startBench([members()])
  scalekit = clientOf(bench)
})
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.emulator.control.reset()
  await makeRoles(scalekit)
})

const said = ({ status, body }: Answer) => [status, body.code ?? body]
const rolesOf = async (userId: string, organizationId: string = acme) =>
  (await scalekit.roles.ofUser({ organizationId, userId })).map(({ name }) => name)
const post = (who: Visitor, what: string, fields: object) => bench.call(who, `/auth/members/${what}`, { json: fields })
const change = (who: Visitor, userId: string, roles: unknown) => post(who, 'change-roles', { user_id: userId, roles })
/** Somebody of Acme with these roles, signed in. */
async function as(name: 'ada' | 'max' | 'gil', roles: readonly string[]): Promise<Visitor> {
  await bench.emulator.control.setMember(acme, people[name], roles)
  return bench.signedIn(name)
}
/** The request log knows no difference between what was read and what was refused; a write is a write. */
const writes = async () => (await bench.upstream()).filter((call) => !call.startsWith('GET'))

describe('roles at an invitation', () => {
  const invite = (who: Visitor, email: string, roles: unknown) => post(who, 'invite', { email, roles })

  it('SEC-330 are the default one without sk_org_users_role_change', async () => {
    const inviter = await as('max', ['inviter'])
    await bench.upstream()
    for (const [index, roles] of [['admin'], ['guest'], ['inviter'], ['member', 'admin']].entries())
      expect(said(await invite(inviter, `no${index}@acme.test`, roles))).toEqual([403, 'role_not_allowed'])
    expect(await writes()).toEqual([])
    expect((await invite(inviter, 'yes@acme.test', ['member'])).status).toBe(200)
    expect((await invite(inviter, 'yes2@acme.test', [])).status).toBe(200)
    const { invitations } = await bench.emulator.control.state()
    expect(invitations.map(({ email, roles }) => [email, roles])).toEqual([
      ['yes@acme.test', ['member']],
      ['yes2@acme.test', ['member']],
    ])
  })

  it('SEC-330 are within what the inviter has, with it', async () => {
    const lead = await as('max', ['people_lead'])
    await bench.upstream()
    // `wide` inherits it all; `owner` gives nothing, so its name is what counts.
    for (const role of ['admin', 'wide', 'owner'])
      expect(said(await invite(lead, `${role}@acme.test`, [role]))).toEqual([403, 'role_not_allowed'])
    expect(await writes()).toEqual([])
    for (const role of ['guest', 'people_lead', 'acme_reader', 'member'])
      expect((await invite(lead, `${role}@acme.test`, [role])).status, role).toBe(200)
  })

  it.each([
    ['of another organization', ['globex_reader']],
    ['that nobody knows', ['king']],
    ['by the name of a prototype', '__proto__'],
    ['by the name of a member', ['constructor']],
    ['one good, one not', ['member', 'king']],
  ])('SEC-330 refuses a role %s, to an admin too', async (_what, roles) => {
    const admin = await bench.signedIn('ada')
    await bench.upstream()
    expect(said(await invite(admin, 'x@acme.test', roles))).toEqual([403, 'role_not_allowed'])
    expect(said(await change(admin, max, roles))).toEqual([403, 'role_not_allowed'])
    expect([await writes(), await rolesOf(max)]).toEqual([[], ['member']])
  })

  it('SEC-330 refuses more than twenty names, and long ones', async () => {
    const admin = await bench.signedIn('ada')
    for (const roles of [Array.from({ length: 21 }, (_, index) => `r${index}`), ['r'.repeat(101)]])
      expect(said(await invite(admin, 'x@acme.test', roles))).toEqual([400, 'roles_invalid'])
  })

  it('SEC-330 are refused at once to somebody who was demoted a moment ago', async () => {
    const former = await as('max', ['admin'])
    expect((await invite(former, 'before@acme.test', ['admin'])).status).toBe(200)
    // Without a webhook: nobody has told the app.
    await bench.emulator.control.webhooks.register(null)
    await bench.emulator.control.setMember(acme, max, ['inviter'])
    expect(said(await invite(former, 'after@acme.test', ['admin']))).toEqual([403, 'role_not_allowed'])
  })
})

describe('a change of roles', () => {
  it('is made, and bites with the next request', async () => {
    const admin = await bench.signedIn('ada')
    const member = await bench.signedIn('max')
    await bench.emulator.control.webhooks.register(null)
    const list = () => bench.call(member, '/auth/members')
    expect((await list()).status).toBe(200)
    expect(said(await change(admin, max, ['guest']))).toEqual([200, { changed: true }])
    expect([await rolesOf(max), (await list()).status]).toEqual([['guest'], 403])
    expect(said(await change(admin, max, ['member', 'acme_reader']))).toEqual([200, { changed: true }])
    expect([await rolesOf(max), (await list()).status]).toEqual([['member', 'acme_reader'], 200])
    const details = { given: 2, taken: 1 }
    expect(bench.reports().at(-1)).toEqual({ event: 'member_roles_changed', details })
  })

  it('keeps what is kept of the membership', async () => {
    const at = { organizationId: acme, userId: max }
    await scalekit.memberships.update(at, { metadata: { seat: 'a7' } })
    await change(await bench.signedIn('ada'), max, ['guest'])
    const { memberships = [] } = await scalekit.users.get(max)
    expect(memberships[0]?.metadata).toEqual({ seat: 'a7' })
  })

  it('asks for the permission', async () => {
    const inviter = await as('max', ['inviter'])
    await bench.upstream()
    expect(said(await change(inviter, gil, ['member']))).toEqual([403, 'forbidden'])
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-330 neither gives nor takes what the caller does not have; what stays may stay', async () => {
    const lead = await as('max', ['people_lead'])
    await bench.upstream()
    expect(said(await change(lead, gil, ['admin']))).toEqual([403, 'role_not_allowed'])
    expect(said(await change(lead, ada, ['guest']))).toEqual([403, 'role_not_allowed'])
    expect(await writes()).toEqual([])
    expect((await change(lead, ada, ['admin', 'guest'])).status).toBe(200)
    expect(await rolesOf(ada)).toEqual(['admin', 'guest'])
  })

  it('is not of one’s own', async () => {
    const admin = await bench.signedIn('ada')
    await bench.upstream()
    expect(said(await change(admin, ada, ['guest']))).toEqual([409, 'own_membership'])
    expect(said(await post(admin, 'remove', { user_id: ada }))).toEqual([409, 'own_membership'])
    expect(await bench.upstream()).toEqual([])
  })

  it('leaves nobody without a role', async () => {
    const admin = await bench.signedIn('ada')
    for (const roles of [[], '', ['', '']])
      expect(said(await change(admin, max, roles))).toEqual([400, 'roles_invalid'])
  })

  it('SEC-331 reaches nobody of another organization', async () => {
    await scalekit.users.create({ organizationId: globex }, { email: 'only@globex.test' })
    const [only] = (await scalekit.users.searchAll({ query: 'only@globex.test' }).page()).items
    const admin = await bench.signedIn('ada')
    for (const id of [only?.id ?? '', 'usr_199999999999999999', '', '../users', 'a'.repeat(65)]) {
      expect(said(await change(admin, id, ['guest'])), id).toEqual([404, 'member_not_found'])
      expect(said(await post(admin, 'remove', { user_id: id })), id).toEqual([404, 'member_not_found'])
    }
    const named = { user_id: only?.id, roles: ['guest'], organization_id: globex }
    expect(said(await post(admin, 'change-roles', named))).toEqual([403, 'wrong_organization'])
    expect(await rolesOf(only?.id ?? '', globex)).toEqual(['member'])
    // Bea is in both: what is hers elsewhere stays.
    expect((await change(admin, bea, ['guest'])).status).toBe(200)
    expect([await rolesOf(bea, acme), await rolesOf(bea, globex)]).toEqual([['guest'], ['admin']])
  })

  it('SEC-336 refuses a cross-site POST', async () => {
    const admin = await bench.signedIn('ada')
    await bench.upstream()
    for (const what of ['change-roles', 'remove', 'resend-invite']) {
      const sending = { form: { user_id: max, roles: 'admin' }, site: 'cross-site' } as const
      expect(said(await bench.call(admin, `/auth/members/${what}`, sending))).toEqual([403, 'origin_not_allowed'])
    }
    expect(await bench.upstream()).toEqual([])
  })
})

describe('a removal', () => {
  it('ends the membership there and the sessions here, with the next request', async () => {
    const admin = await bench.signedIn('ada')
    const member = await bench.signedIn('bea', acme)
    await bench.emulator.control.webhooks.register(null)
    await bench.emulator.control.updateClient(bench.emulator.clientId, { backchannelLogoutUri: `${bench.origin}/none` })
    expect((await bench.call(member, '/auth/members')).status).toBe(200)
    expect(said(await post(admin, 'remove', { user_id: bea }))).toEqual([200, { removed: true }])
    const asked = (await bench.emulator.control.requests()).length
    expect((await bench.call(member, '/auth/members')).status).toBe(401)
    // Ended here: nobody was asked.
    expect(await bench.emulator.control.requests()).toHaveLength(asked)
    expect(bench.reports().at(-1)).toEqual({ event: 'member_removed', details: {} })
    const { memberships = [] } = await scalekit.users.get(bea)
    expect(memberships.map(({ organizationId }) => organizationId)).toEqual([globex])
  })

  it('asks for the permission', async () => {
    const inviter = await as('max', ['inviter'])
    await bench.upstream()
    expect(said(await post(inviter, 'remove', { user_id: gil }))).toEqual([403, 'forbidden'])
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-330 is not of somebody with more than the caller has', async () => {
    const remover = await as('max', ['remover'])
    await bench.upstream()
    expect(said(await post(remover, 'remove', { user_id: ada }))).toEqual([403, 'role_not_allowed'])
    expect(await writes()).toEqual([])
    expect(said(await post(remover, 'remove', { user_id: ivy }))).toEqual([200, { removed: true }])
  })

  it('withdraws an invitation too', async () => {
    const admin = await bench.signedIn('ada')
    await post(admin, 'invite', { email: 'open@acme.test' })
    const [invited] = (await scalekit.users.search({ organizationId: acme, query: 'open@acme.test' }).page()).items
    expect((await post(admin, 'remove', { user_id: invited?.id })).status).toBe(200)
    expect((await bench.emulator.control.state()).invitations[0]).toHaveProperty('withdrawnAt')
    // No second click, although it is the same a moment later.
    await post(admin, 'invite', { email: 'open@acme.test' })
    expect((await bench.emulator.control.state()).invitations[1]).not.toHaveProperty('withdrawnAt')
  })
})

describe('the roles for a menu', () => {
  it('are those the caller may give', async () => {
    const names = async (who: Visitor) => {
      const { session } = (await bench.call(who, '/auth/session')).body
      return (await bench.auth.members.assignableRoles(session)).map(({ name }) => name)
    }
    const admin = await names(await bench.signedIn('ada'))
    expect(admin[0]).toBe('member')
    expect(admin.toSorted()).toEqual([
      'acme_reader',
      'admin',
      'guest',
      'inviter',
      'member',
      'people_lead',
      'remover',
      'wide',
    ])
    const lead = await names(await as('max', ['people_lead']))
    expect(lead.toSorted()).toEqual(['acme_reader', 'guest', 'inviter', 'member', 'people_lead', 'remover'])
    expect(await names(await as('gil', ['inviter']))).toEqual(['member'])
  })
})

describe('the options', () => {
  async function withOptions(options: MembersOptions, then: (own: typeof bench) => Promise<void>) {
    const own = await startBench([members(options)])
    try {
      await makeRoles(clientOf(own))
      await then(own)
    } finally {
      await own.stop()
    }
  }

  it('say which roles somebody may give, of those that exist', async () => {
    const assignableRoles = () => ['guest', 'king', 'globex_reader']
    await withOptions({ assignableRoles }, async (own) => {
      const admin = await own.signedIn('ada')
      const give = (role: string) =>
        own.call(admin, '/auth/members/invite', { json: { email: `${role}@acme.test`, roles: role } })
      expect((await give('guest')).status).toBe(200)
      for (const role of ['admin', 'king', 'globex_reader'])
        expect(said(await give(role)), role).toEqual([403, 'role_not_allowed'])
    })
  })

  it('let people change their own membership', async () => {
    await withOptions({ ownMembership: 'allow' }, async (own) => {
      const admin = await own.signedIn('ada')
      const json = { user_id: ada, roles: ['guest'] }
      expect((await own.call(admin, '/auth/members/change-roles', { json })).status).toBe(200)
      expect((await own.call(admin, '/auth/members')).status).toBe(403)
    })
  })
})

describe('a change whose answer is lost', () => {
  it.each([
    ['change-roles', 'PATCH', 403],
    ['remove', 'DELETE', 401],
  ])('%s: 503, and the sessions here ask before they are believed again', async (what, lost, status) => {
    const own = await startBench([members()], {
      options: {
        async fetch(url, init) {
          const answer = await fetch(url, init)
          if (init.method === lost) throw new TypeError('fetch failed')
          return answer
        },
      },
    })
    try {
      const admin = await own.signedIn('ada')
      const member = await own.signedIn('max')
      await own.emulator.control.webhooks.register(null)
      await own.emulator.control.updateClient(own.emulator.clientId, { backchannelLogoutUri: `${own.origin}/none` })
      expect((await own.call(member, '/auth/members')).status).toBe(200)
      const json = { user_id: max, roles: ['guest'] }
      expect((await own.call(admin, `/auth/members/${what}`, { json })).status).toBe(503)
      expect((await own.call(member, '/auth/members')).status).toBe(status)
    } finally {
      await own.stop()
    }
  })
})

describe('roles of which Scalekit says something odd', () => {
  type Listed = { name: string; permissions?: unknown }[]
  it.each<[string, (roles: Listed) => Listed, readonly string[], readonly string[]]>([
    [
      'no permissions at all',
      (roles) => roles.map(({ permissions: _left, ...role }) => role),
      ['guest', 'admin', 'inviter'],
      ['member', 'people_lead'],
    ],
    [
      'one name for two of them',
      (roles) => [...roles, { ...roles.find(({ name }) => name === 'admin'), name: 'guest' }],
      ['guest', 'admin'],
      ['member', 'people_lead'],
    ],
    [
      'the name of the default one for a wide one',
      (roles) => [...roles, { ...roles.find(({ name }) => name === 'admin'), name: 'member' }],
      ['member', 'admin'],
      ['guest', 'people_lead'],
    ],
  ])('SEC-330 %s: they are not given', async (_what, spoil, refused, given) => {
    const own = await startBench([members()], {
      options: {
        async fetch(url, init) {
          const answer = await fetch(url, init)
          if (!url.includes('/roles?')) return answer
          const { roles } = (await answer.json()) as { roles: Listed }
          return Response.json({ roles: spoil(roles) })
        },
      },
    })
    try {
      await makeRoles(clientOf(own))
      await own.emulator.control.setMember(acme, max, ['people_lead'])
      const lead = await own.signedIn('max')
      const give = (role: string) =>
        own.call(lead, '/auth/members/invite', { json: { email: `${role}@acme.test`, roles: role } })
      for (const role of refused) expect(said(await give(role)), role).toEqual([403, 'role_not_allowed'])
      for (const role of given) expect((await give(role)).status, role).toBe(200)
      // Without `sk_org_users_role_change` either.
      await own.emulator.control.setMember(acme, people.gil, ['inviter'])
      const inviter = await own.signedIn('gil')
      const json = { email: 'default@acme.test', roles: 'member' }
      const status = given.includes('member') ? 200 : 403
      expect((await own.call(inviter, '/auth/members/invite', { json })).status).toBe(status)
    } finally {
      await own.stop()
    }
  })
})
