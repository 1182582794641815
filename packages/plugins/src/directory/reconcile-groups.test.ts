import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SyncedGroup } from '../directory.js'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, scimUser, startDirectoryBench } from './test/directory-bench.js'

const { acme } = organizations
const groups = new Map<string, SyncedGroup>()
let bench: DirectoryBench

beforeAll(async () => {
  bench = await startDirectoryBench({
    groups: {
      upsert: (group) => void groups.set(group.id, group),
      remove: ({ id }) => void groups.delete(id),
      list: () => groups.values(),
    },
    roles: { Owners: 'admin', Guests: 'guest' },
    assignRoles: true,
  })
})
afterAll(() => bench.stop())
beforeEach(() => bench.emptied())

const rolesOf = async (email: string) => {
  const { users } = await bench.emulator.control.state()
  return users.find((user) => user.email === email)?.memberships[0]?.roles.toSorted()
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('groups and roles', () => {
  it('are compared too', async () => {
    const { auth, scim, patch, withoutWebhooks } = bench
    const [lin, owners, guests] = await withoutWebhooks(async () => {
      const { id } = await scim('POST', '/Users', scimUser('lin'))
      const group = (displayName: string) => scim('POST', '/Groups', { displayName, members: [{ value: id }] })
      return [id, (await group('Owners')).id, (await group('Others')).id] as const
    })
    const dry = await auth.directory.reconcile(acme, { dryRun: true })
    expect([groups.size, await rolesOf('lin@example.com')]).toEqual([0, ['member']])
    expect(await auth.directory.reconcile(acme)).toEqual({ ...dry, dryRun: false })
    expect(dry).toMatchObject({ created: 1, rolesChanged: 1, groups: { created: 2, updated: 0, removed: 0 } })
    expect(await rolesOf('lin@example.com')).toEqual(['admin', 'member'])
    expect(bench.table.rows.get(lin)?.person?.roles).toEqual(['admin'])

    await withoutWebhooks(async () => {
      await patch(`/Groups/${guests}`, { op: 'replace', value: { displayName: 'Guests' } })
      await scim('DELETE', `/Groups/${owners}`)
    })
    expect(await auth.directory.reconcile(acme)).toMatchObject({
      updated: 1,
      rolesChanged: 1,
      groups: { created: 0, updated: 1, removed: 1, unchanged: 0, failed: 0 },
    })
    expect([...groups.values()]).toEqual([
      expect.objectContaining({ id: guests, name: 'Guests', organizationId: acme }),
    ])
    expect(await rolesOf('lin@example.com')).toEqual(['guest', 'member'])
    expect(await auth.directory.reconcile(acme)).toMatchObject({ users: [], rolesChanged: 0, groups: { unchanged: 1 } })

    // One request for all members, and none for a person.
    await bench.upstream()
    await auth.directory.reconcile(acme)
    expect((await bench.upstream()).filter((call) => /search|memberships/.test(call))).toEqual([])
  })

  it('are listed', async () => {
    const { auth, scim, withoutWebhooks, directoryId } = bench
    await withoutWebhooks(async () => {
      const { id } = await scim('POST', '/Users', scimUser('in'))
      await scim('POST', '/Users', scimUser('out'))
      await scim('POST', '/Groups', { displayName: 'Listed', members: [{ value: id }] })
    })
    expect(await auth.directory.list(acme)).toMatchObject([{ id: directoryId, enabled: true }])
    expect((await auth.directory.primary(acme))?.id).toBe(directoryId)
    expect(await auth.directory.primary(organizations.globex)).toBe(undefined)
    const all = await collected(auth.directory.groups(acme))
    const group = all.find(({ name }) => name === 'Listed')
    const people = await collected(auth.directory.users(acme, { groupId: group?.id ?? '' }))
    expect(people.map(({ email, groups }) => [email, groups])).toEqual([
      ['in@example.com', [{ id: group?.id, name: 'Listed' }]],
    ])
    expect(await collected(auth.directory.users(organizations.globex))).toEqual([])
    const later = new Date(Date.now() + 60_000)
    expect(await collected(auth.directory.users(acme, { updatedAfter: later }))).toEqual([])
  })
})
