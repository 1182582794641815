import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { organizations, people } from '../test/bench.js'
import { type DirectoryBench, startDirectoryBench } from './test/directory-bench.js'

const { acme } = organizations
const id = 'diruser_1'
const email = 'max@acme.test'
let bench: DirectoryBench

beforeAll(async () => {
  bench = await startDirectoryBench({ roles: { Admins: 'admin' }, assignRoles: true })
})
afterAll(() => bench.stop())
beforeEach(async () => {
  const { control } = bench.emulator
  await control.setMember(acme, people.max, ['member'])
  bench.table.rows.clear()
})

/** One page, with Max in the group; what happens before it arrives. */
function listed(givenName: string, meanwhile: () => Promise<unknown>) {
  bench.between = async ({ pathname }, go) => {
    if (!pathname.endsWith('/users') || !pathname.includes('/directories/')) return go()
    await meanwhile()
    const user = { id, email, given_name: givenName, groups: [{ id: 'dirgroup_1', display_name: 'Admins' }] }
    return Response.json({ users: [user], total_size: 1 })
  }
}
const rolesOfMax = async () => {
  const { users } = await bench.emulator.control.state()
  return users.find((user) => user.id === people.max)?.memberships[0]?.roles.toSorted()
}
const reconcile = () => bench.auth.directory.reconcile(acme)

describe('roles that a comparison finds', () => {
  it('leave alone what an admin changed by hand since the run began', async () => {
    const { control } = bench.emulator
    await control.setMember(acme, people.max, ['guest', 'member'])
    listed('Max', () => control.setMember(acme, people.max, ['member']))
    expect(await reconcile()).toMatchObject({ rolesChanged: 1 })
    expect(await rolesOfMax()).toEqual(['admin', 'member'])

    await control.setMember(acme, people.max, ['member'])
    listed('Max', () => control.setMember(acme, people.max, ['admin', 'member']))
    await bench.upstream()
    expect(await reconcile()).toMatchObject({ failed: 0, rolesChanged: 0 })
    expect((await bench.upstream()).filter((call) => call.startsWith('PATCH'))).toEqual([])
  })
})
