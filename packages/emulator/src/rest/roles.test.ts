import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { claims, refresh, session } from '../test/login.js'
import { type Call, management, violation } from '../test/management.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

let emulator: Emulator
let hooks: WebhookReceiver
let call: Call

beforeAll(async () => {
  hooks = await WebhookReceiver.start()
  emulator = await startBuilt({ webhooks: { url: hooks.url } })
  call = await management(emulator)
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  hooks.reset()
})

const { acme, globex } = organizations
const heard = async () => {
  await emulator.control.webhooks.settled()
  return hooks.types
}
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name)
const editor = { name: 'editor', display_name: 'Editor', extends: 'guest', permissions: ['projects:create'] }

describe('roles', () => {
  it('are made, extending another one', async () => {
    const { status, json } = await call('POST', 'roles', { ...editor, description: 'Writes' })
    expect(status).toBe(201)
    expect(json.role).toEqual({
      id: expect.stringMatching(/^role_\d{18}$/),
      name: 'editor',
      display_name: 'Editor',
      description: 'Writes',
      extends: 'guest',
      default_creator: false,
      default_member: false,
      is_org_role: false,
      dependent_roles_count: 0,
      permissions: [expect.objectContaining({ name: 'projects:create', role_name: 'editor' })],
    })
    expect(await heard()).toEqual(['role.created'])
    expect(hooks.events[0]).not.toHaveProperty('organization_id')
    expect(hooks.events[0]?.data).toEqual({
      id: json.role.id,
      name: 'editor',
      display_name: 'Editor',
      description: 'Writes',
      extends: 'guest',
    })
  })

  it('are given with their own or with all permissions', async () => {
    await call('POST', 'roles', editor)
    expect((await call('GET', 'roles/editor')).json.role).not.toHaveProperty('permissions')
    const { json } = await call('GET', 'roles/editor?include=permissions:all')
    expect(json.role.permissions.map((one: { name: string; role_name: string }) => [one.name, one.role_name])).toEqual([
      ['projects:create', 'editor'],
      ['projects:read', 'guest'],
    ])
    expect(names((await call('GET', 'roles?include=permissions')).json.roles.at(-1).permissions)).toEqual([
      'projects:create',
    ])
    expect(names((await call('GET', 'roles/editor/permissions')).json.permissions)).toEqual(['projects:create'])
    expect(names((await call('GET', 'roles/editor/permissions:all')).json.permissions)).toEqual([
      'projects:create',
      'projects:read',
    ])
    expect(await call('GET', 'roles?include=everything')).toMatchObject(violation('include'))
  })

  it('decide what tokens carry, at the next refresh', async () => {
    await call('POST', 'roles', editor)
    await emulator.control.setMember(acme, people.max, ['editor'])
    const { access, tokens } = await session(emulator, { user: people.max })
    expect(access).toMatchObject({ roles: ['editor'], permissions: ['projects:create', 'projects:read'] })
    await call('PUT', 'roles/guest', { permissions: ['projects:delete'] })
    expect(claims((await refresh(emulator, tokens)).access_token)).toMatchObject({
      permissions: ['projects:create', 'projects:delete'],
    })
  })

  it('change in what a put says', async () => {
    await call('POST', 'roles', editor)
    const { json } = await call('PUT', 'roles/editor', { display_name: 'Writer', permissions: ['projects:read'] })
    expect(json.role).toMatchObject({ name: 'editor', display_name: 'Writer', extends: 'guest' })
    expect(names(json.role.permissions)).toEqual(['projects:read'])
    expect(await heard()).toEqual(['role.created', 'role.updated'])
  })

  it.each<[string, string, string, unknown, string]>([
    ['no display name', 'POST', 'roles', { name: 'x' }, 'role.display_name'],
    ['a name with a blank', 'POST', 'roles', { ...editor, name: 'a b' }, 'role.name'],
    ['an unknown permission', 'POST', 'roles', { ...editor, permissions: ['fly'] }, 'role.permissions[0]'],
    ['an unknown base', 'POST', 'roles', { ...editor, extends: 'king' }, 'role.extends'],
    ['itself as base', 'PUT', 'roles/guest', { extends: 'guest' }, 'role.extends'],
    ['an empty description', 'PUT', 'roles/guest', { description: '' }, 'role.description'],
  ])('are refused with %s', async (_label, method, path, body, field) => {
    expect(await call(method, path, body)).toMatchObject(violation(field))
  })

  it('cannot extend each other, nor have one name', async () => {
    await call('POST', 'roles', editor)
    expect(await call('PUT', 'roles/guest', { extends: 'editor' })).toMatchObject(violation('role.extends'))
    expect(await call('POST', 'roles', editor)).toMatchObject({ status: 409, json: { code: 6 } })
    for (const method of ['GET', 'DELETE']) expect(await call(method, 'roles/king')).toMatchObject({ status: 404 })
    expect(await call('PUT', 'roles/king', {})).toMatchObject({ status: 404 })
  })

  it('know their dependents and users, and leave their base', async () => {
    await call('POST', 'roles', editor)
    expect((await call('GET', 'roles/guest')).json.role.dependent_roles_count).toBe(1)
    expect(names((await call('GET', 'roles/guest/dependents')).json.roles)).toEqual(['editor'])
    expect((await call('GET', 'roles/member/users:count')).json).toEqual({ count: '3' })
    expect(await call('DELETE', 'roles/editor/base')).toEqual({ status: 200, json: {} })
    expect((await call('GET', 'roles/guest/dependents')).json.roles).toEqual([])
    expect(await call('GET', 'roles/king/dependents')).toMatchObject({ status: 404 })
    expect(await call('GET', 'roles/king/users:count')).toMatchObject({ status: 404 })
  })

  it('get permissions and lose them', async () => {
    const path = 'roles/guest/permissions'
    const { json } = await call('POST', path, { permission_names: ['projects:create', 'projects:read'] })
    expect(names(json.permissions)).toEqual(['projects:read', 'projects:create'])
    expect(await call('DELETE', `${path}/projects:read`)).toEqual({ status: 200, json: {} })
    expect(await call('DELETE', `${path}/projects:read`)).toMatchObject({ status: 404 })
    expect(names((await call('GET', path)).json.permissions)).toEqual(['projects:create'])
    expect(await call('POST', path, { permission_names: [] })).toMatchObject(violation('permission_names'))
    expect(await call('POST', path, { permission_names: ['fly'] })).toMatchObject(violation('permission_names[0]'))
    expect(await call('GET', 'roles/king/permissions')).toMatchObject({ status: 404 })
    expect(await call('GET', 'roles/king/permissions:all')).toMatchObject({ status: 404 })
  })

  it('stay while they are used, unless another one takes their place', async () => {
    await call('POST', 'roles', { ...editor, extends: 'member' })
    expect(await call('DELETE', 'roles/member')).toMatchObject({ status: 400, json: { code: 9 } })
    expect(await call('DELETE', 'roles/guest')).toMatchObject({ status: 400, json: { code: 9 } })
    expect(await call('DELETE', 'roles/member?reassign_role_name=king')).toMatchObject(violation('reassign_role_name'))
    expect(await call('DELETE', 'roles/member?reassign_role_name=member')).toMatchObject(
      violation('reassign_role_name'),
    )
    hooks.reset()
    expect(await call('DELETE', 'roles/member?reassign_role_name=guest')).toEqual({ status: 200, json: {} })
    expect((await call('GET', `users/${people.max}`)).json.user.memberships[0].roles).toMatchObject([{ name: 'guest' }])
    expect((await call('GET', 'roles/editor')).json.role.extends).toBe('guest')
    expect((await call('GET', 'roles/guest')).json.role.default_member).toBe(true)
    expect(await heard()).toEqual([
      'role.updated',
      ...Array(3).fill('user.organization_membership_updated'),
      'role.deleted',
    ])
    expect(await call('DELETE', 'roles/editor')).toMatchObject({ status: 200 })
  })

  it.each(['roles:set_defaults', 'roles/default'])('are given by default as %s says', async (path) => {
    const { json } = await call('PATCH', path, { default_creator_role: 'member', default_member: { name: 'guest' } })
    expect(json).toMatchObject({
      default_creator: { name: 'member', default_creator: true },
      default_member: { name: 'guest', default_member: true },
    })
    const made = await call('POST', `organizations/${globex}/users`, { email: 'zoe@new.test' })
    expect(made.json.user.memberships[0].roles).toMatchObject([{ name: 'guest' }])
    expect(await call('PATCH', path, { default_creator_role: 'king' })).toMatchObject(violation('default_creator_role'))
  })
})

describe('roles of an organization', () => {
  const path = `organizations/${acme}/roles`
  const scribe = { name: 'scribe', display_name: 'Scribe', permissions: ['projects:delete'], extends: 'guest' }

  it('stand beside those of the environment, for this organization only', async () => {
    const { status, json } = await call('POST', path, scribe)
    expect([status, json.role]).toEqual([201, expect.objectContaining({ name: 'scribe', is_org_role: true })])
    expect(names((await call('GET', `${path}?include=permissions:all`)).json.roles)).toEqual([
      'admin',
      'member',
      'guest',
      'scribe',
    ])
    expect(names((await call('GET', `organizations/${globex}/roles`)).json.roles)).not.toContain('scribe')
    expect(await call('GET', 'roles/scribe')).toMatchObject({ status: 404 })
    expect(await call('GET', `organizations/${globex}/roles/scribe`)).toMatchObject({ status: 404 })
    const given = await call('PATCH', `memberships/organizations/${acme}/users/${people.max}`, { roles: [scribe] })
    expect(given.json.user.memberships[0].permissions).toEqual(['projects:delete', 'projects:read'])
    expect((await session(emulator, { user: people.max })).access).toMatchObject({
      roles: ['scribe'],
      permissions: ['projects:delete', 'projects:read'],
    })
    const foreign = `memberships/organizations/${globex}/users/${people.bea}`
    expect(await call('PATCH', foreign, { roles: [scribe] })).toMatchObject(violation('membership.roles[0].name'))
  })

  it('are read, changed, counted and deleted', async () => {
    await call('POST', path, scribe)
    await emulator.control.setMember(acme, people.max, ['scribe', 'member'])
    expect((await call('GET', `${path}/scribe?include=permissions`)).json.role.permissions).toHaveLength(1)
    expect((await call('PUT', `${path}/scribe`, { display_name: 'Writer' })).json.role.display_name).toBe('Writer')
    expect((await call('GET', `${path}/scribe/users:count`)).json).toEqual({ count: '1' })
    expect(await call('DELETE', `${path}/scribe/base`)).toEqual({ status: 200, json: {} })
    expect((await call('GET', `${path}/scribe`)).json.role).not.toHaveProperty('extends')
    expect(await call('DELETE', `${path}/scribe`)).toEqual({ status: 200, json: {} })
    expect((await call('GET', `users/${people.max}`)).json.user.memberships[0].roles).toMatchObject([
      { name: 'member' },
    ])
  })

  it('give way to another one', async () => {
    await call('POST', path, scribe)
    await emulator.control.setMember(acme, people.max, ['scribe'])
    await call('DELETE', `${path}/scribe?reassign_role_name=admin`)
    expect((await call('GET', `users/${people.max}`)).json.user.memberships[0].roles).toMatchObject([{ name: 'admin' }])
  })

  it('are no way to change those of the environment', async () => {
    expect(await call('PUT', `${path}/admin`, { display_name: 'A' })).toMatchObject({ status: 404 })
    expect(await call('DELETE', `${path}/admin?reassign_role_name=guest`)).toMatchObject({ status: 404 })
    expect(await call('POST', path, { ...scribe, name: 'admin' })).toMatchObject({ status: 409 })
    expect(await call('POST', path, {})).toMatchObject(violation('role.name', 'role.display_name'))
    expect(await call('GET', 'organizations/org_9/roles')).toMatchObject({ status: 404 })
  })

  it('can be the default there', async () => {
    await call('POST', path, scribe)
    const { json } = await call('PATCH', `${path}:set_defaults`, { default_member_role: 'scribe' })
    expect(json.default_member).toMatchObject({ name: 'scribe', default_member: true })
    const made = await call('POST', `organizations/${acme}/users`, { email: 'zoe@new.test' })
    expect(made.json.user.memberships[0].roles).toMatchObject([{ name: 'scribe' }])
    expect(await call('PATCH', `${path}:set_defaults`, {})).toMatchObject(violation('default_member_role'))
    expect(await call('PATCH', `${path}:set_defaults`, { default_member_role: 'king' })).toMatchObject(
      violation('default_member_role'),
    )
    await call('DELETE', `${path}/scribe`)
    expect((await call('GET', `${path}/member`)).json.role.default_member).toBe(true)
  })
})

describe('permissions', () => {
  it('are listed in pages, Scalekit’s and the app’s', async () => {
    const all = (await call('GET', 'permissions?page_size=100')).json
    expect(all).toMatchObject({ total_size: 15, next_page_token: '' })
    const scalekit = (await call('GET', 'permissions?type=SCALEKIT&page_size=7')).json
    expect(scalekit).toMatchObject({ total_size: 12 })
    expect(scalekit.permissions[0]).toMatchObject({ name: 'sk_org_settings_read', is_scalekit_permission: true })
    const rest = (await call('GET', `permissions?type=SCALEKIT&page_size=7&page_token=${scalekit.next_page_token}`))
      .json
    expect(rest.permissions).toHaveLength(5)
    expect(names((await call('GET', 'permissions?type=ENVIRONMENT')).json.permissions)).toEqual([
      'projects:create',
      'projects:read',
      'projects:delete',
    ])
    expect(await call('GET', 'permissions?type=OTHER')).toMatchObject(violation('type'))
    expect(await call('GET', 'permissions?page_size=101')).toMatchObject(violation('page_size'))
  })

  it('are made, read, changed and deleted, from every role', async () => {
    const { status, json } = await call('POST', 'permissions', { name: 'tasks:read', description: 'Reads tasks' })
    expect([status, json.permission]).toEqual([
      201,
      {
        id: expect.stringMatching(/^perm_\d{18}$/),
        name: 'tasks:read',
        description: 'Reads tasks',
        is_scalekit_permission: false,
        create_time: expect.any(String),
        update_time: expect.any(String),
      },
    ])
    const changed = await call('PUT', 'permissions/tasks:read', { name: 'tasks:read', description: 'All tasks' })
    expect(changed.json.permission).toMatchObject({ id: json.permission.id, description: 'All tasks' })
    expect((await call('GET', 'permissions/tasks:read')).json).toEqual(changed.json)
    await call('POST', 'roles/guest/permissions', { permission_names: ['tasks:read'] })
    expect(await call('DELETE', 'permissions/tasks:read')).toEqual({ status: 200, json: {} })
    expect(names((await call('GET', 'roles/guest/permissions')).json.permissions)).toEqual(['projects:read'])
    expect(await heard()).toEqual([
      'permission.created',
      'permission.updated',
      'role.updated',
      'role.updated',
      'permission.deleted',
    ])
    expect(hooks.events[0]?.data).toEqual({ id: json.permission.id, name: 'tasks:read', description: 'Reads tasks' })
  })

  it('are refused with wrong names, twice, and where Scalekit made them', async () => {
    expect(await call('POST', 'permissions', {})).toMatchObject(violation('permission.name'))
    expect(await call('POST', 'permissions', { name: 'tasks.read' })).toMatchObject(violation('permission.name'))
    expect(await call('POST', 'permissions', { name: 'projects:read' })).toMatchObject({
      status: 409,
      json: { code: 6 },
    })
    const own = { name: 'sk_org_sso_read', description: 'x' }
    expect(await call('PUT', 'permissions/sk_org_sso_read', own)).toMatchObject({ status: 400, json: { code: 9 } })
    expect(await call('DELETE', 'permissions/sk_org_sso_read')).toMatchObject({ status: 400, json: { code: 9 } })
    for (const method of ['GET', 'DELETE']) expect(await call(method, 'permissions/fly')).toMatchObject({ status: 404 })
    expect(await call('PUT', 'permissions/fly', own)).toMatchObject({ status: 404 })
  })
})
