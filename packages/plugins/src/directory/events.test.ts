import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DirectoryChange } from '../directory.js'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, scimUser, startDirectoryBench } from './test/directory-bench.js'

const { acme } = organizations
const told: (readonly [what: string, id: string, change: DirectoryChange])[] = []
let bench: DirectoryBench

beforeAll(async () => {
  bench = await startDirectoryBench({
    roles: { Engineering: 'developer', Owners: ['owner', 'developer'] },
    groups: {
      upsert: ({ id, name }, change) => told.push([`group ${name}`, id, change]),
      remove: ({ id }, change) => told.push(['no group', id, change]),
    },
    directories: {
      enabled: ({ id }, change) => told.push(['on', id, change]),
      disabled: ({ id }, change) => told.push(['off', id, change]),
    },
  })
})
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.emulator.control.webhooks.clearDeliveries()
  bench.table.calls.length = 0
  bench.table.rows.clear()
  bench.events.length = 0
  told.length = 0
})

const control = () => bench.emulator.control
const family = (id: string, familyName: string) =>
  bench.patch(`/Users/${id}`, { op: 'replace', path: 'name.familyName', value: familyName })
/** The statuses of the attempts to deliver each event of a directory, oldest first. */
const statuses = async () =>
  (await control().webhooks.deliveries())
    .filter(({ type }) => type.startsWith('organization.directory'))
    .map(({ attempts }) => attempts.map(({ status }) => status))

describe('a person of a customer’s directory', () => {
  it('is told when they come, change and go, by what SCIM requests of the directory set off', async () => {
    const { table, scim, settled } = bench
    const { id } = await scim('POST', '/Users', scimUser('lin'))
    await settled()
    expect(table.rows.get(id)?.person).toMatchObject({
      id,
      organizationId: acme,
      email: 'lin@example.com',
      active: true,
      givenName: 'lin',
      familyName: 'First',
      preferredUsername: 'lin@example.com',
      groups: [],
      roles: [],
    })
    await family(id, 'Second')
    await settled()
    expect(table.active).toEqual({ [id]: 'Second' })
    await scim('DELETE', `/Users/${id}`)
    await settled()
    expect(table.active).toEqual({})
    expect(table.calls).toEqual([`event upsert ${id}`, `event upsert ${id}`, `event deactivate ${id}`])
  })

  it('is deactivated while the directory calls them inactive', async () => {
    const { table, scim, patch, settled } = bench
    const { id } = await scim('POST', '/Users', scimUser('ina'))
    await settled()
    // As Microsoft Entra ID writes it.
    await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })
    await settled()
    expect(table.active).toEqual({})
    await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })
    await settled()
    expect(table.active).toEqual({ [id]: 'First' })
  })

  it('has the roles of their groups, and loses them with the group', async () => {
    const { table, scim, patch, settled } = bench
    const { id } = await scim('POST', '/Users', scimUser('rolf'))
    await settled()
    const rolesIn = async (names: readonly string[]) => {
      const groups = await Promise.all(
        names.map((displayName) => scim('POST', '/Groups', { displayName, members: [{ value: id }] })),
      )
      await family(id, `Of ${names}`)
      await settled()
      const { groups: held, roles } = table.rows.get(id)!.person!
      expect(held).toEqual(expect.arrayContaining(groups.map((group, index) => ({ id: group.id, name: names[index] }))))
      for (const group of groups) await scim('DELETE', `/Groups/${group.id}`)
      return roles
    }
    expect((await rolesIn(['Owners', 'Engineering'])).toSorted()).toEqual(['developer', 'owner'])
    expect(await rolesIn(['constructor', '__proto__', 'engineering'])).toEqual([])
    await patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'Alone' })
    await settled()
    expect(table.rows.get(id)?.person).toMatchObject({ groups: [], roles: [] })
  })
})

describe('the function of the app', () => {
  it('is called again until it is done, and then not any more', async () => {
    const { table, scim, settled } = bench
    table.failures = 2
    const { id } = await scim('POST', '/Users', scimUser('tom'))
    await settled()
    expect(await statuses()).toEqual([[500, 500, 200]])
    expect(table.calls).toHaveLength(3)
    expect(table.active).toEqual({ [id]: 'First' })
    const [delivery] = await control().webhooks.deliveries()
    await control().webhooks.replay(delivery!.id)
    await settled()
    expect((await statuses()).flat().at(-1)).toBe(200)
    expect(table.calls).toHaveLength(3)
  })

  it('hears of the latest state last, in whatever order events come', async () => {
    const { table, scim, settled } = bench
    await control().settings({ webhooksPaused: true })
    const { id } = await scim('POST', '/Users', scimUser('rev'))
    for (const name of ['Second', 'Third', 'Fourth']) await family(id, name)
    const { id: gone } = await scim('POST', '/Users', scimUser('went'))
    await scim('DELETE', `/Users/${gone}`)
    await control().settings({ webhooksPaused: false })
    await control().webhooks.resume('reversed')
    await settled()
    expect(table.active).toEqual({ [id]: 'Fourth' })
    const ignored = bench.reports().filter(({ event }) => event === 'event_ignored')
    expect(table.calls.length + ignored.length).toBe(6)
    // Whatever is sent again changes nothing.
    const calls = [...table.calls]
    for (const delivery of await control().webhooks.deliveries()) await control().webhooks.replay(delivery.id)
    await settled()
    expect(table.calls).toEqual(calls)
  })

  it('gets when it happened, as text that is ordered like time', async () => {
    const { scim, settled } = bench
    const { id } = await scim('POST', '/Groups', { displayName: 'Crew' })
    await bench.patch(`/Groups/${id}`, { op: 'replace', value: { displayName: 'Staff' } })
    await scim('DELETE', `/Groups/${id}`)
    await settled()
    const texts = told.map(([, , { occurredAt }]) => occurredAt)
    expect(texts.every((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(text))).toBe(true)
    expect(told[0]?.[2]).toEqual({
      organizationId: acme,
      directoryId: bench.directoryId,
      occurredAt: texts[0],
      reason: 'event',
    })
    expect(told.at(-1)?.slice(0, 2)).toEqual(['no group', id])
  })

  it('hears that a directory is switched, and nobody is deactivated by that', async () => {
    const { table, scim, settled, directoryId } = bench
    const { id } = await scim('POST', '/Users', scimUser('stay'))
    await settled()
    await control().directories.setEnabled(directoryId, false)
    await settled()
    await control().directories.setEnabled(directoryId, true)
    await settled()
    expect(told.map(([what, which]) => [what, which])).toEqual([
      ['off', directoryId],
      ['on', directoryId],
    ])
    expect(table.active).toEqual({ [id]: 'First' })
  })
})

describe('an event that says nothing', () => {
  const send = (data: object) =>
    control().webhooks.send({ type: 'organization.directory.user_deleted', organizationId: acme, data, attempts: 1 })

  it.each([
    ['no id', { organization_id: acme, email: 'x@example.com' }],
    ['another organization than its envelope', { id: 'diruser_1', organization_id: organizations.globex }],
  ])('is refused: %s', async (_what, data) => {
    await send(data)
    expect((await statuses()).flat()).toEqual([400])
    expect(bench.table.calls).toEqual([])
  })

  it('is one of an older page of Scalekit’s documents, and read as that page means it', async () => {
    await control().webhooks.send({
      type: 'organization.directory.user_created',
      organizationId: acme,
      data: { id: 'diruser_7', email: 'old@example.com', name: 'Old', directory_id: 'dir_9' },
    })
    expect(bench.table.rows.get('diruser_7')).toMatchObject({ active: true, email: 'old@example.com' })
  })
})
