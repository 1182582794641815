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
function listed(givenName: string, meanwhile: () => Promise<unknown> = async () => undefined) {
  bench.between = async ({ pathname }, go) => {
    if (!pathname.endsWith('/users') || !pathname.includes('/directories/')) return go()
    await meanwhile()
    const user = { id, email, given_name: givenName, groups: [{ id: 'dirgroup_1', display_name: 'Admins' }] }
    return Response.json({ users: [user], total_size: 1 })
  }
}
const updated = (data: object) =>
  bench.emulator.control.webhooks.send({
    type: 'organization.directory.user_updated',
    organizationId: acme,
    data: { id, organization_id: acme, email, ...data },
  })
/** The app knows Max as somebody of the group, and the role of it has not come to Scalekit. */
async function known() {
  listed('Max')
  await reconcile()
  await bench.emulator.control.setMember(acme, people.max, ['member'])
}
const rolesOfMax = async () => {
  const { users } = await bench.emulator.control.state()
  return users.find((user) => user.id === people.max)?.memberships[0]?.roles.toSorted()
}
const reconcile = (dryRun = false) => bench.auth.directory.reconcile(acme, { dryRun })

describe('roles that a comparison finds', () => {
  it.each([
    ['somebody who is as the app knows them', 'Max'],
    ['somebody who has changed', 'Maximilian'],
  ])('are not given where an event took them while the list was read: %s', async (_what, givenName) => {
    await known()
    listed(givenName, () => updated({ given_name: 'Max', groups: [] }))
    const nothing = { created: 0, updated: 0, unchanged: 1, failed: 0, rolesChanged: 0 }
    expect(await reconcile(true)).toMatchObject(nothing)
    await known()
    listed(givenName, () => updated({ given_name: 'Max', groups: [] }))
    expect(await reconcile()).toMatchObject(nothing)
    expect(await rolesOfMax()).toEqual(['member'])
    // The next one, of which nobody has heard anything newer, says what is.
    listed(givenName)
    expect(await reconcile()).toMatchObject({ rolesChanged: 1 })
  })

  it('wait for an event that is being handled', async () => {
    await known()
    let running: Promise<unknown> = Promise.resolve()
    listed('Max', async () => {
      const begun = new Promise<void>((resolve) => {
        bench.table.told = resolve
      })
      running = updated({ given_name: 'Max', groups: [] })
      await begun
      bench.table.told = undefined
    })
    expect(await reconcile()).toMatchObject({ failed: 0, rolesChanged: 0 })
    await running
    expect(await rolesOfMax()).toEqual(['member'])
  })

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
