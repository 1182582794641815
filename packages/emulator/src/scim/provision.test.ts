import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, MadeDirectory } from '../index.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { refresh, session } from '../test/login.js'
import { type Call, management } from '../test/management.js'
import { Receiver } from '../test/receiver.js'
import { patchOp, type ScimClient, scimClient, userBody } from '../test/scim.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

const { acme } = organizations
let emulator: Emulator
let hooks: WebhookReceiver
let apps: Receiver
let directory: MadeDirectory
let scim: ScimClient
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
  directory = await emulator.control.directories.add({ organizationId: acme })
  scim = scimClient(directory)
  // People of the domain log in on the ordinary page.
  await emulator.control.connections.setEnabled(connections.acme, false)
  await emulator.control.domains.add({ organizationId: acme, domain: 'acme.test' })
  await emulator.control.webhooks.settled()
  hooks.reset()
  apps.reset()
})

const types = async () => {
  await emulator.control.webhooks.settled()
  return hooks.types
}
const babs = async (more: object = {}) => (await scim('POST', '/Users', userBody('babs@example.com', more))).json.id
const userId = async () => (await emulator.control.state()).users.find(({ email }) => email === 'babs@example.com')?.id
const membership = async (id: string | undefined) => {
  const { json } = await call('GET', `users/${id}`)
  const found = json.user?.memberships?.find(
    ({ organization_id }: { organization_id: string }) => organization_id === acme,
  )
  return found && [found.membership_status, ...found.roles.map(({ name }: { name: string }) => name)]
}
const switchOff = (id: string) => scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', value: { active: false } }))

describe('a person of a directory', () => {
  it('is a member with the default role, and the app hears of both', async () => {
    const id = await babs()
    expect(await membership(await userId())).toEqual(['ACTIVE', 'member'])
    expect(await types()).toEqual(['organization.directory.user_created', 'user.organization_membership_created'])
    expect(hooks.events[0]).toMatchObject({
      object: 'DirectoryUser',
      organization_id: acme,
      data: {
        id,
        organization_id: acme,
        dp_id: 'ext-babs@example.com',
        email: 'babs@example.com',
        active: true,
        name: 'Ms. Barbara J Jensen, III',
        given_name: 'Barbara',
        family_name: 'Jensen',
        preferred_username: 'babs@example.com',
        department: 'Tour Operations',
        groups: [],
        roles: [],
        raw_attributes: { nickName: 'Babs' },
      },
    })
  })

  it('who is not active is none, until they are', async () => {
    const id = await babs({ active: false })
    expect(await userId()).toBeUndefined()
    await scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: 'True' }))
    expect(await membership(await userId())).toEqual(['ACTIVE', 'member'])
  })

  it('who has an account keeps it and its roles, with the names of the directory', async () => {
    await scim('POST', '/Users', userBody('ada@acme.test'))
    expect(await membership(people.ada)).toEqual(['ACTIVE', 'admin'])
    const { json } = await call('GET', `users/${people.ada}`)
    expect(json.user.user_profile).toMatchObject({ given_name: 'Barbara', family_name: 'Jensen' })
    expect(await types()).toEqual(['organization.directory.user_created'])
  })

  it.each<[string, (id: string) => Promise<unknown>, string]>([
    ['switched off', switchOff, 'organization.directory.user_updated'],
    ['removed', (id) => scim('DELETE', `/Users/${id}`), 'organization.directory.user_deleted'],
  ])('who is %s becomes inactive and is logged out there', async (_label, remove, event) => {
    const { json } = await scim('POST', '/Users', userBody('max@acme.test'))
    const { tokens } = await session(emulator, { user: people.max })
    await types()
    hooks.reset()
    await remove(json.id)
    expect(await membership(people.max)).toEqual(['INACTIVE', 'member'])
    expect(await types()).toEqual([event, 'user.organization_membership_updated', 'user.logout'])
    expect(apps.tokens).toHaveLength(1)
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    await expect(session(emulator, { user: people.max })).rejects.toThrow()
  })

  it('comes back as what they were', async () => {
    await emulator.control.setMember(acme, people.max, ['admin'])
    const { id } = (await scim('POST', '/Users', userBody('max@acme.test'))).json
    await switchOff(id)
    await scim('PUT', `/Users/${id}`, userBody('max@acme.test'))
    expect(await membership(people.max)).toEqual(['ACTIVE', 'admin'])
    await session(emulator, { user: people.max })
  })

  it('is only in the directory where the app keeps the users', async () => {
    await emulator.control.settings({ product: 'modular-sso' })
    const id = await babs()
    await switchOff(id)
    expect(await userId()).toBeUndefined()
    expect(await types()).toEqual(['organization.directory.user_created', 'organization.directory.user_updated'])
  })
})

describe('groups of a directory', () => {
  it('give and take roles', async () => {
    const id = await babs()
    const group = await emulator.control.directories.addGroup(directory.id, { displayName: 'Leads' })
    await types()
    hooks.reset()
    const roleAssignments = [{ groupId: group, roleName: 'admin' }]
    await emulator.control.directories.setRoleAssignments(directory.id, roleAssignments)
    await scim('PATCH', `/Groups/${group}`, patchOp({ op: 'add', path: 'members', value: [{ value: id }] }))
    expect(await membership(await userId())).toEqual(['ACTIVE', 'admin'])
    expect(await types()).toEqual(['organization.directory.group_updated', 'user.organization_membership_updated'])
    await scim('PUT', `/Users/${id}`, userBody('babs@example.com'))
    await emulator.control.webhooks.settled()
    expect(hooks.events.at(-1)?.data).toMatchObject({
      groups: [{ id: group, name: 'Leads' }],
      roles: [{ role_name: 'admin' }],
    })
    await scim('PATCH', `/Groups/${group}`, patchOp({ op: 'remove', path: `members[value eq "${id}"]` }))
    expect(await membership(await userId())).toEqual(['ACTIVE', 'member'])
    await scim('PATCH', `/Groups/${group}`, patchOp({ op: 'add', path: 'members', value: [{ value: id }] }))
    await emulator.control.directories.setRoleAssignments(directory.id, [])
    expect(await membership(await userId())).toEqual(['ACTIVE', 'member'])
    await emulator.control.directories.setRoleAssignments(directory.id, roleAssignments)
    await scim('DELETE', `/Groups/${group}`)
    expect(await membership(await userId())).toEqual(['ACTIVE', 'member'])
  })

  it('are told to the app', async () => {
    const { id } = (await scim('POST', '/Groups', { displayName: 'Leads', externalId: 'g1' })).json
    await scim('PUT', `/Groups/${id}`, { displayName: 'Leaders' })
    await scim('DELETE', `/Groups/${id}`)
    expect(await types()).toEqual(
      ['created', 'updated', 'deleted'].map((what) => `organization.directory.group_${what}`),
    )
    expect(hooks.events[0]?.data).toEqual({
      id,
      directory_id: directory.id,
      organization_id: acme,
      display_name: 'Leads',
      external_id: 'g1',
      dp_id: 'g1',
      raw_attributes: { displayName: 'Leads', externalId: 'g1' },
    })
  })
})

describe('directories by REST', () => {
  const path = `organizations/${acme}/directories`

  it('tell their endpoint, their totals and when they were synced, and no secret', async () => {
    expect((await call('GET', path)).json.directories).toMatchObject([
      {
        id: directory.id,
        enabled: true,
        status: 'IN_PROGRESS',
        total_users: 0,
        directory_endpoint: directory.endpoint,
      },
    ])
    await babs()
    const one = (await call('GET', `${path}/${directory.id}`)).json.directory
    expect(one).toMatchObject({
      name: 'Okta directory',
      directory_type: 'SCIM',
      directory_provider: 'OKTA',
      status: 'COMPLETED',
      total_users: 1,
      total_groups: 0,
      last_synced_at: expect.any(String),
      secrets: [
        { directory_id: directory.id, secret_suffix: directory.secret.slice(-4), last_used_time: expect.any(String) },
      ],
      role_assignments: { assignments: [] },
    })
    expect(JSON.stringify(one)).not.toContain(directory.secret)
    const elsewhere = `organizations/${organizations.globex}/directories/${directory.id}`
    for (const at of [elsewhere, `${elsewhere}/users`, `${path}/dir_9`])
      expect((await call('GET', at)).status).toBe(404)
  })

  it('list people by page, group and time', async () => {
    const ids = []
    for (const name of ['a', 'b', 'c'])
      ids.push((await scim('POST', '/Users', userBody(`${name}@example.com`))).json.id)
    const names = async (query: string) => {
      const { json } = await call('GET', `${path}/${directory.id}/users?${query}`)
      return [json.total_size, ...(json.users ?? []).map(({ email }: { email: string }) => email[0])]
    }
    expect(await names('')).toEqual([3, 'a', 'b', 'c'])
    const { json } = await call('GET', `${path}/${directory.id}/users?page_size=2`)
    expect(json).toMatchObject({ total_size: 3, users: [{}, {}], prev_page_token: '' })
    expect(await names(`page_size=2&page_token=${json.next_page_token}`)).toEqual([3, 'c'])
    const group = await emulator.control.directories.addGroup(directory.id, { displayName: 'G', members: [ids[1]] })
    expect(await names(`directory_group_id=${group}`)).toEqual([1, 'b'])
    expect(await names('directory_group_id=dirgroup_9')).toEqual([0])
    await emulator.control.clock({ advance: 60 })
    await switchOff(ids[2])
    const before = new Date(Date.now() + 30_000).toISOString()
    call = await management(emulator)
    expect(await names(`updated_after=${before}`)).toEqual([1, 'c'])
    for (const query of ['page_size=31', 'page_token=x', 'updated_after=yesterday', 'include_detail=perhaps']) {
      expect((await call('GET', `${path}/${directory.id}/users?${query}`)).status).toBe(400)
    }
  })

  it('give details where asked, and the groups of people', async () => {
    const id = await babs()
    const group = await emulator.control.directories.addGroup(directory.id, { displayName: 'Leads', members: [id] })
    const user = async (query: string) => (await call('GET', `${path}/${directory.id}/users?${query}`)).json.users[0]
    expect(await user('')).toEqual({
      id,
      email: 'babs@example.com',
      emails: ['babs@example.com', 'babs@jensen.test'],
      given_name: 'Barbara',
      family_name: 'Jensen',
      preferred_username: 'babs@example.com',
      groups: [{ id: group, display_name: 'Leads', total_users: 1, updated_at: expect.any(String) }],
      updated_at: expect.any(String),
    })
    expect(await user('include_detail=true')).toMatchObject({ user_detail: { nickName: 'Babs' } })
    const { json } = await call('GET', `${path}/${directory.id}/groups?include_detail=true`)
    expect(json).toMatchObject({
      total_size: 1,
      groups: [{ id: group, display_name: 'Leads', total_users: 1, group_detail: { members: [{ value: id }] } }],
    })
  })

  it('are switched', async () => {
    expect((await call('PATCH', `${path}/${directory.id}:disable`)).json).toEqual({ enabled: false })
    expect((await scim('GET', '/Users')).status).toBe(403)
    expect((await call('PATCH', `${path}/${directory.id}:enable`)).json).toEqual({ enabled: true })
    expect((await call('PATCH', `${path}/${directory.id}:enable`)).json).toEqual({
      enabled: true,
      error_message: 'The directory is already enabled',
    })
    expect(await types()).toEqual(['organization.directory_disabled', 'organization.directory_enabled'])
    expect(hooks.events[0]?.data).toMatchObject({
      id: directory.id,
      directory_type: 'SCIM',
      provider: 'OKTA',
      enabled: false,
    })
  })
})
