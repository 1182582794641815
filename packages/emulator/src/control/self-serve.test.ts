import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, startBuilt } from '../test/emulator.js'
import { loginPath } from '../test/login.js'
import { scimClient } from '../test/scim.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

const { acme, globex } = organizations
let emulator: Emulator
let hooks: WebhookReceiver

beforeAll(async () => {
  hooks = await WebhookReceiver.start()
  emulator = await startBuilt({ webhooks: { url: hooks.url } })
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  hooks.reset()
})

const board = async () => (await fetch(`${emulator.url}/_emulator`)).text()

describe('control.connections', () => {
  it('makes one that the next login uses, switches and removes it', async () => {
    const { control } = emulator
    const id = await control.connections.add({ organizationId: globex, provider: 'GOOGLE' })
    const shown = async () => {
      const browser = new Browser(emulator.url)
      return (await browser.get(await loginPath(emulator, browser, { login_hint: 'x@example.org' }))).text()
    }
    expect(await shown()).toContain(id)
    expect(await board()).toContain(id)
    await control.connections.setEnabled(id, false)
    expect(await shown()).toContain(connections.globex)
    await control.connections.remove(id)
    expect((await control.state()).connections.map((one) => one.id)).not.toContain(id)
    await control.webhooks.settled()
    expect(hooks.types).toEqual(['created', 'enabled', 'disabled', 'deleted'].map((what) => `organization.sso_${what}`))
  })

  it('refuses what does not exist', async () => {
    const { connections: control } = emulator.control
    await expect(control.add({ organizationId: 'org_9' })).rejects.toMatchObject({ status: 404 })
    await expect(control.add({ organizationId: acme, provider: 'X' as 'OKTA' })).rejects.toMatchObject({ status: 400 })
    await expect(control.setEnabled('conn_9', true)).rejects.toMatchObject({ status: 404 })
    await expect(control.remove('conn_9')).rejects.toMatchObject({ status: 404 })
  })
})

describe('control.directories', () => {
  it('changes people by the code of the SCIM endpoint', async () => {
    const { directories, state, webhooks } = emulator.control
    const directory = await directories.add({ organizationId: acme })
    const user = await directories.addUser(directory.id, { email: 'babs@example.com', givenName: 'Babs' })
    await directories.updateUser(directory.id, user, { familyName: 'Jensen', active: false })
    const { json } = await scimClient(directory)('GET', `/Users/${user}`)
    expect(json).toMatchObject({ active: false, name: { givenName: 'Babs', familyName: 'Jensen' } })
    expect((await state()).users.at(-1)?.memberships).toMatchObject([{ organizationId: acme, status: 'INACTIVE' }])
    const html = await board()
    for (const shown of ['Babs Jensen', directory.endpoint, 'inactive']) expect(html).toContain(shown)
    expect(html).not.toContain(directory.secret)
    await directories.removeUser(directory.id, user)
    await directories.remove(directory.id)
    expect((await state()).directories).toEqual([])
    await webhooks.settled()
    expect(hooks.types).toEqual([
      'organization.directory_enabled',
      'organization.directory.user_created',
      'user.organization_membership_created',
      'organization.directory.user_updated',
      'user.organization_membership_updated',
      'organization.directory.user_deleted',
    ])
  })

  it('refuses what does not fit', async () => {
    const { directories } = emulator.control
    const { id } = await directories.add({ organizationId: acme })
    await directories.addUser(id, { email: 'babs@example.com' })
    const cases: readonly [() => Promise<unknown>, number][] = [
      [() => directories.add({ organizationId: 'org_9' }), 404],
      [() => directories.addUser('dir_9', { email: 'a@example.com' }), 404],
      [() => directories.addUser(id, { email: 'babs@example.com' }), 409],
      [() => directories.addUser(id, { email: 'a@elsewhere.test' }), 400],
      [() => directories.updateUser(id, 'diruser_9', { active: true }), 404],
      [() => directories.removeUser(id, 'diruser_9'), 404],
      [() => directories.addGroup(id, { displayName: 'G', members: ['x'] }), 400],
      [() => directories.setRoleAssignments(id, [{ groupId: 'dirgroup_9', roleName: 'admin' }]), 400],
    ]
    for (const [call, status] of cases) await expect(call()).rejects.toMatchObject({ status })
    const group = await directories.addGroup(id, { displayName: 'G' })
    await expect(directories.setRoleAssignments(id, [{ groupId: group, roleName: 'king' }])).rejects.toMatchObject({
      status: 400,
    })
  })
})

describe('control.portal', () => {
  it('makes links, and shows who is in without what lets others in', async () => {
    const { portal, state } = emulator.control
    const url = await portal.link({ organizationId: acme, features: ['sso'] })
    expect(await board()).toContain('not opened')
    await fetch(url)
    expect((await state()).portalSessions).toMatchObject([{ id: expect.stringMatching(/^pls_/), organizationId: acme }])
    const html = await board()
    expect(html).toContain('in the portal')
    expect(html).not.toContain(url.split('/').at(-1))
    await expect(portal.link({ organizationId: 'org_9' })).rejects.toMatchObject({ status: 404 })
    await emulator.control.reset()
    expect(await state()).toMatchObject({ portalSessions: [], portalLinks: [] })
  })
})
